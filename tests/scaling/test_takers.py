"""Several services behind one load balancer: whose request it is, what is expected of each, and what each one's tasks do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surgeproof.launch.demand import CpuDemand
from surgeproof.launch.records import SAMPLE_DTYPE, SKETCH_DTYPE, StepInfo, SupplyPoint
from surgeproof.scaling.demand import ExpectedDemand
from surgeproof.scaling.errors import ReplayError
from surgeproof.scaling.replay import simulate
from surgeproof.scaling.replay_inputs import ReplayInputs, Taker, taker_of
from tests.scaling.launches import SHARE, SketchOf, curve_of

POINTS = Taker("points", 0.25, {"*": 10.0}, ("/points/*", "/vip-?"))
SHOP = Taker("shop", SHARE, {"*": 20.0})
STEPS = [StepInfo(name="home", path="/"), StepInfo(name="points", path="/points/7?full=1")]


def two_step_journeys(count: int = 40) -> SketchOf:
    rows = [(0, number, step, 30.0 * step) for number in range(count) for step in (0, 1)]
    return SketchOf(["browse"], STEPS, np.array(rows, dtype=SKETCH_DTYPE))


@pytest.mark.parametrize(
    ("path", "taken_by"),
    [("/points/7", 0), ("/points/", 0), ("/vip-1", 0), ("/vip-12", 1), ("/point", 1), ("/", 1), ("/points/7?a=/x", 0)],
)
def test_paths_go_where_the_load_balancer_sends_them(path: str, taken_by: int):
    assert taker_of(path, [POINTS, SHOP]) == taken_by


def test_a_path_that_nobody_takes_is_an_error():
    with pytest.raises(ReplayError, match="no service takes this path"):
        taker_of("/", [POINTS])


def test_every_expected_request_is_one_service_s():
    curve = curve_of((0, 5), (600, 20))
    sketch = two_step_journeys()
    whole = ExpectedDemand.from_sketch(curve, sketch, CpuDemand.parse({"*": 1.0}))
    parts = [
        ExpectedDemand.from_sketch(curve, sketch, CpuDemand.parse({"*": 1.0}), {name}) for name in ("home", "points")
    ]
    at = np.linspace(0, 600, 50)
    assert parts[0].requests(at) + parts[1].requests(at) == pytest.approx(whole.requests(at))
    arrivals = np.linspace(1, 500, 40)
    known = [part.with_planned(sketch, arrivals) for part in parts]
    assert sum(part.awaited(0, 600, speed=1, scale=1) for part in known) == 80


def replay_of(points: int, shop: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean waits of the steps at 12 arrivals a second: 0.48 of the points tasks, 0.48 of the shop's, at one task each."""
    curve = curve_of((0, 12), (3000, 12))
    rows: Any = np.zeros(80, dtype=SAMPLE_DTYPE)
    rows["arrival"] = np.repeat(np.arange(40), 2)
    rows["arrived_at"] = np.repeat(np.linspace(0, 2500, 40), 2)
    rows["step"] = np.tile([0, 1], 40)
    rows["due_at"] = rows["arrived_at"] + 30 * rows["step"]
    rows["raw"] = rows["latency"] = 0.04
    rows["status"], rows["ok"] = 200, True
    supply = [
        SupplyPoint(at=0, service=name, desired=n, running=n, serving=n, minimum=0, maximum=99)
        for name, n in (("points", points), ("shop", shop))
    ]
    inputs = ReplayInputs.from_run(
        curve=curve, rows=rows, journeys=["browse"], steps=STEPS, takers=[POINTS, SHOP], supply=supply, timeout=1e9
    )
    visits, run = simulate(inputs, seed=1)
    made = run.made
    return run.wait[made & (visits.step == 0)], run.wait[made & (visits.step == 1)]


def test_each_service_has_tasks_of_its_own():
    """Deterministic work, Poisson arrivals: the first service waits as Pollaczek and Khinchine say; what leaves its one
    task is spaced too widely for the second to wait at all, and with many tasks the second waits as the first did."""
    shop, points = replay_of(points=1, shop=1)
    expected = 0.48 * 0.04 / (2 * (1 - 0.48))
    assert shop.mean() == pytest.approx(expected, rel=0.1)
    assert points.mean() == pytest.approx(0, abs=1e-6)
    many, unspaced = replay_of(points=1, shop=20)
    assert many.mean() < expected / 20
    assert unspaced.mean() == pytest.approx(expected, rel=0.1)


@given(st.text("/ab*?", min_size=1, max_size=6).map(lambda text: f"/{text}"))
def test_a_pattern_without_signs_takes_itself_alone(pattern: str):
    taker = Taker("one", 1.0, {}, (pattern,))
    plain = pattern.partition("?")[0]
    if "*" not in pattern and "?" not in pattern:
        assert taker.takes(plain)
        assert not taker.takes(plain + "x")
    elif "?" not in pattern:
        assert taker.takes(plain.replace("*", "anything"))
