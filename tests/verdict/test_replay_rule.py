"""A latency gate holds only in 19 of 20 resamples; and the check that a replay reproduces its run."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from surgeproof.launch.gates import Gate
from surgeproof.verdict.judge import judge_gates
from surgeproof.verdict.validity import replay_validity
from tests.verdict.build import changed_load, evidence
from tests.verdict.launch import Case
from tests.verdict.samples import histogram
from tests.verdict.small import with_gates


def result(falling: int, *, measured: float = 0.1):
    run = with_gates(evidence(Case()), Gate(phase="peak", metric="p95", max=1))
    replays = [[histogram([2.0 if number < falling else 0.1] * 400)] for number in range(20)]
    run = replace(changed_load(run, histograms=[histogram([measured] * 400)]), replays=replays)
    return judge_gates(run)[0]


@pytest.mark.parametrize(
    ("falling", "outcome"), [(0, "holds"), (1, "holds"), (2, "falls"), (11, "falls"), (20, "falls")]
)
def test_nineteen_of_twenty(falling: int, outcome: str):
    gate = result(falling)
    assert gate.outcome == outcome
    assert gate.resamples_holding == 20 - falling
    assert gate.replayed == pytest.approx(2.0 if falling > 10 else 0.1, rel=0.01)


def test_a_gate_that_falls_measured_falls_though_all_replays_hold():
    assert result(0, measured=1.5).outcome == "falls"


def test_a_luck_of_draws_is_told():
    assert result(4).reason == "holds in 16 of 20 replays, 19 are needed"


def test_too_few_replayed_requests_leave_it_undecided():
    run = with_gates(evidence(Case()), Gate(phase="peak", metric="p99", max=1))
    run = replace(changed_load(run, histograms=[histogram([0.1] * 400)]), replays=[[histogram([0.1] * 999)]] * 20)
    gate = judge_gates(run)[0]
    assert gate.outcome == "undecided"
    assert gate.reason == "999 requests were replayed, 1,000 are needed to tell"


def test_timeouts_of_the_replay_make_the_error_rate_fall():
    run = with_gates(evidence(Case()), Gate(phase="peak", metric="error_rate", max=0.01))
    run = replace(
        changed_load(run, histograms=[histogram([0.1] * 400)]), replays=[[histogram([9.0] * 400, errors=200)]] * 20
    )
    gate = judge_gates(run)[0]
    assert (gate.outcome, gate.measured, gate.replayed) == ("falls", 0.0, 0.5)


def test_healthy_noise_never_invalidates():
    """Two draws of the same system, 200 times: calm, near saturation, and half queue, half calm."""
    rng = np.random.default_rng(5)
    for _ in range(200):
        heavy = rng.uniform(0.05, 0.5)

        def draw(share: float = heavy) -> np.ndarray:
            calm = rng.lognormal(np.log(0.05), 0.4, 600)
            waits = np.where(
                rng.random(600) < share + rng.normal(0, 0.04), rng.exponential(rng.uniform(1.0, 1.6), 600), 0
            )
            return np.minimum(10.0, calm + waits)

        reading = replay_validity([histogram(draw())], [histogram(draw())])
        assert reading.valid, (heavy, reading)


@pytest.mark.parametrize(("measured", "replayed"), [(0.05, 0.6), (0.6, 0.05), (3.0, 0.1), (0.3, 10.0)])
def test_a_model_that_misses_what_slows_the_shop_is_invalid(measured: float, replayed: float):
    reading = replay_validity([histogram([measured] * 400)], [histogram([replayed] * 400)])
    assert not reading.valid
    assert "p50 of phase peak" in (reading.note or "")


def test_a_replay_with_too_few_requests_is_not_read():
    assert replay_validity([histogram([1.0] * 50)], [histogram([1.0] * 50)]).value is None
    assert not replay_validity([histogram([1.0] * 500)], None).valid
