"""Handlers of cart, checkout and orders."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from services.domain.cart import Cart
from services.domain.checkout import Submission
from services.domain.errors import EmptyCartError, UnknownOrderError, UnknownProductError
from services.domain.money import total
from services.storefront.requests import give_session, idempotency_key_of, new_session, read_body, session_of
from services.storefront.schemas import (
    CartAnswer,
    CartItemBody,
    CartLineAnswer,
    CheckoutAnswer,
    CheckoutBody,
    OrderAnswer,
    OrderLineAnswer,
    ProductAnswer,
    QuantityBody,
)
from services.storefront.shop import Shop


async def add_to_cart(request: Request) -> Response:
    """Put pieces of a product into the cart."""
    body = await read_body(request, CartItemBody)
    shop, session = _shop(request), session_of(request)
    cart = await shop.carts.load(session) if session else Cart()
    cart = cart.add(body.sku, body.quantity)
    products = await shop.pages.products(cart.quantities)
    if body.sku not in products:
        raise UnknownProductError(f"there is no product {body.sku}", sku=body.sku)
    visitor = session or new_session()
    await shop.carts.put(visitor, body.sku, cart.quantities[body.sku])
    response = _private(_cart_answer(cart, products))
    if session is None:
        give_session(request, response, visitor)
    return response


async def show_cart(request: Request) -> Response:
    """The cart; empty for a visitor who has none."""
    return await _show(_shop(request), await _cart(request))


async def change_cart_item(request: Request) -> Response:
    """Set the pieces of a product that is in the cart; 0 removes it."""
    body = await read_body(request, QuantityBody)
    return await _change(request, body.quantity)


async def remove_cart_item(request: Request) -> Response:
    """Take a product out of the cart; also when it is not in it."""
    sku, cart = request.path_params["sku"], await _cart(request)
    if sku not in cart.quantities:
        return await _show(_shop(request), cart)
    return await _change(request, 0)


async def checkout(request: Request) -> Response:
    """Pay for the cart. The same Idempotency-Key never makes two orders; send it again when an answer is lost."""
    key = idempotency_key_of(request)
    body = await read_body(request, CheckoutBody)
    session = session_of(request)
    if session is None:
        raise EmptyCartError("the cart is empty")
    order = await _shop(request).checkout.place(
        Submission(session, key, body.payment_token, body.payment_method, body.email)
    )
    answer = CheckoutAnswer(order_id=order.order_id, status=order.status, total_cents=order.total_cents)
    return _private(answer, status=201)


async def show_order(request: Request) -> Response:
    """Where an order stands."""
    text = request.path_params["order_id"]
    try:
        order = await _shop(request).orders.get(UUID(text))
    except ValueError:
        order = None
    if order is None:
        raise UnknownOrderError("there is no such order")
    return _private(
        OrderAnswer(
            order_id=order.order_id,
            status=order.status,
            total_cents=order.total_cents,
            items=[
                OrderLineAnswer(sku=line.sku, quantity=line.quantity, price_cents=line.price_cents)
                for line in order.lines
            ],
        )
    )


def _shop(request: Request) -> Shop:
    return request.app.state.shop


async def _cart(request: Request) -> Cart:
    session = session_of(request)
    return await _shop(request).carts.load(session) if session else Cart()


async def _change(request: Request, quantity: int) -> Response:
    sku, session = request.path_params["sku"], session_of(request)
    cart = await _cart(request)
    if session is None or sku not in cart.quantities:
        raise UnknownProductError(f"{sku} is not in the cart", sku=sku)
    cart = cart.change(sku, quantity)
    await _shop(request).carts.put(session, sku, quantity)
    return await _show(_shop(request), cart)


async def _show(shop: Shop, cart: Cart) -> Response:
    return _private(_cart_answer(cart, await shop.pages.products(cart.quantities)))


def _cart_answer(cart: Cart, products: dict[str, ProductAnswer]) -> CartAnswer:
    # A product that has left the catalogue is not shown; checkout refuses it by name.
    lines = [
        CartLineAnswer(
            sku=sku,
            name=products[sku].name,
            quantity=quantity,
            price_cents=products[sku].price_cents,
            line_cents=products[sku].price_cents * quantity,
        )
        for sku, quantity in cart.quantities.items()
        if sku in products
    ]
    return CartAnswer(items=lines, total_cents=total((line.price_cents, line.quantity) for line in lines))


def _private(answer: BaseModel, status: int = 200) -> Response:
    return Response(
        answer.model_dump_json(), status, media_type="application/json", headers={"Cache-Control": "no-store"}
    )
