"""How figures and moments are written, in the terminal and in the report alike."""

from __future__ import annotations

from datetime import datetime

from pydantic import JsonValue

from surgeproof.verdict.verdict import Change, GateResult, Scope, Unit


def latency(seconds: float) -> str:
    """A latency: milliseconds up to ten seconds, then seconds (`2,140 ms`, `18.5 s`)."""
    return f"{seconds * 1000:,.0f} ms" if seconds < 10 else f"{seconds:,.1f} s"


def duration(seconds: float) -> str:
    """A span of launch time: `40 s`, `9 min 40 s`, `1 h 05 min`."""
    whole = round(seconds)
    if 0 < seconds < 10 and abs(seconds - whole) > 0.05:
        return f"{seconds:.1f} s"
    if whole < 120:
        return f"{whole} s"
    if whole < 3600:
        minutes, rest = divmod(whole, 60)
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, rest = divmod(whole, 3600)
    return f"{hours} h {rest // 60:02d} min"


def percent(share: float) -> str:
    """A share as per cent, with as many digits as it needs (`99.7 %`, `0.05 %`)."""
    value = share * 100
    digits = 1 if value >= 1 else 2 if value >= 0.01 else 4
    written = f"{value:,.{digits}f}"
    return f"{written.rstrip('0').rstrip('.') if '.' in written else written} %"


def count(number: float) -> str:
    """A whole number with thousands separated."""
    return f"{number:,.0f}"


def figure(value: float | None, unit: Unit) -> str:
    """A gate's figure in its unit; `not read` when there is none."""
    if value is None:
        return "not read"
    match unit:
        case "s":
            return latency(value)
        case "launch s":
            return duration(value)
        case "share":
            return percent(value)
        case _:
            return count(value)


def clock_time(moment: datetime | None) -> str:
    """Time of day with seconds, in the moment's own zone."""
    return f"{moment:%H:%M:%S}" if moment else ""


def short_time(moment: datetime | None) -> str:
    """Time of day without seconds."""
    return f"{moment:%H:%M}" if moment else ""


def day(moment: datetime) -> str:
    """`20 Mar 2027 10:00`."""
    return f"{moment.day} {moment:%b %Y %H:%M}"


def zone(scope: Scope) -> str:
    """The plan's zone as people say it (`Paris`)."""
    name = scope.launch_zone or str(scope.launch.tzinfo or "UTC")
    return name.rsplit("/", 1)[-1].replace("_", " ")


def place(scope: Scope) -> str:
    """`production @3f2a91c`, or the host of a load test."""
    where = scope.host or scope.stack or ""
    return f"{where} @{scope.commit}" if scope.commit else where


def settings_of_run(scope: Scope) -> str:
    """`speed 30 · scale 1 · seed 7`."""
    parts = [f"speed {scope.speed:g}", f"scale {scope.scale:g}"]
    if scope.growth is not None:
        parts.append(f"growth {scope.growth:.3g}")
    parts.append(f"seed {scope.seed}")
    return " · ".join(parts)


def setting_value(value: JsonValue) -> str:
    """A setting's value as YAML writes it."""
    if value is None:
        return "not set"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)


def change_words(change: Change) -> str:
    """`max_tasks 8 -> 16`."""
    name = change.setting.rsplit(".", 1)[-1]
    if change.setting.startswith("prewarm."):
        name = change.setting
    return f"{name} {setting_value(change.old)} -> {setting_value(change.new)}"


def change_place(change: Change) -> str:
    """`Pulumi.production.yaml:41`, or the setting's path where it is written nowhere yet."""
    if change.file is None:
        return change.setting
    return f"{change.file}:{change.line}" if change.line else change.file


def comparison(gate: GateResult) -> str:
    """The judging figure against its limit: `2,140 ms > 800 ms`, `1,912 of 2,480`."""
    value = judging_figure(gate)
    if value is None:
        return f"not read (limit {figure(gate.limit, gate.unit)})"
    if gate.metric == "orders" and gate.expected is not None:
        return f"{count(value * gate.expected)} of {count(gate.expected)} (min {percent(gate.limit)})"
    if gate.unit == "launch s" and gate.limit == 0:
        sign = ">" if value > 0 else "="
        return f"{duration(value)} {sign} 0"
    beyond = value > gate.limit if gate.sense == "max" else value < gate.limit
    sign = {("max", True): ">", ("max", False): "<=", ("min", True): "<", ("min", False): ">="}[(gate.sense, beyond)]
    return f"{figure(value, gate.unit)} {sign} {figure(gate.limit, gate.unit)}"


def judging_figure(gate: GateResult) -> float | None:
    """Of measured and replayed the worse one: it is what the gate is held against."""
    known = [value for value in (gate.measured, gate.replayed) if value is not None]
    if not known:
        return None
    return max(known) if gate.sense == "max" else min(known)
