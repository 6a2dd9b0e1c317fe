"""Why a service had too few tasks: the ceiling, a task that died, or capacity that came too late."""

from __future__ import annotations

import math

from pydantic import JsonValue

from surgeproof.verdict.evidence import RunEvidence
from surgeproof.verdict.moments import date, needed_at, supply_at, supply_of
from surgeproof.verdict.verdict import Cause, CauseKind, Change
from surgeproof.verdict.wording import clock_time, count, duration, percent

HEADROOM = 0.8
"""A new maximum is set so that what was needed is at most this share of it."""
TARGET_HIGH = 0.70
"""Above this CPU target one scale-out step adds too little: a saturated service grows by at most 100 / target."""
TARGET_NEW = 0.50
_DIED_BEFORE_S = 300.0
"""A task that ended this long before a shortfall may have caused it: Fargate starts one in about a minute."""
_LEAD_MORE_S = 600.0
Explained = tuple[Cause, Change | None]


def explain_shortfall(run: RunEvidence, service: str) -> Explained | None:
    """Cause and change for a service that had too few tasks; None when it had enough."""
    reading = run.shortfalls.get(service)
    if reading is None or reading.seconds <= 0 or reading.first_at is None:
        return None
    spans = [(each.start, each.end) for each in reading.intervals]
    at, needed = _most_needed(run, service, spans)
    point = supply_at(supply_of(run, service), at)
    if needed is None or point is None:
        return None
    if needed > point.maximum:
        return ceiling(run, service, needed=needed, maximum=point.maximum, since=_ceiling_since(run, service, spans))
    died = _death(run, service, spans)
    if died is not None:
        return died
    return _too_late(run, service, first=reading.first_at, needed=needed, worst=reading.worst)


def ceiling(run: RunEvidence, service: str, *, needed: int, maximum: int, since: float) -> Explained:
    """The service stood at its maximum, and more was needed."""
    words = f"{service} at max {maximum} {_tasks(maximum)} from {clock_time(date(run, since))}; {needed} needed"
    return cause(run, "ceiling", words, service=service, at=since), raise_maximum(run, service, needed, maximum)


def raise_maximum(run: RunEvidence, service: str, needed: int, maximum: int) -> Change:
    """The change that gives a service room for what was needed, with a fifth to spare."""
    new = max(roomy(needed), maximum + 1)
    path = f"services.{service}.scaling.max_tasks"
    shorthand = run.setting(f"services.{service}.scaling.range")
    if run.setting(path) is None and isinstance(shorthand, str):
        least = shorthand.split("-")[0].strip()
        return change(run, f"services.{service}.scaling.range", old=shorthand, new=f"{least}-{new}")
    return change(run, path, old=maximum, new=new)


def roomy(needed: int) -> int:
    """A round maximum of which `needed` is at most 80 %: even up to 20, then in fives, in tens from 100 on."""
    least = math.ceil(needed / HEADROOM)
    step = 2 if least <= 20 else 5 if least <= 100 else 10
    return math.ceil(least / step) * step


def cause(run: RunEvidence, kind: CauseKind, words: str, *, service: str | None = None, at: float | None) -> Cause:
    """A cause with its launch date."""
    return Cause(kind=kind, words=words, service=service, at=at, date=date(run, at))


def change(run: RunEvidence, path: str, *, old: JsonValue, new: JsonValue) -> Change:
    """A change with the line that holds the setting, and whether this run had it from the command line."""
    where = run.locate(path)
    overrides = run.scope.overrides
    return Change(
        setting=path,
        old=overrides.get(path, old),
        new=new,
        file=where[0] if where else None,
        line=where[1] if where else None,
        from_command_line=path in overrides,
    )


def cpu_target(run: RunEvidence, service: str) -> float | None:
    """CPU target of a service as a share; written as 50, 0.5 or 50%."""
    written = run.setting(f"services.{service}.scaling.cpu")
    try:
        number = float(str(written).strip().rstrip("%"))
    except ValueError:
        return None
    return number / 100 if number > 1 else number


def lower_target(run: RunEvidence, service: str) -> Change | None:
    """A lower CPU target, written as the old one was; for a queue worker, half the acceptable latency."""
    path = f"services.{service}.scaling.cpu"
    written, target = run.setting(path), cpu_target(run, service)
    if target is not None:
        new = TARGET_NEW if target > TARGET_NEW else round(target * 0.8, 2)
        as_percent = isinstance(written, str) and written.strip().endswith("%")
        value: JsonValue = f"{new:.0%}" if as_percent else new if float(str(written).rstrip("%")) <= 1 else new * 100
        return change(run, path, old=_json(written), new=_whole(value))
    path = f"services.{service}.scaling.queue.acceptable_latency"
    latency = run.setting(path)
    if isinstance(latency, int | float):
        return change(run, path, old=latency, new=_whole(latency / 2))
    return None


