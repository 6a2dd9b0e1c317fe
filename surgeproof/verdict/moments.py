"""When: phases as windows, step functions over launch time, and the moment at which a latency first went wrong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from surgeproof.launch.records import SupplyPoint
from surgeproof.verdict.evidence import RunEvidence

Window = tuple[float, float]
"""Start and end, launch seconds."""
_WINDOW_SAMPLES = 5
_LEAST_SHARE = 0.001


def windows(run: RunEvidence, phases: Sequence[str]) -> list[Window]:
    """Windows of some phases; of the whole curve for '*'."""
    return [(phase.start, phase.end) for phase in run.curve.phases if "*" in phases or phase.name in phases]


def within(at: float, spans: Sequence[Window], *, slack: float = 0.0) -> bool:
    """Whether a launch second lies in one of the windows, or up to `slack` before it."""
    return any(start - slack <= at <= end for start, end in spans)


def date(run: RunEvidence, at: float | None) -> datetime | None:
    """Launch date and time of a launch second, in the plan's zone."""
    if at is None:
        return None
    start = run.curve.start
    return start.fromtimestamp(start.timestamp() + at, tz=start.tzinfo)


def supply_of(run: RunEvidence, service: str) -> list[SupplyPoint]:
    """Supply points of one service, in order."""
    return sorted((point for point in run.supply if point.service == service), key=lambda point: point.at)


def supply_at(points: Sequence[SupplyPoint], at: float) -> SupplyPoint | None:
    """The point in force at a launch second; the first one before it began."""
    last = points[0] if points else None
    for point in points:
        if point.at > at:
            break
        last = point
    return last


def needed_at(series: Sequence[tuple[float, int]], at: float) -> int | None:
    """Tasks needed at a launch second; None before the series begins."""
    last: int | None = None
    for moment, number in series:
        if moment > at:
            break
        last = number
    return last


def first_bad(
    run: RunEvidence, phases: Sequence[str], step: str, *, share: float, longer_than: float | None = None
) -> float | None:
    """Launch second from which more than a share of the requests failed, or took longer than a limit.

    Looked for in windows of 5 / share consecutive requests by their intended start: 100 for a p95. None without
    samples, or when no window has so many.
    """
    if run.samples is None:
        return None
    rows = run.samples
    keep = np.zeros(len(rows), dtype=bool)
    for start, end in windows(run, phases):
        keep |= (rows["arrived_at"] >= start) & (rows["arrived_at"] < end)
    if step != "*":
        names = [each.name for each in run.load.steps]
        keep &= rows["step"] == (names.index(step) if step in names else -1)
    rows = rows[keep]
    if len(rows) == 0:
        return None
    rows = rows[np.argsort(rows["due_at"], kind="stable")]
    over = rows["latency"] > longer_than if longer_than is not None else ~rows["ok"]
    size = min(len(rows), round(_WINDOW_SAMPLES / max(share, _LEAST_SHARE)))
    sums = np.concatenate(([0], np.cumsum(over)))
    shares = (sums[size:] - sums[:-size]) / size
    bad = np.flatnonzero(shares > share)
    if len(bad) == 0:
        return None
    first = int(bad[0])
    within_window = np.flatnonzero(over[first : first + size])
    return float(rows["due_at"][first + int(within_window[0])])
