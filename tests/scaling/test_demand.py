"""Expected demand, the shrunk metric, tasks needed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surgeproof.launch.arrivals import draw_arrivals
from surgeproof.launch.demand import CpuDemand
from surgeproof.launch.records import SKETCH_DTYPE, StepInfo
from surgeproof.scaling.demand import ExpectedDemand
from surgeproof.scaling.needed import needed_series, tasks_needed, tasks_needed_worker, wait_p95
from surgeproof.scaling.shrink import ShrunkMetrics, full_rate, shrink
from tests.scaling.launches import DEMAND, SHARE, SketchOf, browsing, curve_of, glances, launch_curve


def test_journeys_of_one_request_are_expected_as_they_arrive():
    curve = launch_curve()
    expected = ExpectedDemand.from_sketch(curve, glances(), DEMAND)
    at = np.array([300.0, 1500.0, 2700.0, 4000.0])
    assert expected.requests(at) == pytest.approx(curve.rate(at - 2.5), rel=0.01)
    assert expected.cpu(at) == pytest.approx(expected.requests(at) * 0.02)


def test_a_second_request_comes_its_think_time_later_and_nobody_before_the_curve():
    rows = np.array([(0, 0, 0, 0.0), (0, 0, 1, 600.0)], dtype=SKETCH_DTYPE)
    steps = [StepInfo(name="home", path="/"), StepInfo(name="product", path="/products/x")]
    curve = curve_of((0, 10), (3600, 10))
    demand = CpuDemand.parse({"GET /products/*": 50, "*": 10})
    expected = ExpectedDemand.from_sketch(curve, SketchOf(["browse"], steps, rows), demand)
    assert expected.step_requests("product", [500, 900]) == pytest.approx([0, 10], rel=0.01)
    assert expected.cpu(900) == pytest.approx(10 * 0.01 + 10 * 0.05, rel=0.01)


def test_expected_requests_are_those_of_many_drawn_visitors():
    curve, sketch = launch_curve(), browsing(500)
    expected = ExpectedDemand.from_sketch(curve, sketch, DEMAND)
    rng = np.random.default_rng(5)
    delays = [sketch.rows["delay"][sketch.rows["number"] == number] for number in range(500)]
    arrivals = draw_arrivals(curve, seed=5, speed=1)
    due = np.concatenate(
        [at + delays[pick] for at, pick in zip(arrivals, rng.integers(0, 500, len(arrivals)), strict=True)]
    )
    counted = np.histogram(due, np.arange(0, 4201, 300))[0] / 300
    awaited = [expected.mean_requests(a, a + 300) for a in range(0, 4200, 300)]
    assert counted == pytest.approx(awaited, rel=0.04)


def test_the_mix_of_each_phase_counts():
    rows = np.array([(0, 0, 0, 0.0), (1, 1, 0, 0.0), (1, 1, 0, 0.0)], dtype=SKETCH_DTYPE)
    sketch = SketchOf(["browse", "other"], [StepInfo(name="page", path="/")], rows)
    curve = curve_of((0, 10), (1200, 10), phases={"surge": (0, 600), "drain": (600, 1200)})
    curve.phases[1].mix.update({"browse": 0.0, "other": 1.0})
    expected = ExpectedDemand.from_sketch(curve, sketch, DEMAND)
    assert expected.requests([500, 1000]) == pytest.approx([10, 20], rel=0.01)


@given(
    measured=st.floats(0, 1),
    expected=st.floats(0, 1),
    speed=st.sampled_from([1.0, 10.0, 30.0]),
    scale=st.floats(0.1, 1),
)
def test_shrinking_lies_between_what_is_expected_and_what_was_measured(measured, expected, speed, scale):
    shrunk = shrink(measured, expected, speed=speed, scale=scale)
    low, high = sorted((expected, measured / scale))
    assert low - 1e-9 <= shrunk <= high + 1e-9
    if speed == 1 and scale == 1:
        assert shrunk == pytest.approx(measured)


def test_counts_are_converted_to_full_rate():
    assert full_rate(200, 60, speed=30, scale=0.5) == 200


def test_shrinking_takes_the_noise_of_compression_and_no_more():
    curve = curve_of((0, 100), (7200, 100))
    expected = ExpectedDemand.from_sketch(curve, glances(), DEMAND)
    rng = np.random.default_rng(3)
    spread, raw = {}, 100 / np.sqrt(100 * 60 / 30)
    for speed in (1.0, 30.0):
        metrics = ShrunkMetrics(expected, speed=speed)
        seen = []
        for minute in range(1, 121):
            metrics.count(minute * 60, rng.poisson(100 * 60 / speed), period=60)
            seen.append(metrics.requests(minute * 60, period=60))
        spread[speed] = np.std(seen[10:])
    assert spread[30.0] < 0.45 * raw  # what is left comes from the ratio, which few requests make
    assert spread[1.0] == pytest.approx(100 / np.sqrt(6000), rel=0.25)


def test_a_demand_beyond_the_plan_is_followed():
    """Without the ratio a demand 20 % above the plan would be hidden by compression."""
    curve = curve_of((0, 100), (3600, 100))
    metrics = ShrunkMetrics(ExpectedDemand.from_sketch(curve, glances(), DEMAND), speed=30)
    for minute in range(1, 31):
        metrics.count(minute * 60, 240, period=60)  # 120 a second
    assert metrics.ratio == pytest.approx(1.2, abs=0.01)
    assert metrics.requests(1800, period=60) == pytest.approx(120, rel=0.01)
    assert metrics.cpu(1800, 0.6, tasks=8, share=SHARE, period=60) == pytest.approx(0.6, abs=0.01)
    assert metrics.requests_per_task(1800, tasks=8, period=60) == pytest.approx(120 * 60 / 8, rel=0.01)
    assert metrics.requests_per_task(1800, tasks=0, period=60) is None


def test_knowing_the_runs_own_visitors_leaves_no_noise_in_the_ratio():
    curve, sketch = launch_curve(), browsing(200)
    arrivals = draw_arrivals(curve, seed=1, speed=30)
    rows = np.array([(0, n, 0, float(d)) for n in range(len(arrivals)) for d in (0.0, 40.0)], dtype=SKETCH_DTYPE)
    own = SketchOf(["browse"], sketch.steps, rows)
    expected = ExpectedDemand.from_sketch(curve, own, DEMAND).with_planned(own, arrivals)
    metrics = ShrunkMetrics(expected, speed=30)
    for minute in range(1, 60):
        start = (minute - 1) * 60
        metrics.count(minute * 60, expected.awaited(start, minute * 60, speed=30, scale=1), period=60)
        assert metrics.ratio == 1.0


def test_no_task_is_needed_for_nothing():
    assert tasks_needed(0, 0.02, 0.5, 0.3) == 0


def test_needed_is_bounded_by_utilisation_and_by_the_gate():
    assert tasks_needed(140, 0.02, 0.5, 0.3) == 6  # rho 0.93
    assert tasks_needed(145, 0.02, 0.5, 0.3) == 7  # rho would be 0.967 with 6
    assert tasks_needed(140, 0.02, 0.5, 0.08) > 6  # the gate is close to the work itself
    assert tasks_needed(10, 0.2, 0.5, 0.3) == 5  # no number of tasks meets it: utilisation alone decides


@given(rate=st.floats(0.1, 500), more=st.floats(0, 100), limit=st.floats(0.05, 2))
def test_more_requests_never_need_fewer_tasks(rate, more, limit):
    assert tasks_needed(rate + more, 0.02, 0.5, limit) >= tasks_needed(rate, 0.02, 0.5, limit)


@given(tasks=st.integers(1, 40), rho=st.floats(0.05, 0.94))
def test_more_tasks_wait_less(tasks, rho):
    assert wait_p95(tasks + 1, rho * tasks / (tasks + 1), 0.04) <= wait_p95(tasks, rho, 0.04) + 1e-12


def test_workers_needed():
    assert [tasks_needed_worker(rate, 0.5) for rate in (0, 1.9, 1.91, 10)] == [0, 1, 2, 6]


def test_needed_series_follows_the_curve_at_any_speed():
    curve = launch_curve((5, 5, 10, 5))
    expected = ExpectedDemand.from_sketch(curve, glances(), CpuDemand.parse({"*": 80}))
    peaks = {}
    for speed in (1.0, 30.0):
        due = draw_arrivals(curve, seed=2, speed=speed)
        cpu = np.full(len(due), 0.08)
        series = needed_series(due, cpu, expected, speed=speed, share=SHARE, latency_limit=0.8)
        assert [at for at, _ in series] == [60.0 * k for k in range(25)]
        peaks[speed] = max(needed for _, needed in series)
    assert abs(peaks[30.0] - peaks[1.0]) <= 1
    assert peaks[1.0] in {6, 7}
