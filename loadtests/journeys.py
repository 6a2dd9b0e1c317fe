"""The shop's journeys: what its visitors do, as plain functions of a client and a visitor.

Every choice is drawn from ``visitor.random``, and what a step needs comes from the visitor, not from an
answer: so the sketch of a run, which has no server, takes the same steps. Names of steps are what gates
and reports go by.
"""

from __future__ import annotations

from surgeproof.load.journey import Client, Response, journey
from surgeproof.load.visitor import Visitor

CATEGORIES = ("Makeup", "Skincare", "Fragrance", "Hair", "Bath & Body", "Mini", "Men", "Tools")
SEARCHES = ("serum", "velvet", "cream", "lipstick", "mask", "perfume", "set", "oil")
PAGES = 5
"""Nobody turns more pages than these (assumed)."""

PLACED, DECLINED, SOLD_OUT = 201, 402, 409


@journey("glance")
def glance(client: Client, visitor: Visitor) -> None:
    """Look at one product, from an advertisement or a newsletter, and leave."""
    look_at(client, visitor.pick_product())


@journey("browse")
def browse(client: Client, visitor: Visitor) -> None:
    """Home page, a few pages of the list or a search, two to four products."""
    client.get("/", name="home")
    client.think()
    find(client, visitor)
    for _ in range(visitor.random.randint(2, 4)):
        client.think()
        look_at(client, visitor.pick_product())


@journey("browse_and_cart")
def browse_and_cart(client: Client, visitor: Visitor) -> None:
    """Browse, put one or two products into the cart, look at it, change one's mind, and leave."""
    client.get("/", name="home")
    client.think()
    find(client, visitor)
    sku = visitor.pick_product()
    for _ in range(visitor.random.randint(1, 2)):
        client.think()
        sku = visitor.pick_product()
        look_at(client, sku)
        client.think()
        put_into_cart(client, sku)
    client.think()
    client.get("/cart", name="cart_view")
    if visitor.random.random() < 0.3:
        client.think()
        client.patch(f"/cart/items/{sku}", name="cart_change", json={"quantity": 2})


@journey("checkout")
def checkout(client: Client, visitor: Visitor) -> None:
    """Come for a product, perhaps look at another, buy, and look at the order."""
    look_at(client, visitor.pick_product())
    client.think()
    find(client, visitor)
    client.think()
    sku = visitor.pick_product()
    look_at(client, sku)
    client.think()
    put_into_cart(client, sku)
    client.think()
    client.get("/cart", name="cart_view")
    client.think()
    pay(client, visitor)


@journey("returning")
def returning(client: Client, visitor: Visitor) -> None:
    """Have a cart from a visit before, look at it and at two products, and do not buy."""
    put_into_cart(client, visitor.pick_product())
    client.think()
    client.get("/cart", name="cart_view")
    for _ in range(2):
        client.think()
        look_at(client, visitor.pick_product())


@journey("stock_out_retry")
def stock_out_retry(client: Client, visitor: Visitor) -> None:
    """Want the hero product; when it is sold out, try again, then take another or leave."""
    gives_up = visitor.random.random() < 0.4
    other = visitor.pick_other_product()
    look_at(client, visitor.hero_sku)
    client.think()
    put_into_cart(client, visitor.hero_sku)
    for _ in range(2):
        client.think()
        if pay(client, visitor):
            return
    client.think()
    if gives_up:
        return
    client.delete(f"/cart/items/{visitor.hero_sku}", name="cart_remove")
    client.think()
    look_at(client, other)
    client.think()
    put_into_cart(client, other)
    client.think()
    pay(client, visitor)


def look_at(client: Client, sku: str) -> None:
    """A product's page."""
    client.get(f"/products/{sku}", name="product")


def find(client: Client, visitor: Visitor) -> None:
    """One of three: a search, a category, or a page of the list."""
    way = visitor.random.random()
    if way < 0.3:
        client.get(f"/products?q={visitor.random.choice(SEARCHES)}", name="search")
    elif way < 0.6:
        category = visitor.random.choice(CATEGORIES).replace(" ", "%20").replace("&", "%26")
        client.get(f"/products?category={category}", name="list")
    else:
        client.get(f"/products?page={visitor.random.randint(1, PAGES)}", name="list")


def put_into_cart(client: Client, sku: str) -> None:
    """One piece of a product; whether it is in stock is decided at the checkout."""
    client.post("/cart/items", name="cart_add", json={"sku": sku, "quantity": 1})


def pay(client: Client, visitor: Visitor) -> bool:
    """Order what is in the cart, with another card when one is declined, and look at the order.

    Returns:
        Whether it is settled; False when something is sold out.
    """
    answer = send_order(client, visitor)
    if answer.status == DECLINED:
        client.think()
        answer = send_order(client, visitor)
    if answer.status == PLACED:
        order = answer.json()["order_id"]
        client.think()
        client.get(f"/orders/{order}", name="order_status")
    return answer.status != SOLD_OUT


def send_order(client: Client, visitor: Visitor) -> Response:
    """One attempt, with an idempotency key of its own."""
    key = visitor.new_key()
    return client.post(
        "/checkout",
        name="checkout",
        json={"payment_token": f"tok_{key}", "email": f"visitor-{visitor.number}@example.com"},
        headers={"Idempotency-Key": key},
        ok=(PLACED, DECLINED, SOLD_OUT),
    )
