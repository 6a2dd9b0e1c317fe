"""The one table of routes: the server routes by it, and the OpenAPI document is generated from it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from services.domain import errors
from services.storefront import browsing, buying, schemas

Problems = tuple[type[errors.ShopError], ...]
SKU = {"type": "string", "minLength": 1, "maxLength": 64}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing that a client sends outside the body."""

    name: str
    place: str
    schema: dict[str, Any]
    text: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """One operation of the API.

    Attributes:
        method: HTTP method.
        name: Its operationId; the handler's docstring is its summary.
        answer: What is sent when all went well, with `status`.
        problems: What may go wrong, beside what every route may answer.
    """

    method: str
    path: str
    name: str
    tag: str
    handler: Callable[[Request], Awaitable[Response]]
    answer: type[BaseModel]
    status: int = 200
    body: type[BaseModel] | None = None
    parameters: tuple[Parameter, ...] = ()
    problems: Problems = field(default=())


def _sku(text: str) -> Parameter:
    return Parameter("sku", "path", SKU, text, required=True)


SESSION = Parameter("session", "cookie", {"type": "string", "format": "uuid"}, "The visitor; set with the first item")
PAGE = Parameter(
    "page", "query", {"type": "integer", "minimum": 1, "maximum": browsing.LAST_PAGE, "default": 1}, "Counted from 1"
)
WORDS = Parameter("q", "query", {"type": "string", "maxLength": 64}, "Beginnings of words of name, brand, category")
CATEGORY = Parameter("category", "query", {"type": "string", "maxLength": 64}, "Exactly this category")
KEY = Parameter(
    "Idempotency-Key",
    "header",
    {"type": "string", "minLength": 8, "maxLength": 200},
    "A new UUID for each order, the same for a retry",
    required=True,
)
ORDER_ID = Parameter("order_id", "path", {"type": "string", "format": "uuid"}, "From checkout", required=True)

BROWSING: Problems = (errors.DatabaseUnavailableError,)
CART: Problems = (errors.CartUnavailableError, errors.DatabaseUnavailableError)

ROUTES: tuple[Route, ...] = (
    Route("GET", "/", "home", "catalogue", browsing.home, schemas.HomeAnswer, problems=BROWSING),
    Route(
        "GET",
        "/products",
        "list_products",
        "catalogue",
        browsing.list_products,
        schemas.ProductListAnswer,
        parameters=(PAGE, WORDS, CATEGORY),
        problems=(errors.InvalidRequestError, *BROWSING),
    ),
    Route(
        "GET",
        "/products/{sku}",
        "product",
        "catalogue",
        browsing.product,
        schemas.ProductAnswer,
        parameters=(_sku("Which product"),),
        problems=(errors.UnknownProductError, *BROWSING),
    ),
    Route(
        "POST",
        "/cart/items",
        "add_to_cart",
        "cart",
        buying.add_to_cart,
        schemas.CartAnswer,
        body=schemas.CartItemBody,
        parameters=(SESSION,),
        problems=(errors.InvalidRequestError, errors.UnknownProductError, errors.CartLimitError, *CART),
    ),
    Route(
        "GET", "/cart", "show_cart", "cart", buying.show_cart, schemas.CartAnswer, parameters=(SESSION,), problems=CART
    ),
    Route(
        "PATCH",
        "/cart/items/{sku}",
        "change_cart_item",
        "cart",
        buying.change_cart_item,
        schemas.CartAnswer,
        body=schemas.QuantityBody,
        parameters=(_sku("Which line"), SESSION),
        problems=(errors.InvalidRequestError, errors.UnknownProductError, *CART),
    ),
    Route(
        "DELETE",
        "/cart/items/{sku}",
        "remove_cart_item",
        "cart",
        buying.remove_cart_item,
        schemas.CartAnswer,
        parameters=(_sku("Which line"), SESSION),
        problems=CART,
    ),
    Route(
        "POST",
        "/checkout",
        "checkout",
        "orders",
        buying.checkout,
        schemas.CheckoutAnswer,
        status=201,
        body=schemas.CheckoutBody,
        parameters=(KEY, SESSION),
        problems=(
            errors.InvalidRequestError,
            errors.EmptyCartError,
            errors.PaymentDeclinedError,
            errors.OutOfStockError,
            errors.IdempotencyKeyReusedError,
            errors.UnknownPaymentMethodError,
            errors.PaymentUnconfirmedError,
            *CART,
        ),
    ),
    Route(
        "GET",
        "/orders/{order_id}",
        "show_order",
        "orders",
        buying.show_order,
        schemas.OrderAnswer,
        parameters=(ORDER_ID,),
        problems=(errors.UnknownOrderError, errors.DatabaseUnavailableError),
    ),
    Route("GET", "/healthz", "health", "operations", browsing.health, schemas.HealthAnswer),
)
"""The API. `/openapi.json` describes it and is served beside it."""
