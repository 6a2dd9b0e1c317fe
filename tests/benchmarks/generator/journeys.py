"""The same journey as ours: ``shop`` once for each arrival, and ``shop_on`` again and again, as closed users do."""

from __future__ import annotations

import os
import time

from surgeproof.load.journey import Client, journey
from surgeproof.load.sketch import SketchClient
from surgeproof.load.visitor import Visitor

CART, CHECKOUT = 0.229, 0.157
"""As in users.py."""


@journey("shop")
def shop(client: Client, visitor: Visitor) -> None:
    """Home, a list, two products, perhaps a cart, perhaps a checkout."""
    draw = visitor.random.random
    client.get("/", name="home")
    client.get(f"/products?page={int(1 + draw() * 20)}", name="list")
    for _ in (1, 2):
        client.get(f"/products/{int(1 + draw() * 500)}", name="product")
    if draw() < CART:
        client.post("/cart", json={"product_id": 7, "qty": 1}, name="cart")
        if draw() < CHECKOUT:
            client.post("/checkout", json={"cart_id": "c-1"}, name="checkout")


@journey("shop_on")
def shop_on(client: Client, visitor: Visitor) -> None:
    """The journey without end: until so many real seconds after its first step."""
    shop(client, visitor)
    if isinstance(client, SketchClient):
        return
    end = time.monotonic() + float(os.environ["BENCHMARK_SECONDS"])
    while time.monotonic() < end:
        shop(client, visitor)
