"""The twin, against the studies behind the rehearsal (50 live runs and a simulation; figures in launch seconds)."""

from __future__ import annotations

from functools import cache
from statistics import fmean, pstdev

import numpy as np
import pytest

from surgeproof.scaling.needed import needed_series
from surgeproof.scaling.replay import simulate as simulate_replay
from surgeproof.scaling.shortfall import shortfall
from surgeproof.scaling.twin import TwinRun, simulate
from tests.scaling.launches import DEMAND, SHARE, autoscaler_of, browsing, inputs_of, launch_curve, p95

SLOW = launch_curve((10, 30, 10, 20))
STEEP = launch_curve((5, 5, 10, 5))


@cache
def steep(seed: int, speed: float, minimum: int, maximum: int, prewarm: int | None) -> TwinRun:
    scaler = autoscaler_of(STEEP, minimum=minimum, maximum=maximum, prewarm=prewarm)
    return simulate(STEEP, browsing(), DEMAND, SHARE, scaler, seed=seed, speed=speed, timeout=1e9)


def missing(run: TwinRun, speed: float) -> float:
    due = run.rows["due_at"]
    needed = needed_series(due, np.full(len(due), 0.02), run.expected, speed=speed, share=SHARE, latency_limit=0.3)
    return shortfall(needed, run.supply, until=STEEP.duration).seconds


def alarms(speed: float, *, shrunk: bool) -> list[float]:
    found = []
    for seed in range(10):
        run = simulate(
            SLOW, browsing(), DEMAND, SHARE, autoscaler_of(SLOW), seed=seed, speed=speed, shrunk=shrunk, timeout=1e9
        )
        found.append(next(event.at for event in run.events if event.kind == "alarm"))
    return found


def test_the_shrunk_metric_raises_the_alarm_when_it_would_be_raised_at_speed_1():
    """Truth 1110 ± 30; shrunk at speeds 30 and 60 1113 ± 32; raw at speed 60 1209 ± 133."""
    truth = simulate(SLOW, browsing(), DEMAND, SHARE, autoscaler_of(SLOW), seed=1, timeout=1e9)
    first = next(event.at for event in truth.events if event.kind == "alarm")
    assert first == pytest.approx(1110, abs=60)
    for speed in (10.0, 30.0, 60.0):
        shrunk = alarms(speed, shrunk=True)
        assert fmean(shrunk) == pytest.approx(first, abs=60)
        assert pstdev(shrunk) < 50
    assert pstdev(alarms(60.0, shrunk=False)) > 60


@pytest.mark.parametrize(
    ("minimum", "maximum", "prewarm", "short"),
    [
        (4, 20, 14, (0, 0)),  # pre-warmed to 14
        (4, 6, 6, (0, 0)),  # rho 0.93
        (4, 20, None, (80, 260)),  # no pre-warm
        (4, 5, 5, (480, 780)),  # rho 1.12
        (2, 2, None, (900, 1300)),
    ],
)
def test_shortfall_tells_the_failing_launches_from_the_good_ones(minimum, maximum, prewarm, short):
    """Live at speed 30: 0, 0, 140 to 200, 600 and 1140 launch seconds."""
    low, high = short
    for seed in range(4):
        assert low <= missing(steep(seed, 30.0, minimum, maximum, prewarm), 30.0) <= high


def test_shortfall_is_the_same_at_speed_1():
    assert missing(steep(1, 1.0, 4, 20, None), 1.0) == pytest.approx(missing(steep(1, 30.0, 4, 20, None), 30.0), abs=60)


@pytest.mark.parametrize(("minimum", "maximum", "prewarm"), [(4, 5, 5), (2, 2, None)])
def test_a_replay_of_a_compressed_run_tells_the_truth_of_speed_1(minimum, maximum, prewarm):
    """Peak p95: 15.6 and 387 s at speed 1, of which a run at speed 30 shows 1/20 to 1/30."""
    truth = p95(steep(1, 1.0, minimum, maximum, prewarm), STEEP)
    run = steep(2, 30.0, minimum, maximum, prewarm)
    assert p95(run, STEEP) < truth / 8
    replayed = []
    for seed in range(2):
        _, found = simulate_replay(inputs_of(run, STEEP), seed=seed)
        at_peak = found.made & (found.due >= 600) & (found.due < 1200)
        replayed.append(float(np.percentile(found.latency[at_peak], 95)))
    assert fmean(replayed) == pytest.approx(truth, rel=0.25)


def test_a_replay_at_the_runs_own_speed_reproduces_the_run():
    run = steep(2, 30.0, 4, 5, 5)
    replayed = []
    for seed in range(6):
        _, found = simulate_replay(inputs_of(run, STEEP), seed=seed, speed=30.0)
        at = found.due * 30
        chosen = found.made & (at >= 600) & (at < 1200)
        replayed.append(float(np.percentile(found.latency[chosen], 95)))
    assert fmean(replayed) == pytest.approx(p95(run, STEEP), rel=0.5)


def test_the_twin_is_the_same_for_the_same_seed():
    one, other = (
        simulate(STEEP, browsing(), DEMAND, SHARE, autoscaler_of(STEEP), seed=3, speed=30.0) for _ in range(2)
    )
    assert np.array_equal(one.rows, other.rows)
    assert one.events == other.events
    assert one.supply == other.supply


def test_a_higher_target_scales_out_later():
    firsts = []
    for target in (50.0, 90.0):
        run = simulate(
            SLOW, browsing(), DEMAND, SHARE, autoscaler_of(SLOW, target=target), seed=1, speed=30.0, timeout=1e9
        )
        firsts.append(next(event.at for event in run.events if event.kind == "decision"))
    assert firsts[1] > firsts[0] + 300
