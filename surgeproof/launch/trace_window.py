"""The part of a history that is driven: a window of given times, or the plan's length around the peak."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import numpy as np

from surgeproof.launch.errors import TraceError
from surgeproof.launch.trace_csv import History
from surgeproof.launch.traced import MAX_POINTS, TraceSpec

MAX_WINDOW = 86_400.0
"""Longest window, seconds."""
_MIN_INTERVALS = 5
_PATH = "--window"
_ALLOWED = "START/END with times (1998-06-10T18:50/1998-06-10T19:55), or dates (1995-07-13)"


def choose_window(history: History, spec: TraceSpec) -> tuple[slice, list[str]]:
    """Rows of the window, and what a reader must know of the choice.

    Raises:
        TraceError: When the window lies outside the history, is too short or too long, or rows are missing in it.
    """
    exact, start, end = _asked(history, spec)
    notes: list[str] = []
    if not exact:
        start, end = _around_peak(history, spec, start, end, notes)
    first, last = (int(place) for place in np.searchsorted(history.instants, (start, end), side="left"))
    if last - first < _MIN_INTERVALS:
        got = f"{last - first} rows"
        fix = "Widen the window"
        raise TraceError("holds too few rows", path=_PATH, got=got, allowed=f"{_MIN_INTERVALS} or more", fix=fix)
    if last - first > MAX_POINTS:
        fix = "Narrow the window, or add the rows up to longer intervals"
        raise TraceError("holds too many rows", path=_PATH, got=last - first, allowed=f"{MAX_POINTS:,}", fix=fix)
    _refuse_gaps(history, slice(first, last), start, end)
    return slice(first, last), notes


def _asked(history: History, spec: TraceSpec) -> tuple[bool, float, float]:
    """Whether the window is exact, and its bounds as seconds since 1970."""
    begin, finish = history.extent
    if spec.window is None:
        return False, begin, finish
    start_text, slash, end_text = spec.window.partition("/")
    start_date, end_date = _day(start_text), _day(end_text if slash else start_text)
    if start_date and end_date:
        start = history.instant(datetime.combine(start_date, time()))
        end = history.instant(datetime.combine(end_date + timedelta(days=1), time()))
        exact = False
    elif slash:
        start, end = _moment(history, start_text, spec.window), _moment(history, end_text, spec.window)
        exact = True
    else:
        raise TraceError("is not a window", path=_PATH, got=spec.window, allowed=_ALLOWED, fix="Write START/END")
    if end <= start:
        raise TraceError("ends before it starts", path=_PATH, got=spec.window, fix="Swap START and END")
    extent = f"{history.date(begin).isoformat()} to {history.date(finish).isoformat()}"
    if exact and (start < begin or end > finish):
        raise TraceError("reaches outside the history", path=_PATH, got=spec.window, allowed=extent, fix="Narrow it")
    if start >= finish or end <= begin:
        raise TraceError("lies outside the history", path=_PATH, got=spec.window, allowed=extent, fix="Move it")
    if exact and end - start > MAX_WINDOW:
        fix = "Name the day alone for the part around its peak, or narrow the window"
        raise TraceError("is too long", path=_PATH, got=spec.window, allowed="24 hours", fix=fix)
    return exact, max(start, begin), min(end, finish)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if len(text.strip()) == len("1995-07-13") else None
    except ValueError:
        return None


def _moment(history: History, text: str, window: str) -> float:
    try:
        return history.instant(datetime.fromisoformat(text.strip()))
    except ValueError:
        raise TraceError("is not a window", path=_PATH, got=window, allowed=_ALLOWED, fix="Correct it") from None


def _around_peak(history: History, spec: TraceSpec, start: float, end: float, notes: list[str]) -> tuple[float, float]:
    """The plan's length, with the highest interval between start and end where the plan's peak is."""
    inside = np.flatnonzero((history.instants >= start) & (history.instants < end))
    if not len(inside):
        raise TraceError("holds no rows", path=_PATH, got=spec.window, fix="Move the window")
    top = int(inside[history.rates[inside].argmax()])
    if history.rates[top] <= 0:
        raise TraceError("has no arrivals: every count is 0", path=history.file, fix="Choose another window or label")
    length = max(round(spec.length / history.interval), _MIN_INTERVALS)
    if length > MAX_POINTS:
        allowed = f"{MAX_POINTS:,} rows in {spec.length:g} s"
        fix = "Add the rows up to longer intervals"
        raise TraceError("has too short intervals", path=history.file, got=history.interval, allowed=allowed, fix=fix)
    lead_in = spec.length * 0.58 if spec.lead_in is None else spec.lead_in
    before = min(int(lead_in / history.interval), length - 1)
    begin, finish = history.extent
    if finish - begin < length * history.interval:
        notes.append("The history is shorter than the plan: all of it is driven.")
        return begin, finish
    first = float(history.instants[top]) - before * history.interval
    moved = min(max(first, begin), finish - length * history.interval)
    if moved != first:
        notes.append(
            "The peak lies near an end of the history, so the window is moved: the peak is not where the plan's is."
        )
    return moved, moved + length * history.interval


def _refuse_gaps(history: History, rows: slice, start: float, end: float) -> None:
    instants, interval = history.instants[rows], history.interval
    steps = np.diff(instants)
    odd = np.flatnonzero(np.abs(steps - interval) > interval * 1e-6)
    if len(odd):
        at = int(odd[0])
        line = int(history.lines[rows][at + 1])
        if steps[at] < interval:
            problem = f"is {steps[at]:g} s after the row before, where rows are {interval:g} s apart"
            raise TraceError(problem, path=f"{history.file}:{line}", fix="Put the rows at even distances")
        raise _gap(history, float(instants[at]) + interval, float(instants[at + 1]), line)
    if instants[0] >= start + interval:
        raise _gap(history, start, float(instants[0]), int(history.lines[rows][0]))
    if instants[-1] + interval <= end - interval:
        raise _gap(history, float(instants[-1]) + interval, end, int(history.lines[rows][-1]))


def _gap(history: History, start: float, end: float, line: int) -> TraceError:
    problem = f"has no rows from {history.date(start).isoformat()} to {history.date(end).isoformat()}"
    fix = "Fill in the rows (with 0 where nobody came), or choose a --window without the gap"
    return TraceError(problem, path=f"{history.file}:{line}", fix=fix)
