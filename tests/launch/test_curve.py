"""The curve: integral, inverse, phases and ramps agree with each other and with their formulas."""

from __future__ import annotations

import math
import pickle
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surgeproof.launch.curve import compile_curve
from surgeproof.launch.errors import PlanError
from surgeproof.launch.plan import LaunchPlan

from .conftest import curve_of, phase_lists, small, steepest

FLAT = {"name": "surge", "duration": 100, "rate": 10}


@given(phase_lists(), st.floats(0, 1), st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_count_is_the_integral_of_the_rate(phases: list[dict[str, Any]], one: float, other: float):
    curve = curve_of(phases)
    start, end = sorted((one * curve.duration, other * curve.duration))
    grid = np.unique(
        np.concatenate((np.linspace(start, end, 2001), curve.times[(curve.times > start) & (curve.times < end)]))
    )
    rates = curve.rate(grid)
    trapezoids = float((np.diff(grid) * (rates[1:] + rates[:-1]) / 2).sum())
    assert curve.count(start, end) == pytest.approx(trapezoids, rel=1e-9, abs=1e-6)


@given(phase_lists())
@settings(max_examples=60, deadline=None)
def test_inverse_undoes_the_integral(phases: list[dict[str, Any]]):
    curve = curve_of(phases)
    areas = np.linspace(0, curve.cumulative[-1], 501)
    times = curve.inverse(areas)
    assert (np.diff(times) >= 0).all()
    assert times[0] >= 0
    assert times[-1] <= curve.duration
    np.testing.assert_allclose(curve.integral(times), areas, rtol=1e-9, atol=1e-6)


@given(phase_lists())
@settings(max_examples=60, deadline=None)
def test_knots_rise_and_phases_cover_the_curve(phases: list[dict[str, Any]]):
    curve = curve_of(phases)
    assert (np.diff(curve.times) > 0).all()
    assert (curve.rates >= 0).all()
    assert curve.times[0] == 0
    assert curve.phases[0].start == 0
    assert curve.phases[-1].end == pytest.approx(curve.duration, abs=0.01)
    assert all(before.end == after.start for before, after in zip(curve.phases, curve.phases[1:], strict=False))
    assert sum(phase.duration for phase in curve.phases) == pytest.approx(sum(phase["duration"] for phase in phases))


def test_exponential_is_within_a_thousandth_of_its_formula():
    curve = curve_of([{"name": "surge", "duration": 1800, "shape": "exponential", "from": 12, "to": 120}])
    at = np.linspace(0, 1800, 10_001)
    formula = 12 * np.exp(math.log(10) * at / 1800)
    assert np.abs(curve.rate(at) / formula - 1).max() < 0.001
    assert curve.count(0, 1800) == pytest.approx(1800 * (120 - 12) / math.log(10), rel=0.001)
    assert curve.peak == 120


def test_spike_stands_on_its_plateau():
    spike = {"name": "surge", "duration": 1200, "shape": "spike", "from": 100, "to": 149}
    curve = curve_of([{**spike, "after": "3m", "rise": "9m", "fall": "5m"}])
    assert curve.rate([0, 180, 720, 1020, 1200]).tolist() == pytest.approx([100, 100, 149, 100, 100])
    assert steepest(curve, 540).ratio == pytest.approx(1.49)
    assert steepest(curve, 540).start == pytest.approx(180)


def test_step_climbs_in_equal_stairs():
    curve = curve_of([FLAT, {"name": "peak", "duration": 90, "shape": "step", "to": 40, "steps": 3}])
    assert curve.rate([50, 110, 140, 170]).tolist() == pytest.approx([10, 20, 30, 40])


def test_jump_takes_a_millisecond_and_nothing_more():
    curve = curve_of([FLAT, {"name": "peak", "duration": 100, "rate": 50}])
    assert curve.rate(100.0) == 10
    assert curve.rate(100.001) == 50
    assert curve.count(0, 200) == pytest.approx(6000, abs=0.1)


def test_rate_is_nought_outside():
    assert curve_of([FLAT]).rate([-1, 101]).tolist() == [0, 0]


def test_phase_at_boundary_is_the_one_that_begins():
    curve = curve_of([FLAT, {"name": "peak", "duration": 100, "rate": 50}])
    assert [curve.phase_at(at).name for at in (-5, 0, 99.9, 100, 500)] == ["surge", "surge", "surge", "peak", "peak"]


def test_launch_moment_is_the_first_phase_that_is_no_warm_up(plan: LaunchPlan):
    curve = compile_curve(plan)
    assert curve.launch_at == 300
    assert curve.start == datetime(2027, 3, 20, 9, 55, tzinfo=ZoneInfo("Europe/Paris"))


def test_start_is_right_across_a_change_of_clocks():
    launch = {"date": "2027-03-28", "time": "03:02", "zone": "Europe/Paris"}
    curve = compile_curve(LaunchPlan.model_validate(small(launch=launch)))
    assert curve.start.isoformat() == "2027-03-28T01:57:00+01:00"


def test_steepest_ramp_of_the_spring_plan(spring: LaunchPlan):
    ramp = steepest(compile_curve(spring), 1800)
    assert ramp.ratio == pytest.approx(3.5, abs=0.01)
    assert ramp.start == 300


def test_steepest_needs_a_curve_as_long_as_the_window():
    assert curve_of([FLAT]).steepest(101) is None


def test_exponential_from_nought_is_refused():
    falling = {"name": "a", "kind": "hold", "duration": 10, "shape": "linear", "to": 0}
    with pytest.raises(PlanError, match="phase b grows exponentially from 0"):
        curve_of([FLAT, falling, {"name": "b", "kind": "peak", "duration": 10, "shape": "exponential", "to": 5}])


def test_mix_of_a_phase_comes_before_the_plans():
    own = {"name": "peak", "duration": 100, "rate": 50, "mix": {"glance": 1}}
    curve = curve_of([FLAT, own])
    assert curve.phases[0].mix == {"glance": 0.7, "browse": 0.2, "checkout": 0.1}
    assert curve.phases[1].mix == {"glance": 1}


def test_curve_travels_between_processes(spring: LaunchPlan):
    curve = compile_curve(spring)
    copy = pickle.loads(pickle.dumps(curve))  # noqa: S301 - our own bytes
    assert (copy.times == curve.times).all()
    assert copy.start == curve.start
