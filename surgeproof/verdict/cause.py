"""Cause, change and proof of each gate that fell; an honest 'cause not identified' where the run does not show one."""

from __future__ import annotations

import shlex

from surgeproof.launch.records import InvariantReading
from surgeproof.verdict.capacity import Explained, cause, explain_shortfall, lower_target, raise_maximum
from surgeproof.verdict.evidence import RunEvidence
from surgeproof.verdict.moments import Window, date, needed_at, supply_at, supply_of, windows, within
from surgeproof.verdict.verdict import Cause, Change, GateResult, Scope
from surgeproof.verdict.wording import clock_time, count, setting_value

_PART_BEFORE_S = 120.0
_AROUND_S = 60.0
"""Tasks needed are told by the launch minute."""
_QUEUE_LEFT_S = 600.0
"""So long after a shortfall its queue may still be felt, by those who came in it and by those who came later."""
_NO_HEADROOM = 0.9
"""Share of the serving tasks that was needed, from which waiting grows steeply."""
_OVERLOAD = {"timeout", "transport", "0", "-1", "502", "503", "504"}
_UNIDENTIFIED = "cause not identified: tasks, scaling and answers of this run do not show one"
_VISITOR_METRICS = {"p50", "p95", "p99", "p99.9", "error_rate", "orders"}


def explain(run: RunEvidence, gate: GateResult) -> GateResult:
    """A fallen gate with its cause, the line to change and the command that would prove the change."""
    found, change = _explained(run, gate)
    return gate.model_copy(update={"cause": found, "change": change, "prove": prove(run.scope, change)})


def explain_invariant(run: RunEvidence, broken: InvariantReading) -> Cause:
    """Cause of a verdict that only an invariant made."""
    part = _part_died(run, [(0.0, run.curve.duration)])
    said = f"; before that, {part[0].words}" if part else ""
    return cause(run, "invariant", f"{broken.relation} does not hold{said}", at=None)


def prove(scope: Scope, change: Change | None) -> str | None:
    """The command that would prove a change: this run's own, with the one setting changed."""
    if change is None or scope.kind != "rehearsal":
        return None
    settings = {**scope.overrides, change.setting: change.new}
    words = ["surgeproof", "rehearse", scope.plan, *scope.arguments]
    for path, value in settings.items():
        words += ["--set", f"{path}={setting_value(value)}"]
    return shlex.join(words)


def _explained(run: RunEvidence, gate: GateResult) -> Explained:
    if not run.observed:
        if gate.metric == "error_rate" and (errors := _errors(run, gate)):
            return errors
        words = "cause not observed: a load test does not see tasks, scaling or queues"
        return cause(run, "not_observed", words, at=gate.first_at), None
    spans = windows(run, gate.phases)
    part = _part_died(run, spans)
    if part is None and gate.metric == "error_rate" and _shop_fails(run) and (errors := _errors(run, gate)):
        return errors
    if gate.metric == "shortfall" and gate.service is not None:
        return explain_shortfall(run, gate.service) or part or _unidentified(run, gate)
    explained = [
        each for service in _short_services(run, gate, spans) if (each := explain_shortfall(run, service)) is not None
    ]
    ceilings = [each for each in explained if each[0].kind == "ceiling"]
    candidates = [*ceilings, *([part] if part else []), *explained]
    return candidates[0] if candidates else _without_shortfall(run, gate, spans)


def _without_shortfall(run: RunEvidence, gate: GateResult, spans: list[Window]) -> Explained:
    """The cause where no service was short of tasks and no part died."""
    if gate.metric in {"error_rate", "orders"} and (errors := _errors(run, gate)):
        return errors
    if gate.metric == "queue_age" and gate.service is not None:
        return _behind(run, gate)
    if gate.metric == "tasks" and gate.service is not None:
        return _near_maximum(run, gate)
    return _no_headroom(run, gate, spans) or _death_nearby(run, spans) or _errors(run, gate) or _unidentified(run, gate)


def _short_services(run: RunEvidence, gate: GateResult, spans: list[Window]) -> list[str]:
    """Services with too few tasks in or before the gate's phases, the worst first."""
    end = max((until for _, until in spans), default=0.0)
    found = [
        (reading.worst, service)
        for service, reading in run.shortfalls.items()
        if any(_explains(interval.start, interval.end, gate.first_at, end) for interval in reading.intervals)
        # Visitors do not wait for a queue worker; a queue does not wait for what answers visitors.
        if not (gate.metric in _VISITOR_METRICS and service in run.worker_services)
        if gate.service in (None, service)
    ]
    return [service for _, service in sorted(found, reverse=True)]


