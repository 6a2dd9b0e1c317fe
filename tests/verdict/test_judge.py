"""The verdict as a whole: its word, its precedence, its headline."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surgeproof.launch.gates import Gate
from surgeproof.launch.records import ValidityReading
from surgeproof.verdict.judge import decide, judge
from surgeproof.verdict.verdict import GateResult, Verdict
from tests.verdict.build import changed_load, changed_worker, evidence, invariants, judged
from tests.verdict.launch import Case
from tests.verdict.samples import histogram
from tests.verdict.small import BROKEN, small, with_gates


def gate(outcome: str) -> GateResult:
    return GateResult(name="g", phases=("*",), step="*", metric="p95", sense="max", limit=1, unit="s", outcome=outcome)  # ty: ignore[invalid-argument-type]


def check(valid: bool) -> ValidityReading:  # noqa: FBT001
    return ValidityReading(name="c", value=1.0, limit=1.0, valid=valid)


def test_a_healthy_run_is_cleared_for_the_staging_test_and_for_no_more(go: Verdict):
    assert (go.verdict, go.exit_code) == ("GO", 0)
    assert go.headline == "Every gate held: cleared for the staging test."
    assert "cleared to launch" not in go.model_dump_json()
    assert go.cause is None
    assert go.change is None
    assert len(go.held) == len(go.gates)


def test_a_healthy_load_test_held_at_this_load_and_says_what_it_did_not_see(load_test: Verdict):
    assert (load_test.verdict, load_test.exit_code) == ("GO", 0)
    assert load_test.headline == "Held at this load: all 8 gates that a load test can see."
    assert {g.metric for g in load_test.gates if g.outcome == "not observed"} == {"queue_age", "tasks"}
    assert load_test.not_covered[0].startswith("what the server did")
    assert all(g.replayed is None for g in load_test.gates)
    assert not load_test.scale_out


def test_the_ceiling_is_a_no_go_with_the_line_to_change(no_go: Verdict):
    assert (no_go.verdict, no_go.exit_code) == ("NO-GO", 1)
    assert no_go.headline == "Checkout too slow 10:16–10:45. Raise max_tasks to 18."  # noqa: RUF001
    slow = next(g for g in no_go.fallen if g.name == "peak checkout p95")
    assert slow.measured is not None
    assert slow.replayed is not None
    assert slow.measured < slow.limit < slow.replayed, "measured in compressed time flatters; the replay tells"
    assert slow.resamples_holding == 0


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_each_way_to_break_a_test_makes_it_invalid(name: str):
    tells, breaks = BROKEN[name]
    verdict = judge(breaks(small()))
    assert (verdict.verdict, verdict.exit_code) == ("INVALID", 3)
    assert tells in {reading.name for reading in verdict.failed_checks}
    assert all(reading.note for reading in verdict.failed_checks)


@settings(deadline=None, max_examples=60)
@given(st.sets(st.sampled_from(sorted(BROKEN)), min_size=1), st.sampled_from([0.0, 0.3]), st.booleans())
def test_a_broken_test_never_reads_go_or_no_go(broken: set[str], errors: float, oversold: bool):  # noqa: FBT001
    run = small(error_share=errors)
    for name in broken:
        run = BROKEN[name][1](run)
    if oversold:
        run = replace(run, invariants=invariants(broken=True))
    assert judge(run).verdict == "INVALID"


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.sampled_from(["holds", "falls", "undecided", "not observed"])), st.lists(st.booleans()), st.booleans()
)
def test_the_word_follows_the_precedence(outcomes: list[str], checks: list[bool], broken: bool):  # noqa: FBT001
    word = decide([gate(each) for each in outcomes], [check(each) for each in checks], broken=broken)
    if word == "GO":
        assert checks
        assert all(checks)
        assert not broken
        assert set(outcomes) <= {"holds", "not observed"}
        assert "holds" in outcomes
    if checks and all(checks) and (broken or "falls" in outcomes):
        assert word == "NO-GO"
    if word == "NO-GO":
        assert all(checks)


def test_a_platform_reading_that_could_not_be_read_is_invalid():
    unread = ValidityReading(name="tasks woken late p99", value=None, limit=20, valid=False)
    assert judge(replace(small(), validity=[unread])).verdict == "INVALID"


def test_an_unreplayed_compressed_run_is_undecided():
    run = replace(evidence(Case()), replays=None)
    verdict = judge(run)
    assert verdict.verdict == "INVALID"
    assert "not replayed" in verdict.headline


def test_fewer_than_twenty_resamples_decide_nothing():
    assert judged(Case(resamples=19)).verdict == "INVALID"


def test_a_fallen_gate_beside_an_undecided_one_is_a_no_go():
    run = with_gates(
        small(error_share=0.3), Gate(phase="peak", metric="error_rate", max=0.01), Gate(metric="p99", max=30)
    )
    half = [histogram([0.1] * 80, errors=40)]
    verdict = judge(changed_load(run, histograms=half))
    assert [(g.outcome, g.samples) for g in verdict.gates] == [("undecided", 80), ("undecided", 80)]
    assert verdict.verdict == "INVALID"
    run = with_gates(run, Gate(phase="peak", metric="error_rate", max=0.05), Gate(metric="p99", max=30))
    verdict = judge(changed_load(run, histograms=half))
    assert [g.outcome for g in verdict.gates] == ["falls", "undecided"]
    assert verdict.verdict == "NO-GO"


def test_a_broken_invariant_is_a_no_go_even_when_all_gates_hold():
    verdict = judge(replace(evidence(Case()), invariants=invariants(broken=True)))
    assert verdict.verdict == "NO-GO"
    assert not verdict.fallen
    assert verdict.headline.startswith("Orders placed = paid = stored = fulfilled does not hold")
    assert verdict.cause is not None
    assert verdict.cause.kind == "invariant"


def test_a_plan_without_a_gate_that_could_be_judged_is_no_go_ahead():
    verdict = judge(with_gates(small()))
    assert verdict.verdict == "INVALID"
    assert "no gate was judged" in verdict.headline


def test_a_slow_generator_beats_a_fallen_gate():
    verdict = judge(changed_worker(small(error_share=0.3), lag_p99_ms=900.0))
    assert verdict.verdict == "INVALID"
    assert verdict.fallen, "what fell is still shown"


def test_a_service_without_tasks_needed_leaves_its_shortfall_undecided():
    run = evidence(Case())
    verdict = judge(replace(run, shortfalls={"orders": run.shortfalls["orders"]}))
    assert [g.name for g in verdict.undecided] == ["storefront shortfall"]
    assert verdict.verdict == "INVALID"


def test_a_replay_that_does_not_reproduce_the_run_is_invalid():
    run = evidence(Case())
    other = [histogram([1.5] * 500, phase.name) for phase in run.curve.phases]
    verdict = judge(replace(run, own_speed_replay=other))
    assert [each.name for each in verdict.failed_checks] == ["replay reproduces the run"]


def test_scale_and_speed_convert_orders_to_the_launch():
    run = changed_load(small(), speed=30.0, scale=0.5)
    verdict = judge(run)
    peak = next(g for g in verdict.gates if g.metric == "orders")
    assert peak.samples is not None
    assert peak.expected == pytest.approx(peak.samples * 60)


def test_a_queue_worker_without_a_counted_shortfall_is_judged_by_its_queue():
    run = evidence(Case())
    verdict = judge(replace(run, shortfalls={"storefront": run.shortfalls["storefront"]}))
    assert verdict.verdict == "GO"
    assert [g.service for g in verdict.gates if g.metric == "shortfall"] == ["storefront"]
