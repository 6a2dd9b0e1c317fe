"""The curve drawn in a terminal: one column of eighths of blocks for each stretch of launch time."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from rich.text import Text

from surgeproof.launch.curve import Curve

_BLOCKS = " ▁▂▃▄▅▆▇█"
_COLOURS = {"warm-up": "blue", "surge": "yellow", "peak": "red", "hold": "magenta", "drain": "green"}
_AXIS = 8
"""Signs left of the columns."""


def draw_curve(curve: Curve, *, width: int = 80, height: int = 12) -> Text:
    """Lines of the chart: rates at the left, phases and clock times below.

    Args:
        curve: What to draw.
        width: Signs a line.
        height: Lines of the columns.
    """
    columns = max(20, width - _AXIS)
    edges = np.linspace(0, curve.duration, columns + 1)
    means = np.diff(curve.integral(edges)) / np.diff(edges)
    phases = curve.phase_index((edges[1:] + edges[:-1]) / 2)
    top = max(curve.peak, 1e-12)
    eighths = np.round(means / top * height * 8).astype(int)
    chart = Text()
    for line in range(height - 1, -1, -1):
        shown = line in {height - 1, height // 2 - 1} or not line
        rate = top * (line + 1) / height if line else 0.0
        chart.append(f"{rate:6.4g} │" if shown else " " * (_AXIS - 1) + "│")
        for column in range(columns):
            block = _BLOCKS[min(max(int(eighths[column]) - line * 8, 0), 8)]
            chart.append(block, style=_COLOURS.get(curve.phases[int(phases[column])].kind, ""))
        chart.append("\n")
    chart.append(" " * (_AXIS - 1) + "└" + "─" * columns + "\n")
    chart.append_text(_phase_line(curve, columns))
    chart.append(_clock_line(curve, columns))
    return chart


def _phase_line(curve: Curve, columns: int) -> Text:
    line = Text(" " * _AXIS)
    for phase in curve.phases:
        start, end = (round(at / curve.duration * columns) for at in (phase.start, phase.end))
        room = end - start
        name = phase.name if len(phase.name) < room else phase.name[: max(room - 1, 0)]
        if room:
            line.append(("│" + name)[:room].ljust(room), style=_COLOURS.get(phase.kind, ""))
    line.append("\n")
    return line


def _clock_line(curve: Curve, columns: int) -> str:
    marks = [" "] * (_AXIS + columns)
    wanted = [curve.launch_at] + [curve.duration * share for share in (0, 1, 0.5, 0.25, 0.75)]
    for number, at in enumerate(wanted):
        text = f"{curve.start + timedelta(seconds=at):%H:%M}"
        text = f"▲{text}" if not number else text
        place = min(_AXIS + round(at / curve.duration * columns), len(marks) - len(text))
        around = marks[max(place - 1, 0) : place + len(text) + 1]
        if all(mark == " " for mark in around):
            marks[place : place + len(text)] = text
    return "".join(marks).rstrip()