def _explains(start: float, until: float, first_at: float | None, end: float) -> bool:
    """Whether a shortfall can be behind a gate: it began before the gate fell, and its queue was still there then."""
    if first_at is None:
        return start <= end
    return start - _AROUND_S <= first_at <= until + _QUEUE_LEFT_S


def _part_died(run: RunEvidence, spans: list[Window]) -> Explained | None:
    for event in run.events:
        if event.kind == "part_died" and within(event.at, spans, slack=_PART_BEFORE_S):
            note = f" ({event.note})" if event.note else ""
            words = f"{event.service} ended at {clock_time(date(run, event.at))} and was restarted{note}"
            return cause(run, "part_died", words, service=event.service, at=event.at), None
    return None


def _death_nearby(run: RunEvidence, spans: list[Window]) -> Explained | None:
    for event in run.events:
        if event.kind == "died" and within(event.at, spans, slack=_PART_BEFORE_S):
            words = f"a {event.service} task ended by itself at {clock_time(date(run, event.at))}"
            return cause(run, "task_died", words, service=event.service, at=event.at), None
    return None


def _errors(run: RunEvidence, gate: GateResult) -> Explained | None:
    counts = {status: number for status, number in run.load.status_counts.items() if number and _is_error(status)}
    if not counts:
        return None
    most = sorted(counts.items(), key=lambda each: -each[1])[:3]
    told = ", ".join(f"{count(number)} x {status}" for status, number in most)
    example = f"; the first: {run.load.failures[0]}" if run.load.failures else ""
    return cause(run, "errors", f"errors from the shop: {told}{example}", at=gate.first_at), None


def _shop_fails(run: RunEvidence) -> bool:
    """Whether most errors are the shop's own: not those of a queue that is too long (timeouts, 502 to 504)."""
    errors = {status: number for status, number in run.load.status_counts.items() if _is_error(status)}
    own = sum(number for status, number in errors.items() if status not in _OVERLOAD)
    return own > sum(errors.values()) / 2


def _is_error(status: str) -> bool:
    return status in {"timeout", "transport", "check"} or status.startswith("5") or status in {"0", "-1"}


def _behind(run: RunEvidence, gate: GateResult) -> Explained:
    service = gate.service or ""
    at = gate.first_at if gate.first_at is not None else 0.0
    point = supply_at(supply_of(run, service), at)
    serving = f" with {point.serving} of at most {point.maximum} tasks" if point else ""
    words = f"{service} fell behind its queue from {clock_time(date(run, at))}{serving}"
    found = cause(run, "worker_behind", words, service=service, at=at)
    if point is not None and point.serving >= point.maximum:
        needed = max((number for _, number in run.needed.get(service, ())), default=0)
        return found, raise_maximum(run, service, max(needed, point.maximum), point.maximum)
    return found, lower_target(run, service)


def _near_maximum(run: RunEvidence, gate: GateResult) -> Explained:
    service, at = gate.service or "", gate.first_at or 0.0
    points = supply_of(run, service)
    used = max((max(point.desired, point.serving) for point in points), default=0)
    maximum = max((point.maximum for point in points), default=0)
    words = f"{service} used {used} of at most {maximum} tasks"
    return cause(run, "no_headroom", words, service=service, at=at), raise_maximum(run, service, used, maximum)


def _no_headroom(run: RunEvidence, gate: GateResult, spans: list[Window]) -> Explained | None:
    worst: tuple[float, float, str, int] | None = None
    for service, series in run.needed.items():
        if gate.metric in _VISITOR_METRICS and service in run.worker_services:
            continue
        points = supply_of(run, service)
        for at in [start for start, _ in spans] + [at for at, _ in series if within(at, spans)]:
            if gate.first_at is not None and not gate.first_at - _AROUND_S <= at <= gate.first_at + _QUEUE_LEFT_S:
                continue
            needed, point = needed_at(series, at), supply_at(points, at)
            if needed and point and point.serving and (worst is None or needed / point.serving > worst[0]):
                worst = (needed / point.serving, at, service, needed)
    if worst is None or worst[0] < _NO_HEADROOM:
        return None
    _, at, service, needed = worst
    point = supply_at(supply_of(run, service), at)
    if point is None:
        return None
    words = f"{service} had no task to spare at {clock_time(date(run, at))}: {needed} needed, {point.serving} serving"
    found = cause(run, "no_headroom", words, service=service, at=at)
    at_max = max(point.desired, point.serving) >= point.maximum
    return found, raise_maximum(run, service, needed, point.maximum) if at_max else lower_target(run, service)


def _unidentified(run: RunEvidence, gate: GateResult) -> Explained:
    return cause(run, "unidentified", _UNIDENTIFIED, at=gate.first_at), None
