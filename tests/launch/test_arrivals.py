"""Arrivals: a Poisson process with the curve's rate, the same for the same seed."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from surgeproof.launch.arrivals import draw_arrivals, draw_journeys
from surgeproof.launch.curve import compile_curve
from surgeproof.launch.plan import LaunchPlan

from .conftest import curve_of, phase_lists

KS_LIMIT = 1.95
"""sqrt(n) D that a true sample exceeds once in a thousand."""


def kolmogorov(sample: np.ndarray) -> float:
    """sqrt(n) times the largest distance from the uniform distribution."""
    sample = np.sort(sample)
    count = len(sample)
    steps = np.arange(count + 1) / count
    return math.sqrt(count) * max(np.abs(steps[1:] - sample).max(), np.abs(sample - steps[:-1]).max())


@pytest.mark.parametrize("seed", [1, 7, 42, 2027])
def test_rescaled_times_are_a_unit_poisson_process(spring: LaunchPlan, seed: int):
    """Time rescaling (Brown et al. 2002): ∫λ between arrivals is exponential with mean 1."""
    curve = compile_curve(spring)
    arrivals = draw_arrivals(curve, seed=seed, speed=1)
    rescaled = curve.integral(arrivals)
    gaps = np.diff(rescaled)
    assert kolmogorov(rescaled / curve.cumulative[-1]) < KS_LIMIT
    assert kolmogorov(1 - np.exp(-gaps)) < KS_LIMIT
    assert abs(np.corrcoef(gaps[1:], gaps[:-1])[0, 1]) < 4 / math.sqrt(len(gaps))


@given(phase_lists(), st.integers(0, 2**32), st.sampled_from([1.0, 10.0, 30.0]), st.sampled_from([0.1, 1.0]))
@settings(max_examples=40, deadline=None)
def test_number_is_the_integral_over_speed(phases: list[dict[str, Any]], seed: int, speed: float, scale: float):
    curve = curve_of(phases)
    expected = curve.count(0, curve.duration) * scale / speed
    assume(expected < 100_000)
    arrivals = draw_arrivals(curve, seed=seed, speed=speed, scale=scale)
    assert abs(len(arrivals) - expected) < 6.5 * math.sqrt(expected) + 6.5
    assert (np.diff(arrivals) >= 0).all()
    assert len(arrivals) == 0 or (arrivals[0] >= 0 and arrivals[-1] <= curve.duration + 1e-6)


def test_mean_and_spread_of_the_number_are_poisson():
    curve = curve_of([{"name": "surge", "duration": 100, "rate": 4}])
    numbers = [len(draw_arrivals(curve, seed=seed, speed=1)) for seed in range(400)]
    assert np.mean(numbers) == pytest.approx(400, abs=4)
    assert np.var(numbers) == pytest.approx(400, rel=0.25)


def test_same_seed_same_arrivals(spring: LaunchPlan):
    curve = compile_curve(spring)
    first = draw_arrivals(curve, seed=7, speed=30)
    again = draw_arrivals(compile_curve(spring), seed=7, speed=30)
    assert first.tobytes() == again.tobytes()
    assert not np.array_equal(first[:10], draw_arrivals(curve, seed=8, speed=30)[:10])


def test_arrivals_of_seed_seven_do_not_change(spring: LaunchPlan):
    """A changed drawing would make old evidence unrepeatable: change these only on purpose."""
    arrivals = draw_arrivals(compile_curve(spring), seed=7, speed=30)
    assert len(arrivals) == 3491
    assert arrivals[:3].tolist() == [0.002303, 5.023631, 8.915662]


def test_arrivals_are_whole_microseconds(spring: LaunchPlan):
    arrivals = draw_arrivals(compile_curve(spring), seed=3, speed=30)
    assert np.array_equal(arrivals, np.round(arrivals * 1e6) / 1e6)


def test_journeys_follow_the_mix_of_their_phase():
    calm = {"name": "surge", "duration": 1000, "rate": 50, "mix": {"glance": 1}}
    busy = {"name": "peak", "duration": 1000, "rate": 50, "mix": {"browse": 0.75, "checkout": 0.25}}
    curve = curve_of([calm, busy])
    arrivals = draw_arrivals(curve, seed=5, speed=1)
    names, kinds = draw_journeys(curve, arrivals, seed=5)
    assert names == ["glance", "browse", "checkout"]
    assert kinds.dtype == np.int16
    assert set(kinds[arrivals < 1000].tolist()) == {0}
    late = kinds[arrivals > 1000.001]
    assert (late == 2).mean() == pytest.approx(0.25, abs=4 * math.sqrt(0.25 * 0.75 / len(late)))


def test_journeys_of_a_seed_are_always_the_same(spring: LaunchPlan):
    curve = compile_curve(spring)
    arrivals = draw_arrivals(curve, seed=7, speed=30)
    one, other = (draw_journeys(curve, arrivals, seed=7) for _ in range(2))
    assert one[0] == other[0] == list(spring.journeys.mix)
    assert one[1].tobytes() == other[1].tobytes()


def test_a_journey_without_a_share_is_never_drawn():
    curve = curve_of([{"name": "surge", "duration": 1000, "rate": 50, "mix": {"browse": 0, "glance": 1, "last": 0}}])
    arrivals = draw_arrivals(curve, seed=1, speed=1)
    names, kinds = draw_journeys(curve, arrivals, seed=1)
    assert {names[kind] for kind in kinds} == {"glance"}
