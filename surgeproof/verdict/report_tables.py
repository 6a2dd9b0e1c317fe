"""The tables of a report: gates, checks, scale-outs, invariants, phases, timeline, scope."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from surgeproof.verdict.headline import validity_figure
from surgeproof.verdict.markup import Child, Markup, join, sentence, tag
from surgeproof.verdict.verdict import Cause, GateResult, Percentiles, ScaleOut, Verdict
from surgeproof.verdict.wording import (
    change_place,
    change_words,
    clock_time,
    count,
    figure,
    latency,
    percent,
)

_OUTCOMES = {
    "holds": ("✓ holds", "holds"),
    "falls": ("✗ falls", "falls"),
    "undecided": ("? undecided", "unsure-text"),
    "not observed": ("– not observed", "soft"),  # noqa: RUF001 -- a dash
}


def table(heads: Sequence[str], rows: Iterable[Sequence[Child]], *, numbers: Sequence[int] = ()) -> Markup:
    """A table that scrolls on a narrow screen; columns in `numbers` are set to the right."""

    def cell(kind: str, column: int, content: Child) -> Markup:
        return tag(kind, content, class_="n" if column in numbers else None, scope="col" if kind == "th" else None)

    head = tag("thead", tag("tr", *(cell("th", number, name) for number, name in enumerate(heads))))
    body = tag("tbody", *(tag("tr", *(cell("td", number, each) for number, each in enumerate(row))) for row in rows))
    return tag("div", tag("table", head, body), class_="scroll", tabindex="0", role="region", aria_label=heads[0])


def fallen_table(gates: Sequence[GateResult], main: Cause | None) -> Markup:
    """What fell, or could not be decided: limit, measured, replayed, when, change; the main cause is told above it."""
    rows = []
    for gate in gates:
        what = join(tag("strong", gate.name), tag("br"), _outcome(gate))
        when = clock_time(gate.first_date) if gate.outcome == "falls" else ""
        change = tag("code", change_words(gate.change)) if gate.change else None
        same = gate.cause is not None and main is not None and gate.cause.words == main.words
        where = tag("div", change_place(gate.change), class_="soft") if gate.change and not same else None
        said = "as at the top of this page" if same else gate.cause.words if gate.cause else gate.reason or ""
        rows.append((what, _limit(gate), _measured(gate), _replayed(gate), when, join(said, " ", change, where)))
    return table(("Gate", "Limit", "Measured", "Replayed", "From", "Cause and change"), rows, numbers=(1, 2, 3))


def gates_table(gates: Sequence[GateResult]) -> Markup:
    """Gates that held, or that were not observed."""
    rows = [
        (gate.name, _outcome(gate), _limit(gate), _measured(gate), _replayed(gate), _behind(gate)) for gate in gates
    ]
    heads = ("Gate", "Outcome", "Limit", "Measured", "Replayed", "Samples")
    return table(heads, rows, numbers=(2, 3, 4, 5))


def validity_table(verdict: Verdict) -> Markup:
    """Each check of the test itself."""
    rows = []
    for reading in verdict.validity:
        state = tag("span", "✓ good", class_="holds") if reading.valid else tag("span", "✗ not good", class_="falls")
        limit = validity_figure(reading.limit, reading)
        rows.append((reading.name, state, validity_figure(reading.value, reading), limit, sentence(reading.note or "")))
    return table(("Check", "", "Read", "Limit", "What it means"), rows, numbers=(2, 3))


def scale_out_table(scale_outs: Sequence[ScaleOut]) -> Markup:
    """Each scale-out, link by link."""
    rows = []
    for each in scale_outs:
        tasks = f"{each.before} → {each.after}" if each.before is not None else "no decision"
        if each.wanted is not None:
            tasks += f" (wanted {each.wanted})"
        links = (each.crossed_to_alarm, each.alarm_to_decision, each.decision_to_started, each.started_to_healthy)
        told = [_span(link) for link in (*links, each.healthy_to_recovered)]
        rows.append(
            (
                each.service,
                each.metric or each.policy or "",
                tasks,
                clock_time(each.crossed_date),
                *told,
                _span(each.chain),
            )
        )
    heads = (
        "Service",
        "Metric",
        "Tasks",
        "Crossed at",
        "to alarm",
        "to decision",
        "to started",
        "to healthy",
        "to recovered",
        "Chain",
    )
    return table(heads, rows, numbers=(4, 5, 6, 7, 8, 9))


def invariants_table(verdict: Verdict) -> Markup:
    """What must be true when all is over."""
    rows = []
    for each in verdict.invariants:
        state = tag("span", "✓ holds", class_="holds") if each.holds else tag("span", "✗ broken", class_="falls")
        readings = ", ".join(f"{name} {value:,}" for name, value in each.readings.items())
        rows.append((each.name, state, each.relation, readings, each.note or ""))
    return table(("Invariant", "", "Relation", "Read", ""), rows)


def phases_table(verdict: Verdict) -> Markup:
    """Counts and percentiles by phase."""
    rows = []
    for phase in verdict.phases:
        again = phase.replayed
        rows.append(
            (
                phase.name,
                f"{clock_time(phase.start_date)} to {clock_time(phase.end_date)}",
                f"{count(phase.arrivals_delivered)} of {count(phase.arrivals_planned)}",
                f"{count(phase.orders_placed)} of {count(phase.orders_expected)}",
                _four(phase.measured),
                _four(again) if again else "not replayed",
                percent(phase.measured.errors / phase.measured.requests) if phase.measured.requests else "",
            )
        )
    heads = ("Phase", "When", "Arrivals", "Orders", "p50 / p95 / p99 / p99.9", "The same, replayed", "Errors")
    return table(heads, rows, numbers=(2, 3, 4, 5, 6))


def timeline_table(verdict: Verdict) -> Markup:
    """The charts' figures as a table, for who cannot see them."""
    services = sorted({name for moment in verdict.timeline for name in moment.services})
    rows = []
    for moment in verdict.timeline:
        told = [moment.services.get(name) for name in services]
        tasks = [f"{_or(each.needed)} / {_or(each.serving)} / {_or(each.maximum)}" if each else "" for each in told]
        delivered = f"{moment.delivered:.1f}" if moment.delivered is not None else "not read"
        p95 = latency(moment.p95) if moment.p95 is not None else ""
        rows.append((clock_time(moment.date), f"{moment.planned:.1f}", delivered, p95, *tasks))
    heads = ("Time", "Planned /s", "Delivered /s", "p95", *(f"{name}: needed / serving / max" for name in services))
    return table(heads, rows, numbers=range(1, len(heads)))


