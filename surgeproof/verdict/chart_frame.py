"""The frame of a chart: scales, grid, phases, launch moment and time axis, as inline SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from surgeproof.verdict.markup import Markup, join, tag
from surgeproof.verdict.verdict import Verdict

WIDTH, HEIGHT = 560.0, 236.0
LEFT, RIGHT, TOP, BOTTOM = 58.0, 22.0, 24.0, 26.0
_STEPS_MINUTES = (1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 360, 720, 1440)
_TICKS_MOST = 8
Points = Sequence[tuple[float, float | None]]
"""Launch second and value; None breaks the line."""


@dataclass(frozen=True)
class Frame:
    """Scales of one chart.

    Attributes:
        start: First launch second.
        end: Last launch second.
        low: Value at the bottom.
        high: Value at the top.
        logarithmic: Whether values are spread by their logarithm.
    """

    start: float
    end: float
    low: float
    high: float
    logarithmic: bool = False

    def x(self, at: float) -> float:
        """Horizontal place of a launch second."""
        share = (at - self.start) / max(1e-9, self.end - self.start)
        return round(LEFT + min(1.0, max(0.0, share)) * (WIDTH - LEFT - RIGHT), 1)

    def y(self, value: float) -> float:
        """Vertical place of a value, kept within the frame."""
        if self.logarithmic:
            share = math.log(max(value, self.low) / self.low) / math.log(self.high / self.low)
        else:
            share = (value - self.low) / max(1e-9, self.high - self.low)
        return round(HEIGHT - BOTTOM - min(1.0, max(0.0, share)) * (HEIGHT - TOP - BOTTOM), 1)

    def line(self, points: Points, *, steps: bool = False) -> str:
        """Path through points; as stairs where a value lasts until the next."""
        path: list[str] = []
        before: float | None = None
        for at, value in points:
            if value is None:
                before = None
                continue
            x, y = self.x(at), self.y(value)
            if before is None:
                path.append(f"M{x:g} {y:g}")
            elif steps:
                path.append(f"H{x:g}V{y:g}")
            else:
                path.append(f"L{x:g} {y:g}")
            before = y
        if steps and before is not None:
            path.append(f"H{self.x(self.end):g}")
        return "".join(path)


def round_top(most: float) -> float:
    """A round value just above the highest one."""
    if most <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(most))
    return next(step * power for step in (1, 1.5, 2, 3, 4, 5, 6, 8, 10, 15) if step * power >= most * 1.02)


def ticks(frame: Frame) -> list[float]:
    """Values with a grid line."""
    if frame.logarithmic:
        first, last = math.ceil(math.log10(frame.low) - 1e-9), math.floor(math.log10(frame.high) + 1e-9)
        return [10.0**power for power in range(first, last + 1)]
    span = frame.high - frame.low
    power = 10.0 ** math.floor(math.log10(span / 3))
    step = next(each * power for each in (1, 2, 2.5, 5, 10) if span / (each * power) <= 5)
    return [frame.low + number * step for number in range(int(span / step + 1e-9) + 1)]


def backdrop(verdict: Verdict, frame: Frame, labels: Sequence[tuple[float, str]]) -> Markup:
    """Phases as bands, grid lines with their labels, the launch moment and the time axis."""
    bottom, parts = HEIGHT - BOTTOM, []
    for number, phase in enumerate(verdict.phases):
        left, right = frame.x(phase.start), frame.x(phase.end)
        if number % 2:
            parts.append(tag("rect", class_="band", x=left, y=TOP, width=max(0.0, right - left), height=bottom - TOP))
        if right - left > 6.2 * len(phase.name) + 6:
            parts.append(tag("text", phase.name, class_="phase", x=(left + right) / 2, y=TOP - 7, text_anchor="middle"))
    for value, label in labels:
        y = frame.y(value)
        parts.append(tag("line", class_="grid", x1=LEFT, x2=WIDTH - RIGHT, y1=y, y2=y))
        parts.append(tag("text", label, class_="tick", x=LEFT - 7, y=y + 3.5, text_anchor="end"))
    launch = frame.x((verdict.scope.launch - verdict.scope.curve_start) / timedelta(seconds=1))
    parts.append(tag("line", class_="launch", x1=launch, x2=launch, y1=TOP, y2=bottom))
    for at, label in time_ticks(verdict, frame):
        x = frame.x(at)
        parts.append(tag("line", class_="grid", x1=x, x2=x, y1=bottom, y2=bottom + 4))
        parts.append(tag("text", label, class_="tick", x=x, y=bottom + 16, text_anchor="middle"))
    return join(*parts)


def time_ticks(verdict: Verdict, frame: Frame) -> list[tuple[float, str]]:
    """Launch seconds on round minutes of the clock, with their labels in the plan's zone."""
    start = verdict.scope.curve_start
    span = frame.end - frame.start
    if span < 180:
        step = 10 if span <= 70 else 30
        return [(float(at), f"+{at} s") for at in range(0, int(span) + 1, step)]
    minutes = next((each for each in _STEPS_MINUTES if span / 60 / each <= _TICKS_MOST), _STEPS_MINUTES[-1])
    first = _next_round(start, minutes)
    offset = (first - start) / timedelta(seconds=1)
    found = []
    while offset <= span + 1:
        found.append((offset, f"{start.fromtimestamp(start.timestamp() + offset, tz=start.tzinfo):%H:%M}"))
        offset += minutes * 60
    return found


def _next_round(moment: datetime, minutes: int) -> datetime:
    since = timedelta(hours=moment.hour, minutes=moment.minute, seconds=moment.second, microseconds=moment.microsecond)
    step = timedelta(minutes=minutes)
    return moment + (-since) % step


def hover(verdict: Verdict, frame: Frame, told: Sequence[str]) -> Markup:
    """One invisible bar a slice of the timeline, with a tooltip of its figures."""
    bars = []
    moments = verdict.timeline
    for number, (moment, words) in enumerate(zip(moments, told, strict=True)):
        left = frame.x(moment.at)
        right = frame.x(moments[number + 1].at if number + 1 < len(moments) else frame.end)
        if right > left:
            bars.append(
                tag(
                    "rect",
                    tag("title", words),
                    class_="hit",
                    x=left,
                    y=TOP,
                    width=right - left,
                    height=HEIGHT - TOP - BOTTOM,
                )
            )
    return tag("g", *bars, aria_hidden="true")