def _too_late(run: RunEvidence, service: str, *, first: float, needed: int, worst: int) -> Explained:
    prewarm, launch = run.plan.prewarm, run.curve.launch_at
    late = f"{service} missed {count(worst)} {_tasks(worst)} from {clock_time(date(run, first))}; {needed} needed"
    if not prewarm.enabled:
        words = f"{late}, and the pre-warm is off: scaling out took longer than the curve left"
        return _so(run, "prewarm_off", words, service, first), change(run, "prewarm.enabled", old=False, new=True)
    target = cpu_target(run, service)
    if target is not None and target > TARGET_HIGH:
        words = f"{late}, and a CPU target of {percent(target)} leaves no time to scale out"
        return _so(run, "target_too_high", words, service, first), lower_target(run, service)
    tasks = prewarm.tasks.get(service, 0)
    if first > launch + prewarm.release:
        words = f"{late}, after the pre-warm was released at {clock_time(date(run, launch + prewarm.release))}"
        new = _whole(math.ceil((first - launch + _LEAD_MORE_S) / 300) * 300)
        longer = change(run, "prewarm.release", old=_whole(prewarm.release), new=new)
        return _so(run, "prewarm_too_short", words, service, first), longer
    if first >= launch - prewarm.lead and tasks < needed:
        words = f"{late}, and the pre-warm gave {tasks}"
        point = supply_at(supply_of(run, service), first)
        most = point.maximum if point else needed
        new = min(most, math.ceil(needed * 1.1))
        more = change(run, f"prewarm.tasks.{service}", old=tasks or None, new=max(new, needed))
        return _so(run, "prewarm_too_small", words, service, first), more
    if launch - prewarm.lead <= first <= launch - prewarm.lead + _LEAD_MORE_S:
        words = f"{late}: its pre-warm of {tasks} was not serving yet, {duration(prewarm.lead)} before the launch"
        earlier = change(run, "prewarm.lead", old=_whole(prewarm.lead), new=_whole(prewarm.lead + _LEAD_MORE_S))
        return _so(run, "prewarm_too_late", words, service, first), earlier
    words = f"{late}: scaling out took longer than the curve left"
    return _so(run, "too_slow", words, service, first), lower_target(run, service)


def _so(run: RunEvidence, kind: CauseKind, words: str, service: str, at: float) -> Cause:
    return cause(run, kind, words, service=service, at=at)


def _death(run: RunEvidence, service: str, spans: list[tuple[float, float]]) -> Explained | None:
    for event in run.events:
        if event.kind != "died" or event.service != service:
            continue
        if any(start - _DIED_BEFORE_S <= event.at <= end for start, end in spans):
            words = f"a {service} task ended by itself at {clock_time(date(run, event.at))}, and too few were left"
            return cause(run, "task_died", words, service=service, at=event.at), None
    return None


def _most_needed(run: RunEvidence, service: str, spans: list[tuple[float, float]]) -> tuple[float, int | None]:
    series = run.needed.get(service, ())
    best: tuple[float, int | None] = (spans[0][0], needed_at(series, spans[0][0]))
    for at, number in series:
        if any(start <= at < end for start, end in spans) and (best[1] is None or number > best[1]):
            best = (at, number)
    return best


def _ceiling_since(run: RunEvidence, service: str, spans: list[tuple[float, float]]) -> float:
    points = supply_of(run, service)
    moments = sorted({start for start, _ in spans} | {at for at, _ in run.needed.get(service, ())})
    for at in moments:
        point, needed = supply_at(points, at), needed_at(run.needed.get(service, ()), at)
        inside = any(start <= at <= end for start, end in spans)
        if inside and point is not None and needed is not None and needed > point.maximum:
            return at
    return spans[0][0]


def _tasks(number: int) -> str:
    return "task" if number == 1 else "tasks"


def _whole(value: JsonValue) -> JsonValue:
    return int(value) if isinstance(value, float) and value == int(value) else value


def _json(value: object) -> JsonValue:
    return value if isinstance(value, str | int | float | bool) else None
