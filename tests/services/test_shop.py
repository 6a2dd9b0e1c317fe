"""Visitors' ways through the shop, on real parts."""

from __future__ import annotations

import asyncio
from uuid import uuid4

from tests.services.asgi_client import Visitor
from tests.services.conftest import HERO, Storefront


def test_a_visitor_browses_fills_a_cart_and_pays(storefront: Storefront):
    async def scenario() -> None:
        async with storefront() as app:
            visitor = Visitor(app)
            home = (await visitor.get("/")).json()
            assert home["featured"][0]["sku"] == HERO
            assert sum(category["products"] for category in home["categories"]) == 40
            product = (await visitor.get("/products/P-0001")).json()
            assert product["in_stock"] is True
            added = await visitor.post("/cart/items", {"sku": "P-0001", "quantity": 2})
            assert added.status == 200
            cart = (await visitor.request("PATCH", "/cart/items/P-0001", {"quantity": 3})).json()
            assert cart["total_cents"] == 3 * product["price_cents"]
            await visitor.post("/cart/items", {"sku": HERO})
            cart = (await visitor.request("DELETE", "/cart/items/P-0001")).json()
            assert [line["sku"] for line in cart["items"]] == [HERO]
            paid = await visitor.pay(str(uuid4()))
            assert paid.status == 201
            assert paid.json()["total_cents"] == cart["total_cents"]
            order = (await visitor.get(f"/orders/{paid.json()['order_id']}")).json()
            assert order["status"] == "paid"
            assert order["items"] == [{"sku": HERO, "quantity": 1, "price_cents": cart["total_cents"]}]
            assert (await visitor.get("/cart")).json()["items"] == []

    asyncio.run(scenario())
