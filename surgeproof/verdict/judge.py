"""From a run's evidence to its verdict."""

from __future__ import annotations

from collections.abc import Sequence

from surgeproof.launch.plan import Gate
from surgeproof.launch.records import ValidityReading
from surgeproof.verdict.cause import explain, explain_invariant
from surgeproof.verdict.evidence import RunEvidence
from surgeproof.verdict.headline import headline
from surgeproof.verdict.moments import date, first_bad, windows, within
from surgeproof.verdict.percentiles import QUANTILES
from surgeproof.verdict.phase_summary import phase_summaries
from surgeproof.verdict.scale_out import scale_outs
from surgeproof.verdict.server_gates import judge_queue_age, judge_shortfalls, judge_tasks
from surgeproof.verdict.timeline import timeline
from surgeproof.verdict.validity import load_validity, replay_validity
from surgeproof.verdict.verdict import EXIT_CODES, Cause, GateResult, Verdict, VerdictWord
from surgeproof.verdict.visitor_gates import judge_orders, judge_requests

_CAUSE_ORDER = ("ceiling", "part_died", "task_died", "prewarm_off", "target_too_high")
"""What explains most comes first; the rest in the order of the gates."""
_NO_CAUSE = ("unidentified", "not_observed")


def judge(run: RunEvidence) -> Verdict:
    """The verdict of a run.

    An invalid test is INVALID, whatever its gates say. Of a valid one, a fallen gate or a broken invariant makes a
    NO-GO, also beside undecided gates; undecided gates alone make it INVALID. GO is what is left: every gate that was
    judged held, and at least one was.
    """
    gates = judge_gates(run)
    validity = _validity(run)
    invariants = tuple(run.invariants)
    word = decide(gates, validity, broken=any(not each.holds for each in invariants))
    cause, best = _main_cause(gates)
    broken = next((each for each in invariants if not each.holds), None)
    if broken is not None and (best is None or best.cause is None or best.cause.kind in _NO_CAUSE):
        cause, best = explain_invariant(run, broken), None
    verdict = Verdict(
        verdict=word,
        exit_code=EXIT_CODES[word],
        kind=run.kind,
        headline="",
        scope=run.scope,
        cause=cause,
        change=best.change if best else None,
        prove=best.prove if best else None,
        gates=tuple(gates),
        validity=tuple(validity),
        invariants=invariants,
        scale_out=tuple(scale_outs(run)),
        phases=tuple(phase_summaries(run)),
        timeline=tuple(timeline(run)),
        assumed=tuple(run.assumed),
        not_covered=tuple(_not_covered(run)),
    )
    return verdict.model_copy(update={"headline": headline(verdict)})


def judge_gates(run: RunEvidence) -> list[GateResult]:
    """All gates of the plan in its order, then the shortfall of each service; fallen ones with cause and change."""
    # A written shortfall gate is the same as the one that always applies, over fewer phases.
    results = [_judge_gate(run, gate) for gate in run.plan.gates if gate.metric != "shortfall"]
    results += judge_shortfalls(run)
    return [explain(run, _with_moment(run, each)) if each.outcome == "falls" else each for each in results]


def decide(gates: Sequence[GateResult], validity: Sequence[ValidityReading], *, broken: bool) -> VerdictWord:
    """The word: an invalid test before a fallen gate, a fallen gate before an undecided one."""
    if not validity or not all(each.valid for each in validity):
        return "INVALID"
    if broken or any(gate.outcome == "falls" for gate in gates):
        return "NO-GO"
    if any(gate.outcome == "undecided" for gate in gates) or not any(gate.outcome == "holds" for gate in gates):
        return "INVALID"
    return "GO"


def _judge_gate(run: RunEvidence, gate: Gate) -> GateResult:
    match gate.metric:
        case "orders":
            return judge_orders(run, gate)
        case "queue_age":
            return judge_queue_age(run, gate)
        case "tasks":
            return judge_tasks(run, gate)
        case _:
            return judge_requests(run, gate)


def _validity(run: RunEvidence) -> list[ValidityReading]:
    readings = [*load_validity(run.load, run.plan), *run.validity]
    if run.must_replay or run.replays is not None:
        readings.append(replay_validity(run.load.histograms, run.own_speed_replay))
    return readings


def _with_moment(run: RunEvidence, gate: GateResult) -> GateResult:
    """When it fell and by how much: from the requests themselves, else from the shortfall, else the phase's start."""
    update: dict[str, object] = {"over_by": _over_by(gate)}
    if gate.first_at is None:
        at, source = _first_moment(run, gate)
        update |= {"first_at": at, "first_date": date(run, at), "when_from": source}
    if gate.until_date is None:
        spans = windows(run, gate.phases)
        until = max((end for _, end in spans), default=None)
        ends = [interval.end for each in run.shortfalls.values() for interval in each.intervals]
        inside = [end for end in ends if within(end, spans)]
        update["until_date"] = date(run, max(inside) if inside else until)
    return gate.model_copy(update=update)


def _first_moment(run: RunEvidence, gate: GateResult) -> tuple[float | None, str | None]:
    spans = windows(run, gate.phases)
    at = None
    if gate.metric in QUANTILES:
        share = 1 - QUANTILES[gate.metric]
        at = first_bad(run, gate.phases, gate.step, share=share, longer_than=gate.limit)
    elif gate.metric == "error_rate":
        at = first_bad(run, gate.phases, gate.step, share=gate.limit)
    if at is not None:
        return at, "measured"
    end = max((until for _, until in spans), default=0.0)
    short = [each.first_at for each in run.shortfalls.values() if each.seconds > 0 and each.first_at is not None]
    before_end = [at for at in short if at <= end]
    if before_end:
        return max(min(before_end), min(start for start, _ in spans)), "tasks"
    return (min(start for start, _ in spans), "phase") if spans else (None, None)


def _over_by(gate: GateResult) -> float | None:
    known = [value for value in (gate.measured, gate.replayed) if value is not None]
    if not known:
        return None
    worst = max(known) if gate.sense == "max" else min(known)
    return abs(worst - gate.limit)


def _main_cause(gates: Sequence[GateResult]) -> tuple[Cause | None, GateResult | None]:
    fallen = [gate for gate in gates if gate.cause is not None]
    for kind in _CAUSE_ORDER:
        for gate in fallen:
            if gate.cause is not None and gate.cause.kind == kind:
                return gate.cause, gate
    known = [gate for gate in fallen if gate.cause is not None and gate.cause.kind not in _NO_CAUSE]
    best = next(iter([*known, *fallen]), None)
    return (best.cause, best) if best is not None else (None, None)


def _not_covered(run: RunEvidence) -> list[str]:
    said = list(run.not_covered)
    if not run.observed:
        said.insert(0, "what the server did: tasks, scaling, queues, databases (not observed)")
    if not run.invariants:
        said.append("invariants: none were read")
    return said
