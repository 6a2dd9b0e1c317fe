"""Gates on what the services did: queue age, tasks against their maximum, and the shortfall that always applies."""

from __future__ import annotations

from surgeproof.launch.plan import Gate
from surgeproof.scaling.shortfall import Shortfall
from surgeproof.verdict.evidence import RunEvidence
from surgeproof.verdict.moments import date, supply_of, windows, within
from surgeproof.verdict.verdict import GateResult, Outcome
from surgeproof.verdict.visitor_gates import beyond, gate_fields

NOT_OBSERVED = "a load test does not see what the server did"


def judge_queue_age(run: RunEvidence, gate: Gate) -> GateResult:
    """Oldest message waiting, in launch seconds, at its worst in the phases."""
    fields = gate_fields(gate)
    if not run.observed:
        return GateResult(**fields, unit="launch s", outcome="not observed", reason=NOT_OBSERVED)
    spans = windows(run, gate.phases)
    points = sorted(
        (
            point
            for point in run.metrics
            if point.metric == "queue_age" and gate.service in (None, point.service) and within(point.at, spans)
        ),
        key=lambda point: point.at,
    )
    if not points:
        return GateResult(**fields, unit="launch s", outcome="undecided", reason="no queue age was read")
    worst = max(point.value for point in points)
    over = [point for point in points if beyond(point.value, fields["limit"], fields["sense"])]
    return GateResult(
        **gate_fields(gate, service=gate.service or max(points, key=lambda point: point.value).service),
        unit="launch s",
        outcome="falls" if over else "holds",
        measured=worst,
        samples=len(points),
        first_at=over[0].at if over else None,
        first_date=date(run, over[0].at) if over else None,
        until_date=date(run, over[-1].at) if over else None,
        when_from="measured" if over else None,
    )


def judge_tasks(run: RunEvidence, gate: Gate) -> GateResult:
    """Share of the maximum that was in use at the worst moment: desired or serving, whichever is more."""
    fields = gate_fields(gate)
    if not run.observed:
        return GateResult(**fields, unit="share", outcome="not observed", reason=NOT_OBSERVED)
    spans = windows(run, gate.phases)
    shares: list[tuple[float, float, str]] = []
    for service in run.services if gate.service is None else (gate.service,):
        points = supply_of(run, service)
        for number, point in enumerate(points):
            until = points[number + 1].at if number + 1 < len(points) else run.curve.duration
            overlaps = [max(point.at, start) for start, end in spans if point.at < end and until > start]
            if overlaps and point.maximum > 0:
                shares.append((overlaps[0], max(point.desired, point.serving) / point.maximum, service))
    if not shares:
        return GateResult(**fields, unit="share", outcome="undecided", reason="no number of tasks was read")
    _, worst, service = max(shares, key=lambda each: each[1])
    over = sorted(each for each in shares if beyond(each[1], fields["limit"], fields["sense"]))
    return GateResult(
        **gate_fields(gate, service=gate.service or service),
        unit="share",
        outcome="falls" if over else "holds",
        measured=worst,
        samples=len(shares),
        first_at=over[0][0] if over else None,
        first_date=date(run, over[0][0]) if over else None,
        when_from="measured" if over else None,
    )


def judge_shortfalls(run: RunEvidence) -> list[GateResult]:
    """One gate a service, written or not: it falls at any launch second with fewer tasks serving than needed.

    A tolerance of even 60 s missed 43 % of a real failure, so there is none, and a plan can't grant one. A service
    that works a queue off may lag and catch up: it has this gate only where its shortfall was counted, and is judged
    by the age of its queue else.
    """
    if not run.observed:
        return []
    judged = [name for name in run.services if name in run.shortfalls or name not in run.worker_services]
    return [_shortfall(run, service, run.shortfalls.get(service)) for service in judged]


def _shortfall(run: RunEvidence, service: str, reading: Shortfall | None) -> GateResult:
    outcome: Outcome = "undecided"
    if reading is not None:
        outcome = "falls" if reading.seconds > 0 else "holds"
    first = reading.first_at if reading is not None and reading.seconds > 0 else None
    until = (
        max((interval.end for interval in reading.intervals), default=None) if reading and first is not None else None
    )
    return GateResult(
        name=f"{service} shortfall",
        phases=("*",),
        step="*",
        metric="shortfall",
        service=service,
        sense="max",
        limit=0.0,
        unit="launch s",
        outcome=outcome,
        measured=reading.seconds if reading is not None else None,
        applies_always=True,
        first_at=first,
        first_date=date(run, first),
        until_date=date(run, until),
        when_from="tasks" if first is not None else None,
        reason=None if reading is not None else "tasks needed were not computed for this service",
    )
