"""The catalogue that is put on sale, and the shop after it was filled."""

from __future__ import annotations

import asyncio
import statistics
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import pytest

from loadtests.catalogue import CATEGORIES, catalogue
from loadtests.prepare import pieces, prepare
from surgeproof.launch.plan import LaunchPlan
from tests.services.asgi_client import Visitor
from tests.services.audit import audit, fallen
from tests.services.conftest import HERO, Storefront
from tests.services.parts import Parts

ROOT = Path(__file__).parents[2]


def test_the_catalogue_has_the_proportions_of_its_source():
    items = catalogue(5504, "HERO-9")
    assert [item.sku for item in items[:2]] == ["HERO-9", "P-0001"]
    assert items[-1].sku == "P-5503"
    assert len({item.sku for item in items}) == 5504
    assert [item.rank for item in items] == list(range(1, 5505))
    for category in ("Makeup", "Skincare", "Fragrance", "Hair"):
        count, (low, middle, high, most) = CATEGORIES[category]
        prices = [item.price_cents / 100 for item in items if item.category == category]
        assert len(prices) == pytest.approx(count, rel=0.1)
        assert statistics.quantiles(prices, n=4) == pytest.approx([low, middle, high], rel=0.1)
        assert max(prices) <= most
    assert catalogue(50, "HERO-9") == catalogue(50, "HERO-9")


@pytest.mark.parametrize(("stock", "factor", "left"), [(1200, 1 / 30, 40), (10, 1 / 30, 1), (0, 1, 0), (7, 1, 7)])
def test_the_stock_of_a_run_is_in_whole_pieces(stock: int, factor: float, left: int):
    assert pieces(stock, factor) == left


def test_preparing_again_forgets_what_was_sold(parts: Parts, storefront: Storefront):
    shelf = SimpleNamespace(products=30, hero_sku=HERO, hero_stock=600, stock=300)
    plan = cast("LaunchPlan", SimpleNamespace(catalogue=shelf))

    async def scenario() -> None:
        async with storefront() as app:
            visitor = Visitor(app)
            assert (await visitor.buy(HERO, str(uuid4()))).status == 201
            await visitor.post("/cart/items", {"sku": HERO})
            parts.sqs.send_message(QueueUrl=parts.queue_url, MessageBody="left over")
            # Twice within the 60 s in which SQS purges a queue only once.
            for _ in range(2):
                await asyncio.to_thread(_prepare, parts, plan)
            assert (await visitor.get("/cart")).json()["items"] == []
            assert (await visitor.get("/products")).json()["total"] == 30

    asyncio.run(scenario())
    assert fallen(parts, 0) == []
    assert audit(parts, 0)["hero not oversold"].readings == {"initial": 20, "available": 20, "held": 0}


def _prepare(parts: Parts, plan: Any) -> None:
    parts.sqs.send_message(QueueUrl=parts.queue_url, MessageBody="left over")
    prepare(parts.endpoints, plan, stock_factor=1 / 30)


def test_the_image_has_the_versions_that_are_tested():
    locked = {
        package["name"]: package["version"] for package in tomllib.loads((ROOT / "uv.lock").read_text())["package"]
    }
    pins = [
        line.split()[0].split("==")
        for line in (ROOT / "services" / "requirements.txt").read_text().splitlines()
        if "==" in line
    ]
    assert {"starlette", "uvicorn", "asyncpg", "valkey", "boto3", "pydantic"} <= {name for name, _ in pins}
    assert [pin for pin in pins if locked.get(pin[0], pin[1]) != pin[1]] == []
