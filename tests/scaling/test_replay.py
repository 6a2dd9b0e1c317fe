"""The replay: against queueing theory, against the truth at speed 1, and against its own seeds."""

from __future__ import annotations

import numpy as np
import pytest
from hdrh.histogram import HdrHistogram

from surgeproof.launch.records import SAMPLE_DTYPE, SupplyPoint
from surgeproof.scaling.errors import ReplayError
from surgeproof.scaling.replay import replay, simulate
from surgeproof.scaling.replay_inputs import ReplayInputs, Taker, residuals
from surgeproof.scaling.twin import simulate as simulate_twin
from tests.scaling.launches import CPU_MS, DEMAND, SERVICE, SHARE, autoscaler_of, browsing, curve_of, glances, inputs_of


def run_rows(count, curve, *, raw=SERVICE, step=0):
    rows = np.zeros(count, dtype=SAMPLE_DTYPE)
    rows["arrival"] = np.arange(count)
    rows["arrived_at"] = rows["due_at"] = np.linspace(0, curve.duration * 0.9, count)
    rows["latency"] = rows["raw"] = raw
    rows["status"], rows["ok"], rows["step"] = 200, True, step
    return rows


def inputs(curve, serving, *, timeout=1e9, rows=None, balancing="least-connections"):
    supply = [
        SupplyPoint(at=at, service="web", desired=n, running=n, serving=n, minimum=0, maximum=99) for at, n in serving
    ]
    return ReplayInputs.from_run(
        curve=curve,
        rows=run_rows(100, curve) if rows is None else rows,
        journeys=["browse"],
        steps=glances().steps,
        takers=[Taker("web", SHARE, {"*": CPU_MS})],
        supply=supply,
        timeout=timeout,
        balancing=balancing,
    )


def waits(made, seed=1):
    _, run = simulate(made, seed=seed)
    return run.wait[run.made]


@pytest.mark.parametrize("rho", [0.5, 0.8])
def test_one_task_waits_as_pollaczek_and_khinchine_say(rho):
    """M/D/1: mean wait = rho S / (2 (1 - rho))."""
    made = inputs(curve_of((0, rho / SERVICE), (8000, rho / SERVICE)), [(0, 1)])
    mean = np.mean([waits(made, seed).mean() for seed in range(2)])
    assert mean == pytest.approx(rho * SERVICE / (2 * (1 - rho)), rel=0.06)


def test_two_tasks_of_two_random_balancers_wait_like_two_single_ones():
    curve = curve_of((0, 35), (8000, 35))
    random = waits(inputs(curve, [(0, 2)], balancing="random")).mean()
    least = waits(inputs(curve, [(0, 2)])).mean()
    assert random == pytest.approx(0.7 * SERVICE / (2 * 0.3), rel=0.08)
    assert least < random / 2


def test_an_overload_of_five_percent_for_386_seconds_is_19_seconds_of_waiting():
    """At speed 1 the queue is 0.05 x 386 = 19.3 s long at its end, whatever speed the run had."""
    full = 8 / SERVICE
    knots = ((0, full / 2), (119.9, full / 2), (120, full * 1.05), (506, full * 1.05), (506.1, 10), (800, 10))
    curve = curve_of(*knots, phases={"warm-up": (0, 120), "peak": (120, 506), "drain": (506, 800)})
    made = inputs(curve, [(0, 8)])
    longest = [waits(made, seed).max() for seed in range(6)]
    assert np.median(longest) == pytest.approx(19.3, rel=0.1)


def test_a_task_that_leaves_finishes_what_it_has():
    curve = curve_of((0, 30), (600, 30))
    _, run = simulate(inputs(curve, [(0, 4), (300, 2)]), seed=1)
    assert not run.timed_out.any()
    late = run.due > 310
    assert run.wait[late & run.made].mean() > run.wait[~late & run.made].mean()


def test_no_task_at_all_is_an_error_and_the_timeout():
    curve = curve_of((0, 10), (600, 10))
    _, run = simulate(inputs(curve, [(0, 1), (300, 0)], timeout=5), seed=1)
    late = run.made & (run.due > 300)
    assert run.timed_out[late].all()
    assert (run.latency[late] == 5).all()


def test_a_timeout_ends_the_journey_and_its_work_is_still_done():
    curve = curve_of((0, 60), (600, 60))  # rho 1.2 with 2 tasks
    twin = simulate_twin(
        curve, browsing(), DEMAND, SHARE, autoscaler_of(curve, minimum=2, maximum=2), seed=1, timeout=1e9
    )
    patient = inputs_of(twin, curve, timeout=1e9)
    hasty = inputs_of(twin, curve, timeout=2)
    _, long = simulate(patient, seed=1)
    visits, short = simulate(hasty, seed=1)
    assert short.latency[short.made].max() == 2
    assert short.made.sum() < long.made.sum()
    ended = np.flatnonzero(short.timed_out & (np.append(visits.think[1:], -1) >= 0))
    assert len(ended)
    assert not short.made[ended + 1].any()


