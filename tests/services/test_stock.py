"""Stock and keys under a rush: nothing is oversold, nothing is bought twice."""

from __future__ import annotations

import asyncio
from uuid import uuid4

from services.adapters.simulators.card_gateway import DECLINED_TOKEN
from tests.services.asgi_client import Visitor
from tests.services.audit import audit
from tests.services.conftest import HERO, HERO_STOCK, STOCK, Storefront
from tests.services.parts import Parts
from tests.services.storm import storm


def test_800_tries_on_500_pieces_sell_exactly_500(parts: Parts, storefront: Storefront):
    async def scenario() -> None:
        async with storefront() as first, storefront() as second:
            statuses = await asyncio.gather(*(storm(app, [HERO] * 400, at_once=100) for app in (first, second)))
            total = statuses[0] + statuses[1]
            assert total == {201: HERO_STOCK, 409: 800 - HERO_STOCK}

    asyncio.run(scenario())
    readings = audit(parts, HERO_STOCK)
    assert readings["hero not oversold"].readings == {"initial": 500, "available": 0, "held": 500}
    assert readings["stock balanced"].holds
    assert readings["paid once"].holds
    assert readings["no order lost"].holds


def test_carts_that_overlap_do_not_block_each_other(parts: Parts, storefront: Storefront):
    async def scenario() -> None:
        async with storefront() as app:

            async def one(number: int) -> int:
                visitor = Visitor(app)
                order = (HERO, "P-0001", "P-0002")
                for sku in order if number % 2 else reversed(order):
                    await visitor.post("/cart/items", {"sku": sku})
                return (await visitor.pay(str(uuid4()))).status

            statuses = await asyncio.gather(*(one(number) for number in range(80)))
            assert set(statuses) == {201}

    asyncio.run(scenario())
    assert parts.sql("SELECT available FROM stock WHERE sku = 'P-0001'") == [{"available": STOCK - 80}]


def test_the_same_key_is_one_order_one_after_the_other_and_at_once(parts: Parts, storefront: Storefront):
    async def scenario() -> None:
        async with storefront() as app:
            visitor, key = Visitor(app), str(uuid4())
            await visitor.post("/cart/items", {"sku": HERO})
            at_once = await asyncio.gather(*(visitor.pay(key) for _ in range(10)))
            later = await visitor.pay(key)
            answers = [reply.json() for reply in (*at_once, later)]
            assert [reply.status for reply in (*at_once, later)] == [201] * 11
            assert all(answer["order_id"] == answers[0]["order_id"] for answer in answers)

    asyncio.run(scenario())
    assert parts.sql("SELECT count(*) FROM orders") == [{"count": 1}]
    assert parts.sql("SELECT count(*), max(requests) >= 1 AS asked FROM card_gateway.charges") == [
        {"count": 1, "asked": True}
    ]
    assert audit(parts, 1)["hero not oversold"].readings["held"] == 1


def test_a_retry_of_a_complete_order_leaves_a_new_cart_alone(parts: Parts, storefront: Storefront):
    async def scenario() -> None:
        async with storefront() as app:
            visitor, key = Visitor(app), str(uuid4())
            await visitor.buy(HERO, key)
            await visitor.post("/cart/items", {"sku": "P-0001"})
            assert (await visitor.pay(key)).status == 201
            assert [line["sku"] for line in (await visitor.get("/cart")).json()["items"]] == ["P-0001"]

    asyncio.run(scenario())


def test_two_visitors_may_choose_the_same_key(parts: Parts, storefront: Storefront):
    async def scenario() -> None:
        async with storefront() as app:
            key = "first-order"
            orders = [(await Visitor(app).buy(HERO, key)).json()["order_id"] for _ in range(2)]
            assert orders[0] != orders[1]

    asyncio.run(scenario())


def test_a_declined_payment_releases_the_stock_and_keeps_the_cart(parts: Parts, storefront: Storefront):
    async def scenario() -> None:
        async with storefront() as app:
            visitor, key = Visitor(app), str(uuid4())
            declined = await visitor.buy(HERO, key, token=DECLINED_TOKEN)
            again = await visitor.pay(key, token=DECLINED_TOKEN)
            assert (declined.status, again.status) == (402, 402)
            order = (await visitor.get(f"/orders/{declined.json()['order_id']}")).json()
            assert order["status"] == "declined"
            assert len((await visitor.get("/cart")).json()["items"]) == 1
            assert (await visitor.pay(str(uuid4()))).status == 201

    asyncio.run(scenario())
    readings = audit(parts, 1)
    assert readings["hero not oversold"].readings == {"initial": 500, "available": 499, "held": 1}
    assert readings["paid once"].holds


def test_the_decline_rate_is_what_is_set(parts: Parts, storefront: Storefront, monkeypatch):
    monkeypatch.setenv("PAYMENT_DECLINE_RATE", "1")

    async def scenario() -> None:
        async with storefront() as app:
            assert (await Visitor(app).buy(HERO, str(uuid4()))).status == 402

    asyncio.run(scenario())
