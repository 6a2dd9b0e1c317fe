"""What goes over the wire, in and out. The OpenAPI document's schemas are these models'."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.domain.cart import MOST_PIECES
from services.domain.money import CURRENCY
from services.domain.order import OrderStatus
from services.domain.payment import CARD

Sku = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._-]+$", examples=["P-0042"])]
Cents = Annotated[int, Field(ge=0, description="Whole cents")]


class Body(BaseModel):
    """Base of what clients send: nothing unknown, nothing converted."""

    model_config = ConfigDict(extra="forbid", strict=True)


class CartItemBody(Body):
    """A product to put into the cart."""

    sku: Sku
    quantity: int = Field(default=1, ge=1, le=MOST_PIECES)


class QuantityBody(Body):
    """The new number of pieces; 0 removes the product."""

    quantity: int = Field(ge=0, le=MOST_PIECES)


class CheckoutBody(Body):
    """How to pay, and where the confirmation goes."""

    payment_token: str = Field(min_length=1, max_length=200, description="From the payment provider's own form")
    email: str = Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", examples=["visitor@example.com"])
    payment_method: str = Field(default=CARD, min_length=1, max_length=40)


class Answer(BaseModel):
    """Base of what the shop sends."""

    model_config = ConfigDict(extra="forbid")


class ProductSummary(Answer):
    """A product in a list."""

    sku: Sku
    name: str
    brand: str
    category: str
    price_cents: Cents
    currency: str = CURRENCY


class ProductAnswer(ProductSummary):
    """A product page. `in_stock` may be some seconds old; checkout decides."""

    in_stock: bool


class ProductListAnswer(Answer):
    """One page of the catalogue, by popularity."""

    items: list[ProductSummary]
    page: int = Field(ge=1)
    pages: int = Field(ge=1)
    total: int = Field(ge=0)


class CategoryAnswer(Answer):
    """A category and how many products it has."""

    name: str
    products: int


class HomeAnswer(Answer):
    """The home page."""

    featured: list[ProductSummary]
    categories: list[CategoryAnswer]


class CartLineAnswer(Answer):
    """One product in the cart."""

    sku: Sku
    name: str
    quantity: int = Field(ge=1)
    price_cents: Cents
    line_cents: Cents


class CartAnswer(Answer):
    """The cart at today's prices."""

    items: list[CartLineAnswer]
    total_cents: Cents
    currency: str = CURRENCY


class CheckoutAnswer(Answer):
    """An order that is paid."""

    order_id: UUID
    status: OrderStatus
    total_cents: Cents
    currency: str = CURRENCY


class OrderLineAnswer(Answer):
    """One product of an order, at the price of the moment of ordering."""

    sku: Sku
    quantity: int = Field(ge=1)
    price_cents: Cents


class OrderAnswer(CheckoutAnswer):
    """Where an order stands. Whoever knows the id may ask; nothing in it tells who ordered."""

    items: list[OrderLineAnswer]


class HealthAnswer(Answer):
    """The task is up. Says nothing of the database: a whole fleet must not be replaced for the database's sake."""

    status: Literal["ok"] = "ok"


class ProblemAnswer(BaseModel):
    """What went wrong. Clients branch on `error`; some problems carry further fields, such as `sku`."""

    model_config = ConfigDict(extra="allow")

    error: str = Field(examples=["out_of_stock"])
    message: str
