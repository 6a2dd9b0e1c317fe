"""The one sentence that a manager reads."""

from __future__ import annotations

from surgeproof.launch.records import ValidityReading
from surgeproof.verdict.verdict import Change, GateResult, Verdict
from surgeproof.verdict.wording import count, duration, figure, percent, setting_value, short_time

_TOO_SLOW = ("p50", "p95", "p99", "p99.9")
CLEARED = {"rehearsal": "cleared for the staging test", "load test": "held at this load"}
"""What a GO says, and no more: a rehearsal clears for the staging test, never to launch."""


def headline(verdict: Verdict) -> str:
    """One sentence or two, without the word of the verdict itself."""
    match verdict.verdict:
        case "GO":
            if verdict.kind == "load test":
                return f"Held at this load: all {count(len(verdict.held))} gates that a load test can see."
            return f"Every gate held: {CLEARED[verdict.kind]}."
        case "INVALID":
            return f"The test was not good enough to tell: {_why_invalid(verdict)}."
        case _:
            return f"{_capital(_what_fell(verdict))}. {_what_to_do(verdict)}"


def limit_words(reading: ValidityReading) -> str:
    """`91 % (98 % or more is needed)`, `400 ms (60 ms is allowed)`."""
    limit = validity_figure(reading.limit, reading)
    allowed = f"{limit} or more is needed" if reading.name.endswith("delivered") else f"{limit} is allowed"
    return f"{validity_figure(reading.value, reading)} ({allowed})"


def validity_figure(value: float | None, reading: ValidityReading) -> str:
    """A validity figure in its unit."""
    if value is None:
        return "not read"
    if reading.unit == "share":
        return percent(value)
    # Thousandths are enough: a clock that jumped by 17 µs did not jump.
    number = f"{round(value, 3):,.3g}" if value < 1000 else count(value)
    return f"{number} {reading.unit}".rstrip()


def _why_invalid(verdict: Verdict) -> str:
    if verdict.failed_checks:
        first = verdict.failed_checks[0]
        more = len(verdict.failed_checks) - 1
        rest = f", and {more} more" if more else ""
        return f"{first.name}: {limit_words(first)}{rest}"
    if verdict.undecided:
        gate = verdict.undecided[0]
        more = len(verdict.undecided) - 1
        rest = f", and {more} more" if more else ""
        return f"{gate.name} is undecided ({gate.reason}){rest}"
    return "no gate was judged"


def _what_fell(verdict: Verdict) -> str:
    gate = min(verdict.fallen, key=weight, default=None)
    if gate is None:
        return f"{verdict.broken[0].relation} does not hold"
    return f"{_complaint(gate)}{_span(gate, verdict)}"


def weight(gate: GateResult) -> tuple[int, bool, bool]:
    """What visitors met comes first, and of that the most exactly named."""
    order = {"orders": 1, "queue_age": 2, "shortfall": 3, "tasks": 4}
    return order.get(gate.metric, 0), gate.step == "*", "*" in gate.phases


def _complaint(gate: GateResult) -> str:
    who = gate.step if gate.step != "*" else "the shop"
    value = figure(gate.measured, gate.unit)
    match gate.metric:
        case metric if metric in _TOO_SLOW:
            return f"{who} too slow"
        case "error_rate":
            return f"{who} failing"
        case "orders" if gate.measured is not None and gate.expected is not None:
            return f"{count((1 - gate.measured) * gate.expected)} orders missed"
        case "queue_age":
            return f"{gate.service} waited {value} in its queue"
        case "tasks":
            return f"{gate.service} at {value} of its maximum"
        case _:
            return f"{gate.service} short of tasks for {duration(gate.measured or 0)}"


def _span(gate: GateResult, verdict: Verdict) -> str:
    service = gate.cause.service if gate.cause and gate.metric not in ("queue_age", "tasks") else None
    same = [each for each in verdict.fallen if each.metric == "shortfall" and each.service == service]
    short = next(iter(same), gate)
    start, end = short_time(short.first_date), short_time(short.until_date)
    if not start:
        return ""
    return f" {start}–{end}" if end and end != start else f" from {start}"  # noqa: RUF001 -- a range of times


def _what_to_do(verdict: Verdict) -> str:
    if verdict.change is not None:
        return f"{imperative(verdict.change)}."
    return f"{_capital(verdict.cause.words)}." if verdict.cause else "Cause not identified."


def imperative(change: Change) -> str:
    """`Raise max_tasks to 16`."""
    name = change.setting.rsplit(".", 1)[-1]
    if change.setting == "prewarm.enabled":
        return "Switch the pre-warm on"
    if change.setting.startswith("prewarm.tasks."):
        return f"Pre-warm {name} to {setting_value(change.new)} tasks"
    if change.setting.startswith("prewarm."):
        name = f"the pre-warm's {name}"
    numbers = isinstance(change.new, int | float) and isinstance(change.old, int | float)
    verb = ("Raise" if change.new > change.old else "Lower") if numbers else "Set"
    return f"{verb} {name} to {setting_value(change.new)}"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
