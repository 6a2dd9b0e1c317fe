"""The four charts of a report: arrivals, tasks, percentiles and queue age."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from surgeproof.verdict.chart_frame import HEIGHT, WIDTH, Frame, Points, backdrop, hover, round_top, ticks
from surgeproof.verdict.markup import Markup, join, tag
from surgeproof.verdict.percentiles import QUANTILES
from surgeproof.verdict.verdict import Moment, PhaseSummary, Verdict
from surgeproof.verdict.wording import clock_time, duration, latency

_LOWEST_S, _HIGHEST_S = 0.01, 1.0


@dataclass(frozen=True)
class Series:
    """One line of a chart and its entry in the legend. `style` names its colour and its dashes."""

    name: str
    style: str
    path: str


def arrivals_chart(verdict: Verdict) -> Markup:
    """Arrivals per second, planned and delivered, at full scale."""
    moments = verdict.timeline
    most = max((max(each.planned, each.delivered or 0) for each in moments), default=1)
    frame = _frame(verdict, round_top(most))
    planned: Points = [(_middle(verdict, number), each.planned) for number, each in enumerate(moments)]
    delivered: Points = [(_middle(verdict, number), each.delivered) for number, each in enumerate(moments)]
    series = [Series("delivered", "one", frame.line(delivered)), Series("planned", "two dashed", frame.line(planned))]
    told = [f"{_time(each)} · planned {each.planned:.1f}/s · delivered {_rate(each.delivered)}" for each in moments]
    peak = max((each.planned for each in moments), default=0)
    return _chart(
        verdict,
        frame,
        "Arrivals per second",
        f"Planned and delivered journeys; the plan peaks at {peak:.1f} a second.",
        series,
        [(value, f"{value:g}") for value in ticks(frame)],
        told,
    )


def tasks_chart(verdict: Verdict, service: str) -> Markup:
    """Tasks needed and serving of one service, with the maximum in force; what was missing is hatched."""
    moments = [(each, each.services.get(service)) for each in verdict.timeline]
    values = [
        value for _, each in moments if each for value in (each.needed, each.serving, each.maximum) if value is not None
    ]
    used = max((value for _, each in moments if each for value in (each.needed, each.serving) if value), default=1)
    top = max(values, default=1)
    # A ceiling far above what is used would flatten the rest: it is then told in words.
    shown = top <= used * 2.5
    frame = _frame(verdict, round_top(top if shown else used))
    needed: Points = [(each.at, told.needed if told else None) for each, told in moments]
    serving: Points = [(each.at, told.serving if told else None) for each, told in moments]
    maximum: Points = [(each.at, told.maximum if told else None) for each, told in moments]
    series = [
        Series("serving", "one", frame.line(serving, steps=True)),
        Series("needed", "two dashed", frame.line(needed, steps=True)),
    ]
    if shown:
        series.append(Series("max", "limit dotted", frame.line(maximum, steps=True)))
    area = "".join(
        f"M{frame.x(at):g} {frame.y(lack):g}H{frame.x(until):g}V{frame.y(have):g}H{frame.x(at):g}Z"
        for at, until, have, lack in _missing(verdict, service)
    )
    missing = tag("path", class_="missing", d=area) if area else None
    worst = max((lack - have for _, _, have, lack in _missing(verdict, service)), default=0)
    short = "1 task was" if worst == 1 else f"{worst} tasks were"
    note = f"{short} missing at worst." if worst else "There were always enough."
    if worst and not any(gate.metric == "shortfall" and gate.service == service for gate in verdict.gates):
        note = f"{worst} tasks fewer than its messages needed at worst: its queue held them, and is judged by its age."
    said = note if shown else f"{note} The maximum is {top}."
    words = [
        f"{_time(each)} · needed {_many(told.needed)} · serving {_many(told.serving)} · max {_many(told.maximum)}"
        if told
        else _time(each)
        for each, told in moments
    ]
    legend = "missing (hatched)" if worst else None
    return _chart(
        verdict, frame, f"Tasks of {service}", f"Tasks needed and serving. {said}", series,
        [(value, f"{value:g}") for value in ticks(frame) if value == int(value)], words, under=missing, extra=legend,
        remark=None if shown else f"max {top}, above this chart",
    )  # fmt: skip


def latency_chart(verdict: Verdict) -> Markup:
    """p95 measured slice by slice, and measured and replayed by phase, with the limits of its gates; logarithmic."""
    moments, phases = verdict.timeline, verdict.phases
    limits = [(phase, gate.limit) for gate in verdict.gates if gate.metric in QUANTILES and gate.metric == "p95" and gate.step == "*"
              for phase in phases if "*" in gate.phases or phase.name in gate.phases]  # fmt: skip
    seen = [each.p95 for each in moments if each.p95] + [limit for _, limit in limits]
    seen += [
        value
        for phase in phases
        for value in (phase.measured.p95, phase.replayed.p95 if phase.replayed else None, phase.replayed_p95_high)
        if value
    ]
    low = min(_LOWEST_S, 10 ** math.floor(math.log10(min(seen, default=_LOWEST_S))))
    high = max(_HIGHEST_S, max(seen, default=_HIGHEST_S) * 1.3)
    frame = Frame(0.0, _end(verdict), low, high, logarithmic=True)
    measured: Points = [(_middle(verdict, number), each.p95) for number, each in enumerate(moments)]
    series = [Series("measured", "one", frame.line(measured))]
    replayed = "".join(_bar(frame, phase, phase.replayed.p95 if phase.replayed else None) for phase in phases)
    if replayed:
        series.append(Series("replayed, by phase", "three thick", replayed))
    if limits:
        series.append(Series("limit", "limit dotted", "".join(_bar(frame, phase, limit) for phase, limit in limits)))
    spread = join(*(
        tag("rect", class_="spread", x=frame.x(phase.start), width=frame.x(phase.end) - frame.x(phase.start), y=frame.y(phase.replayed_p95_high), height=max(1.0, frame.y(phase.replayed_p95_low) - frame.y(phase.replayed_p95_high)))
        for phase in phases if phase.replayed_p95_low and phase.replayed_p95_high
    ))  # fmt: skip
    told = [f"{_time(each)} · measured p95 {latency(each.p95) if each.p95 else 'not read'}" for each in moments]
    worst = max((phase.measured.p95 or 0 for phase in phases), default=0)
    again = max((phase.replayed.p95 or 0 for phase in phases if phase.replayed), default=0)
    desc = f"95th percentile from the intended start. Worst phase: {latency(worst)} measured"
    desc += f", {latency(again)} replayed at speed 1." if again else "."
    return _chart(
        verdict,
        frame,
        "p95 of all requests",
        desc,
        series,
        [(value, _short(value)) for value in ticks(frame)],
        told,
        under=spread,
    )


def queue_chart(verdict: Verdict, service: str) -> Markup:
    """Age of the oldest message that waits for a worker, launch time."""
    ages: Points = [
        (each.at, told.queue_age if (told := each.services.get(service)) else None) for each in verdict.timeline
    ]
    known = [value for _, value in ages if value is not None]
    limits = [gate.limit for gate in verdict.gates if gate.metric == "queue_age" and gate.service in (None, service)]
    top = max([*known, 1.0])
    shown = [limit for limit in limits if limit <= top * 4]
    frame = _frame(verdict, round_top(max([top, *shown])))
    # Datapoints come by the launch minute: slices between them have none.
    series = [Series("oldest message", "one", frame.line([point for point in ages if point[1] is not None]))]
    series += [Series("limit", "limit dotted", frame.line([(0.0, limit), (frame.end, limit)])) for limit in shown]
    told = [f"{_time(each)} · queue age {_age(value)}" for each, (_, value) in zip(verdict.timeline, ages, strict=True)]
    worst = max(known, default=0.0)
    hidden = [limit for limit in limits if limit not in shown]
    return _chart(
        verdict, frame, f"Queue age of {service}", f"Oldest message waiting, launch time; {duration(worst)} at worst.",
        series, [(value, f"{value:g} s" if value else "0") for value in ticks(frame)], told,
        remark=f"limit {duration(hidden[0])}, above this chart" if hidden else None,
    )  # fmt: skip


def _chart(verdict: Verdict, frame: Frame, title: str, desc: str, series: Sequence[Series], labels: Sequence[tuple[float, str]],
           told: Sequence[str], *, under: Markup | None = None, extra: str | None = None, remark: str | None = None) -> Markup:  # fmt: skip
    lines = [
        tag("path", class_=f"series {each.style}", d=each.path) for each in sorted(series, key=_depth) if each.path
    ]
    drawing = tag(
        "svg", tag("title", title), tag("desc", desc), backdrop(verdict, frame, labels), under, *lines,
        hover(verdict, frame, told), viewBox=f"0 0 {WIDTH:g} {HEIGHT:g}", role="img", aria_label=f"{title}. {desc}",
    )  # fmt: skip
    legend = [
        tag(
            "li",
            tag(
                "svg",
                tag("path", class_=f"series {each.style}", d="M1 6H25"),
                viewBox="0 0 26 12",
                class_="key",
                aria_hidden="true",
            ),
            each.name,
        )
        for each in series
        if each.path
    ]
    if extra:
        key = tag(
            "svg",
            tag("rect", class_="missing", x=1, y=1, width=24, height=10),
            viewBox="0 0 26 12",
            class_="key",
            aria_hidden="true",
        )
        legend.append(tag("li", key, extra))
    if remark:
        legend.append(tag("li", remark))
    head = tag("figcaption", tag("h3", title), tag("ul", *legend, class_="legend"))
    return tag("figure", head, drawing, tag("p", desc, class_="desc"), class_="chart")


def _depth(series: Series) -> int:
    """What is drawn first: a limit lies over the line that touches it."""
    return ("two", "three", "one", "limit").index(series.style.split()[0])


def _frame(verdict: Verdict, top: float) -> Frame:
    return Frame(0.0, _end(verdict), 0.0, top)


def _end(verdict: Verdict) -> float:
    return max((phase.end for phase in verdict.phases), default=1.0)


def _middle(verdict: Verdict, number: int) -> float:
    moments = verdict.timeline
    until = moments[number + 1].at if number + 1 < len(moments) else _end(verdict)
    return (moments[number].at + until) / 2


def _missing(verdict: Verdict, service: str) -> list[tuple[float, float, int, int]]:
    found = []
    for number, moment in enumerate(verdict.timeline):
        told = moment.services.get(service)
        if told and told.needed is not None and told.serving is not None and told.needed > told.serving:
            until = verdict.timeline[number + 1].at if number + 1 < len(verdict.timeline) else _end(verdict)
            found.append((moment.at, until, told.serving, told.needed))
    return found


def _bar(frame: Frame, phase: PhaseSummary, value: float | None) -> str:
    return f"M{frame.x(phase.start):g} {frame.y(value):g}H{frame.x(phase.end):g}" if value else ""


def _time(moment: Moment) -> str:
    return clock_time(moment.date)


def _many(value: int | None) -> str:
    return "not read" if value is None else str(value)


def _rate(value: float | None) -> str:
    return "not read" if value is None else f"{value:.1f}/s"


def _age(value: float | None) -> str:
    return "not read" if value is None else duration(value)


def _short(seconds: float) -> str:
    return f"{seconds * 1000:g} ms" if seconds < 1 else f"{seconds:g} s"
