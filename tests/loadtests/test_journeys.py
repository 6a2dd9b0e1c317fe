"""The shop's journeys: their names, their steps, their length, and that they buy what the funnel says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from surgeproof.launch.arrivals import draw_arrivals, draw_journeys
from surgeproof.launch.curve import compile_curve
from surgeproof.launch.plan import load_plan
from surgeproof.load.journey import Journey, Response, journeys_from
from surgeproof.load.share import CatalogueNumbers, ThinkTimeNumbers
from surgeproof.load.sketch import Sketch, SketchClient, SketchResponse, sketch, sketch_for_demand
from surgeproof.load.visitor import Popularity, Visitor

LOADTESTS = Path(__file__).resolve().parents[2] / "loadtests"
STEPS = {
    *("home", "list", "search", "product", "cart_add", "cart_view", "cart_change", "cart_remove"),
    *("checkout", "order_status"),
}
KINDS = {"glance", "browse", "browse_and_cart", "checkout", "returning", "stock_out_retry"}


@pytest.fixture(scope="module")
def shop() -> dict[str, Journey]:
    return journeys_from(LOADTESTS / "journeys.py")


def test_the_shop_has_its_six_journeys_and_says_what_each_is(shop: dict[str, Journey]):
    assert set(shop) == KINDS
    assert all(journey.description for journey in shop.values())


def drawn(shop: dict[str, Journey]) -> Sketch:
    plan = load_plan(LOADTESTS / "plans" / "spring.yaml")
    curve = compile_curve(plan)
    arrivals = draw_arrivals(curve, seed=7, speed=30)
    return sketch(plan, curve, arrivals, draw_journeys(curve, arrivals, seed=7), shop, 7)


def test_a_journey_of_the_spring_plan_takes_about_three_requests(shop: dict[str, Journey]):
    made = drawn(shop)
    assert 2.5 <= len(made.rows) / (made.rows["number"].max() + 1) <= 3.5
    assert {step.name for step in made.steps} <= STEPS


def test_the_buyers_are_the_funnels_share(shop: dict[str, Journey]):
    """P(cart) 0.229 times P(buy | cart) 0.157; the last ones are cut by the curve's end."""
    made = drawn(shop)
    share = sum(made.orders_by_phase.values()) / (made.rows["number"].max() + 1)
    assert share == pytest.approx(0.229 * 0.157, abs=0.01)


def test_a_glance_is_one_request_and_each_kind_begins_at_its_arrival(shop: dict[str, Journey]):
    plan = load_plan(LOADTESTS / "plans" / "spring.yaml")
    made = sketch_for_demand(plan, compile_curve(plan), shop, count=200)
    glances = made.rows[made.rows["journey"] == made.journeys.index("glance")]
    assert len(glances) == 200
    _, first = np.unique(made.rows["number"], return_index=True)
    assert np.all(made.rows["delay"][first] == 0)


class SoldOut(SketchClient):
    """A shop in which some products are sold out at checkout."""

    sold_out: frozenset[str] = frozenset()

    def post(
        self, path: str, *, name: str, json: Any = None, data: Any = None, headers: Any = None, ok: Any = (200,)
    ) -> Response:
        answer = super().post(path, name=name, json=json, data=data, headers=headers, ok=ok)
        if name == "cart_add":
            self.wanted = json["sku"]
        if name == "checkout" and self.wanted in self.sold_out:
            return SketchResponse({409})
        return answer


def visit(shop: dict[str, Journey], number: int, sold_out: frozenset[str]) -> list[str]:
    visitor = Visitor(
        seed=1,
        number=number,
        popularity=Popularity(CatalogueNumbers(50, "HERO", 0.2, 0.9)),
        think=ThinkTimeNumbers(3, 1, 300),
        run_id="test-run",
    )
    client = SoldOut(visitor)
    client.sold_out = sold_out
    shop["stock_out_retry"].run(client, visitor)
    return [name for name, *_ in client.steps]


def test_who_finds_the_hero_sold_out_tries_again_then_buys_another_or_leaves(shop: dict[str, Journey]):
    in_stock = visit(shop, 1, frozenset())
    assert in_stock == ["product", "cart_add", "checkout", "order_status"]
    ways = [visit(shop, number, frozenset({"HERO"})) for number in range(200)]
    for way in ways:
        assert way[:4] == ["product", "cart_add", "checkout", "checkout"]
    left = [way for way in ways if len(way) == 4]
    bought = [way for way in ways if way[-1] == "order_status"]
    assert len(left) + len(bought) == 200
    assert all("cart_remove" in way for way in bought)
    assert 0.25 < len(left) / 200 < 0.55
