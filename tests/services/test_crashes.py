"""Parts are killed with -9 in the middle of a rush; what clients were told stays true, and the shop recovers."""

from __future__ import annotations

import asyncio
import time
from uuid import uuid4

import pytest

from services.adapters.postgres import database
from tests.services.asgi_client import Visitor
from tests.services.audit import audit
from tests.services.conftest import HERO, Storefront
from tests.services.parts import Parts
from tests.services.storm import Storm


def test_postgresql_killed_in_a_storm_loses_and_doubles_nothing(parts: Parts, storefront: Storefront):
    tries = 150

    async def scenario() -> None:
        async with storefront() as app:
            rush = Storm(app, [HERO] * tries, at_once=30)
            for answered in (20, 80):
                await rush.reached(answered)
                parts.kill(parts.postgres)
            assert await rush.over() == {201: tries}

    asyncio.run(scenario())
    readings = audit(parts, tries)
    for name in ("no order lost", "paid once", "no order half-way", "stock balanced", "hero not oversold"):
        assert readings[name].holds, readings[name]
    assert readings["no order lost"].readings["stored"] == tries


def test_valkey_killed_in_a_storm_is_told_clearly_and_comes_back(parts: Parts, storefront: Storefront):
    async def scenario() -> None:
        async with storefront() as app:
            rush = Storm(app, [HERO] * 100, at_once=30)
            await rush.reached(30)
            parts.kill(parts.valkey)
            # The append-only file keeps what was acknowledged; a cart lost with the cache would be an empty cart.
            assert await rush.over() == {201: 100}
            assert (await Visitor(app).get(f"/products/{HERO}")).status == 200

    asyncio.run(scenario())
    assert audit(parts, 100)["no order lost"].holds


def test_without_valkey_the_catalogue_is_served_and_carts_say_that_they_are_gone(parts: Parts, storefront: Storefront):
    async def scenario() -> None:
        async with storefront() as app:
            visitor = Visitor(app)
            await visitor.post("/cart/items", {"sku": HERO})
            with parts.down(parts.valkey):
                for path in ("/", f"/products/{HERO}", "/products?category=Skincare"):
                    assert (await visitor.get(path)).status == 200
                for reply in (await visitor.get("/cart"), await visitor.pay(str(uuid4()))):
                    assert reply.status == 503
                    assert reply.json()["error"] == "cart_unavailable"
                    assert reply.headers["retry-after"] == "1"
                began = time.monotonic()
                await visitor.get(f"/products/{HERO}")
                assert time.monotonic() - began < 0.5, "a cache that is gone costs no waiting"
            await asyncio.sleep(0.3)
            assert (await visitor.get("/cart")).json()["items"][0]["sku"] == HERO

    asyncio.run(scenario())


def test_without_postgresql_hot_pages_are_served_and_the_rest_says_to_come_back(
    parts: Parts, storefront: Storefront, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(database, "COMEBACK_S", 0.3)

    async def scenario() -> None:
        async with storefront() as app:
            visitor = Visitor(app)
            assert (await visitor.get("/")).status == 200
            with parts.down(parts.postgres):
                assert (await visitor.get("/")).status == 200
                # Its backends answer until they notice that they are orphans.
                while (reply := await visitor.get(f"/orders/{uuid4()}")).status == 404:  # noqa: ASYNC110 - nothing tells
                    await asyncio.sleep(0.01)
                assert (reply.status, reply.json()["error"]) == (503, "database_unavailable")
            assert (await visitor.get(f"/orders/{uuid4()}")).status == 404

    asyncio.run(scenario())
