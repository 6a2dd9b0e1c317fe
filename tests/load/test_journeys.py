"""Journeys, visitors and sketches: pure, and the same in every process."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surgeproof.launch.arrivals import draw_arrivals, draw_journeys
from surgeproof.launch.curve import compile_curve
from surgeproof.launch.plan import load_plan
from surgeproof.load.errors import JourneyFileError, SketchError
from surgeproof.load.forgiving import ForgivingValue
from surgeproof.load.journey import Client, journeys_from
from surgeproof.load.share import CatalogueNumbers, ThinkTimeNumbers
from surgeproof.load.sketch import sketch, sketch_for_demand
from surgeproof.load.visitor import Popularity, Visitor
from tests.load.conftest import ROOT
from tests.load.driving import journeys

CATALOGUE = CatalogueNumbers(products=100, hero_sku="HERO", hero_share=0.25, zipf=1.0)
THINK = ThinkTimeNumbers(mu=3.41, sigma=1.34, max=300.0)


def visitor(seed: int, number: int, run_id: str = "run") -> Visitor:
    return Visitor(seed=seed, number=number, popularity=Popularity(CATALOGUE), think=THINK, run_id=run_id)


def choices(of: Visitor) -> list[object]:
    return [of.pick_product(), of.draw_think(), of.pick_other_product(), of.random.random()]


@given(st.integers(0, 2**31), st.integers(0, 10**6))
def test_a_visitors_choices_come_from_seed_and_number_alone(seed: int, number: int):
    assert choices(visitor(seed, number, "a")) == choices(visitor(seed, number, "b"))
    assert choices(visitor(seed, number)) != choices(visitor(seed, number + 1))
    assert choices(visitor(seed, number)) != choices(visitor(seed + 1, number))


def test_keys_are_nobody_elses_and_long_enough_to_be_idempotency_keys():
    one, other = visitor(1, 1), visitor(1, 2)
    keys = [one.new_key(), one.new_key(), other.new_key(), visitor(1, 1, "next").new_key()]
    assert len(set(keys)) == 4
    assert all(len(key) >= 8 for key in keys)


def test_picks_follow_the_heros_share_and_zipfs_law():
    picked = Counter(visitor(7, number).pick_product() for number in range(20_000))
    assert picked["HERO"] / 20_000 == pytest.approx(0.25, abs=0.01)
    assert picked["P-0001"] / picked["P-0002"] == pytest.approx(2.0, rel=0.15)
    assert "P-0100" not in picked
    assert {"HERO"} == {Popularity(CatalogueNumbers(1, "HERO", 0.1, 1.0)).pick(visitor(1, n).random) for n in range(9)}


def test_think_times_have_the_plans_median_and_cap():
    drawn = np.array([visitor(3, number).draw_think() for number in range(20_000)])
    assert np.median(drawn) == pytest.approx(np.exp(3.41), rel=0.03)
    assert drawn.max() == 300.0


def test_the_sketch_of_the_same_arrivals_is_the_same_and_knows_the_orders(plan_file: Callable[..., Path]):
    shop = journeys_from(ROOT / "loadtests" / "journeys.py")
    plan = load_plan(plan_file(seconds=60))
    curve = compile_curve(plan)
    arrivals = draw_arrivals(curve, seed=5, speed=1)
    kinds = draw_journeys(curve, arrivals, seed=5)
    one, two = (sketch(plan, curve, arrivals, kinds, shop, 5) for _ in range(2))
    assert np.array_equal(one.rows, two.rows)
    assert one.orders_by_phase == two.orders_by_phase
    buyers = np.isin(kinds[1], [kinds[0].index("checkout"), kinds[0].index("stock_out_retry")]).sum()
    assert buyers * 0.9 < sum(one.orders_by_phase.values()) <= buyers
    assert np.all(np.diff(one.rows["number"]) >= 0)
    assert one.rows["delay"].min() == 0.0


def test_the_sketch_for_demand_has_as_many_of_each_kind(plan_file: Callable[..., Path]):
    shop = journeys_from(ROOT / "loadtests" / "journeys.py")
    plan = load_plan(plan_file())
    drawn = sketch_for_demand(plan, compile_curve(plan), shop, count=50)
    assert drawn.journeys == sorted(drawn.journeys)
    for kind in range(len(drawn.journeys)):
        assert len(np.unique(drawn.rows["number"][drawn.rows["journey"] == kind])) == 50


def test_a_journey_that_cannot_be_sketched_is_named(plan_file: Callable[..., Path]):
    def wants_more(client: Client, _: Visitor) -> None:
        client.get("/", name="home").json()[99]

    def endless(client: Client, _: Visitor) -> None:
        while True:
            client.get("/", name="home")

    plan = load_plan(plan_file(mix="{odd: 1}"))
    for journey, words in ((wants_more, "IndexError"), (endless, "no end")):
        with pytest.raises(SketchError, match=f"journey odd.*{words}"):
            sketch_for_demand(plan, compile_curve(plan), journeys(odd=journey), count=1)


def test_journeys_and_sketches_import_neither_gevent_nor_locust():
    code = (
        "import sys; from pathlib import Path; from surgeproof.load import sketch, journey, process, run_config;"
        f"journey.journeys_from(Path({str(ROOT / 'loadtests' / 'journeys.py')!r}));"
        "print([name for name in sys.modules if name.split('.')[0] in ('gevent', 'locust')])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def write(folder: Path, text: str) -> Path:
    path = folder / "mine.py"
    path.write_text(text, encoding="utf-8")
    return path


HEAD = "from surgeproof.load.journey import journey\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = 1", "no journeys"),
        (HEAD + '@journey("a")\ndef a(c, v): ...\n@journey("a")\ndef b(c, v): ...', "two journeys have one name"),
        ("import no_such_module", "does not load"),
        ("def (", "does not load"),
    ],
)
def test_a_journeys_file_that_is_wrong_is_a_sentence(tmp_path: Path, text: str, words: str):
    with pytest.raises(JourneyFileError, match=words):
        journeys_from(write(tmp_path, text))


def test_a_journeys_file_that_is_not_there_is_a_sentence(tmp_path: Path):
    with pytest.raises(JourneyFileError, match="no such file"):
        journeys_from(tmp_path / "none.py")


def test_journeys_are_found_by_their_names(tmp_path: Path):
    found = journeys_from(
        write(tmp_path, HEAD + '@journey("peek")\ndef any_name(c, v):\n    """Peek. \n\n    More."""\n')
    )
    assert list(found) == ["peek"]
    assert found["peek"].description == "Peek."


def test_forgiving_values_bear_what_journeys_do_with_answers():
    value = ForgivingValue()["items"][0]["price"]
    assert f"/orders/{value}" == "/orders/1"
    assert f"{value:>3}" == "  1"
    assert f"{value:.2f}" == "1.00"
    assert [str(item) for item in value] == ["1", "1", "1"]
    assert value + 1 == 2
    assert 1 + value == 2
    assert "a" + value == "a1"
    assert value + "a" == "1a"
    assert value * 3 == 3
    assert 3 - value == 2
    assert value - 3 == -2
    assert value == "placed"
    assert value > 5
    assert "key" in value
    assert value.get("x", None)
    assert len(value) == len(value.items()) == len(value.keys()) == len(value.values()) == 3
    assert value.startswith("1")
    assert (int(value), float(value), bool(value), len({value})) == (1, 1.0, True, 1)
    assert [10, 20][value] == 20
    with pytest.raises(IndexError):
        value[3]
