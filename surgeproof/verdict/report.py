"""The report: one self-contained HTML file that a manager reads in half a minute, with all evidence below."""

from __future__ import annotations

from surgeproof.verdict.charts import arrivals_chart, latency_chart, queue_chart, tasks_chart
from surgeproof.verdict.headline import weight
from surgeproof.verdict.markup import Markup, join, sentence, tag
from surgeproof.verdict.report_style import CSS, SCRIPT
from surgeproof.verdict.report_tables import (
    fallen_table,
    gates_table,
    invariants_table,
    phases_table,
    scale_out_table,
    scope_table,
    table,
    timeline_table,
    validity_table,
)
from surgeproof.verdict.report_tiles import tiles
from surgeproof.verdict.verdict import Verdict
from surgeproof.verdict.wording import change_place, change_words, day, place, setting_value, settings_of_run, zone

_MARKS = {"GO": "M6 16l7 7L26 8", "NO-GO": "M8 8l16 16M24 8L8 24", "INVALID": "M11 11a5 5 0 1 1 7 5q-2 1-2 4M16 25v.5"}


def report_html(verdict: Verdict) -> str:
    """The whole page. It loads nothing, and all text in it is escaped."""
    scope = verdict.scope
    title = f"{verdict.verdict}: {scope.plan_name}, {place(scope)}"
    head = tag(
        "head", tag("meta", charset="utf-8"), tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="generator", content=f"surgeproof {scope.tool_version}"), tag("title", title), tag("style", Markup(CSS)),
    )  # fmt: skip
    body = tag(
        "body",
        _hatch(),
        tag(
            "main", _banner(verdict), _tiles(verdict), _action(verdict), _charts(verdict), *_evidence(verdict), _sign()
        ),
        tag("script", Markup(SCRIPT)),
    )
    return "<!doctype html>\n" + tag("html", head, body, lang="en") + "\n"


def _banner(verdict: Verdict) -> Markup:
    scope = verdict.scope
    mark = tag(
        "svg", tag("circle", cx=16, cy=16, r=15, fill="none", stroke="currentColor", stroke_width=2),
        tag("path", d=_MARKS[verdict.verdict], fill="none", stroke="currentColor", stroke_width=3, stroke_linecap="round"),
        viewBox="0 0 32 32", aria_hidden="true",
    )  # fmt: skip
    what = f"{scope.kind.capitalize()} of {scope.plan} · {place(scope)} · launch {day(scope.launch)} {zone(scope)}"
    return tag(
        "header",
        tag("p", mark, verdict.verdict, class_="word"),
        tag("h1", verdict.headline),
        tag("p", what, class_="soft"),
        tag("p", f"{settings_of_run(scope)} · run {day(scope.started)} {scope.started:%Z}", class_="soft"),
        class_=f"verdict {verdict.verdict.lower()}",
    )


def _tiles(verdict: Verdict) -> Markup:
    made = [
        tag(
            "div",
            tag("div", each.value, class_="value"),
            tag("div", each.label, class_="label"),
            tag("div", each.note, class_="note"),
            class_=f"tile {each.mood}".strip(),
        )
        for each in tiles(verdict)
    ]
    return tag("section", *made, class_="tiles", aria_label="Main figures")


def _action(verdict: Verdict) -> Markup | None:
    if verdict.verdict == "GO":
        return None
    rows: list[Markup] = []
    for reading in verdict.failed_checks:
        rows += [tag("dt", reading.name), tag("dd", sentence(reading.note or ""))]
    if verdict.cause is not None:
        rows += [tag("dt", "Cause"), tag("dd", sentence(verdict.cause.words))]
    if verdict.change is not None:
        change = verdict.change
        given = f" ({setting_value(change.old)} was given with --set in this run)" if change.from_command_line else ""
        rows += [
            tag("dt", "Change"),
            tag("dd", tag("code", change_words(change)), " in ", tag("code", change_place(change)), given),
        ]
    if verdict.prove is not None:
        rows += [tag("dt", "Prove"), tag("dd", tag("code", verdict.prove))]
    return tag("dl", *rows, class_="act") if rows else None