def scope_table(verdict: Verdict) -> Markup:
    """What the verdict is about."""
    scope = verdict.scope
    facts: list[tuple[str, object]] = [
        ("Plan", scope.plan), ("Stack", scope.stack), ("Host", scope.host), ("Commit", scope.commit), ("Speed", f"{scope.speed:g}"),
        ("Scale", f"{scope.scale:g}"), ("Growth", scope.growth), ("Seed", scope.seed), ("Launch", scope.launch.isoformat()),
        ("Run started", scope.started.isoformat(timespec="seconds")), ("Run id", scope.run_id), ("surgeproof", scope.tool_version),
        *((f"--set {path}", value) for path, value in scope.overrides.items()), *((f"Digest of {name}", value) for name, value in scope.digests.items()),
    ]  # fmt: skip
    return table(("What", "Value"), [(name, tag("code", str(value))) for name, value in facts if value is not None])


def _outcome(gate: GateResult) -> Markup:
    words, style = _OUTCOMES[gate.outcome]
    if gate.resamples and gate.resamples_holding is not None and gate.outcome in ("falls", "holds"):
        words += f" ({gate.resamples_holding} of {gate.resamples} replays hold)"
    return tag("span", words, class_=style)


def _limit(gate: GateResult) -> str:
    sign = "≤" if gate.sense == "max" else "≥"
    return f"{sign} {figure(gate.limit, gate.unit)}"


def _measured(gate: GateResult) -> str:
    if gate.metric == "orders" and gate.measured is not None and gate.expected is not None:
        return f"{count(gate.measured * gate.expected)} of {count(gate.expected)}"
    return figure(gate.measured, gate.unit)


def _replayed(gate: GateResult) -> str:
    return figure(gate.replayed, gate.unit) if gate.replayed is not None else "–"  # noqa: RUF001 -- a dash


def _behind(gate: GateResult) -> str:
    return count(gate.samples) if gate.samples is not None else ""


def _span(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds:,.0f} s"  # noqa: RUF001 -- a dash


def _or(value: int | None) -> str:
    return "–" if value is None else str(value)  # noqa: RUF001 -- a dash


def _four(figures: Percentiles) -> str:
    known = (figures.p50, figures.p95, figures.p99, figures.p999)
    return " / ".join("–" if each is None else latency(each) for each in known)  # noqa: RUF001 -- a dash