def test_histograms_hold_every_request_once():
    curve = curve_of((0, 20), (600, 20), phases={"surge": (0, 300), "drain": (300, 600)})
    made = inputs(curve, [(0, 2)])
    found = replay(made, seed=1)
    assert {(h.phase, h.step, h.kind) for h in found} == {
        (phase, step, "corrected") for phase in ("surge", "drain") for step in ("*", "page")
    }
    _, run = simulate(made, seed=1)
    assert sum(h.count for h in found if h.step == "*") == run.made.sum()
    late = run.latency[run.made & (run.due >= 300)] * 1e6
    hdr = HdrHistogram.decode(next(h.hdr for h in found if h.phase == "drain" and h.step == "*"))
    for q in (50, 95, 99):
        assert hdr.get_value_at_percentile(q) == pytest.approx(np.percentile(late, q, method="higher"), rel=0.002)


def test_the_same_seed_gives_the_same_figures_and_another_gives_others():
    made = inputs(curve_of((0, 40), (900, 40)), [(0, 2)])
    assert replay(made, seed=4) == replay(made, seed=4)
    assert replay(made, seed=4) != replay(made, seed=5)


def test_scale_drives_a_share_of_the_arrivals():
    made = inputs(curve_of((0, 40), (3600, 40)), [(0, 4)])
    full, half = (sum(h.count for h in replay(made, seed=1, scale=c) if h.step == "*") for c in (1.0, 0.5))
    assert half == pytest.approx(full / 2, rel=0.03)


def test_what_is_neither_wait_nor_work_is_drawn_from_the_run():
    curve = curve_of((0, 10), (600, 10))
    rows = run_rows(100, curve, raw=SERVICE + 0.1)
    rows["waited"] = 0.0
    _, run = simulate(inputs(curve, [(0, 4)], rows=rows), seed=1)
    assert (run.latency - run.wait)[run.made] == pytest.approx(SERVICE + 0.1, abs=1e-6)


def test_residuals_are_never_negative_and_answers_without_a_wait_say_nothing():
    rows = run_rows(4, curve_of((0, 1), (10, 1)))
    rows["raw"], rows["waited"] = [0.01, 0.05, 0.09, 0.09], [0, 0, np.nan, 0]
    rows["status"][3] = -1
    assert residuals(rows, np.array([SERVICE]))[0] == pytest.approx([0, 0.01], abs=1e-6)


def test_what_the_shop_refused_is_an_error_in_the_replay_too():
    curve = curve_of((0, 10), (600, 10))
    rows = run_rows(100, curve)
    rows["ok"][::10] = False
    rows["status"][::10] = 500
    found = replay(inputs(curve, [(0, 4)], rows=rows), seed=1)
    total = next(h for h in found if h.step == "*")
    assert total.errors / total.count == pytest.approx(0.1, abs=0.02)


def test_journeys_that_an_overload_cut_short_go_on_in_the_replay():
    """Without the sketch a run in which visitors waited for minutes would be replayed with too little demand."""
    curve = curve_of((0, 10), (300, 40), (900, 40), phases={"surge": (0, 300), "peak": (300, 900)})
    scaler = autoscaler_of(curve, minimum=2, maximum=2)
    truth = simulate_twin(curve, browsing(), DEMAND, SHARE, scaler, seed=1, timeout=1e9)
    run = simulate_twin(curve, browsing(), DEMAND, SHARE, scaler, seed=2, speed=30, timeout=1e9)
    whole, cut = (waits(inputs_of(run, curve, sketched=known), seed=3).max() for known in (True, False))
    assert whole == pytest.approx(truth.rows["waited"].max(), rel=0.12)
    assert cut < whole


def test_a_run_that_left_nothing_is_told():
    with pytest.raises(ReplayError, match="no journey"):
        inputs(curve_of((0, 1), (60, 1)), [(0, 1)], rows=np.zeros(0, dtype=SAMPLE_DTYPE))
    with pytest.raises(ReplayError, match="nothing is known of the tasks"):
        inputs(curve_of((0, 1), (60, 1)), [])
    with pytest.raises(ReplayError, match="unknown balancing"):
        replay(inputs(curve_of((0, 1), (60, 1)), [(0, 1)], balancing="round-robin"), seed=1)