def _charts(verdict: Verdict) -> Markup:
    told = [(name, each) for moment in verdict.timeline for name, each in moment.services.items()]
    # The service that came closest to its limits stands first, beside the arrivals.
    services = sorted(
        {name for name, _ in told},
        key=lambda name: (
            -max(((each.needed or 0) - (each.serving or 0), each.needed or 0) for n, each in told if n == name)[0]
            - max((each.needed or 0) for n, each in told if n == name) / 1000
        ),
    )
    queues = [name for name in services if any(each.queue_age is not None for n, each in told if n == name)]
    workers = [name for name in services if name in queues]
    first = next((name for name in services if name not in workers), next(iter(services), None))
    charts = [arrivals_chart(verdict), tasks_chart(verdict, first) if first else None, latency_chart(verdict)]
    charts += [queue_chart(verdict, name) for name in queues]
    rest = [tasks_chart(verdict, name) for name in services if name != first]
    more = (
        tag("details", tag("summary", "Tasks of the other services"), tag("div", *rest, class_="charts"))
        if rest
        else None
    )
    missing = None if services else tag("p", "Tasks and queues: not observed in a load test.", class_="soft unseen")
    return join(tag("section", *charts, class_="charts", aria_label="Charts", style="margin-top:14px"), missing, more)


def _evidence(verdict: Verdict) -> list[Markup | None]:
    down = [*sorted(verdict.fallen, key=weight), *verdict.undecided]
    unseen = [gate for gate in verdict.gates if gate.outcome == "not observed"]
    good = sum(each.valid for each in verdict.validity)
    note = " The test was not valid, so no gate is judged by it." if verdict.failed_checks else ""
    parts: list[Markup | None] = []
    if down:
        parts += [
            tag("h2", f"Gates that did not hold: {len(down)}"),
            tag("p", note, class_="soft") if note else None,
            fallen_table(down, verdict.cause),
        ]
    if verdict.broken:
        parts += [tag("h2", "Broken invariants"), invariants_table(verdict)]
    held = [*verdict.held, *unseen]
    also = f" · {len(unseen)} not observed" if unseen else ""
    parts += [
        tag("h2", "Evidence"),
        _fold(f"{_count(len(verdict.held), 'gate')} held{also}", gates_table(held)) if held else None,
        _fold(f"Test valid: {good} of {len(verdict.validity)} checks good", validity_table(verdict), open_=bool(verdict.failed_checks)),
        _fold(f"Scale-out chain: {_count(len(verdict.scale_out), 'scale-out')}", scale_out_table(verdict.scale_out)) if verdict.scale_out else None,
        _fold(f"Invariants: {len(verdict.invariants)} of {len(verdict.invariants)} hold", invariants_table(verdict))
        if verdict.invariants and not verdict.broken else None,
        _fold("Phases in figures", phases_table(verdict)),
        _fold("Timeline in figures", timeline_table(verdict)),
        _fold(
            f"Assumed: {len(verdict.assumed)} values that were not measured",
            table(("What", "Value", "Source"), [(each.name, each.value, each.source) for each in verdict.assumed]),
        )
        if verdict.assumed
        else None,
        _fold("Scope and digests", scope_table(verdict)),
    ]  # fmt: skip
    if verdict.not_covered:
        parts += [
            tag("h2", "Not covered"),
            tag("p", "This run says nothing about: " + ", ".join(verdict.not_covered) + "."),
        ]
    return parts


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _fold(title: str, content: Markup, *, open_: bool = False) -> Markup:
    return tag("details", tag("summary", title), content, open=open_)


def _sign() -> Markup:
    return tag("footer", tag("div", "Signed by ", tag("span")), tag("div", "Date ", tag("span")), class_="sign")


def _hatch() -> Markup:
    """The pattern of missing tasks, so that they are told by more than a colour."""
    stroke = tag("path", d="M0 6L6 0M-1 1L1 -1M5 7L7 5", class_="hatch")
    pattern = tag("pattern", stroke, id="hatch", width=6, height=6, patternUnits="userSpaceOnUse")
    return tag("svg", tag("defs", pattern), width=0, height=0, style="position:absolute", aria_hidden="true")
