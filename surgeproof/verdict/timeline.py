"""The launch slice by slice: arrivals planned and delivered, p95, tasks needed and serving, queue age."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Sequence

import numpy as np

from surgeproof.launch.records import SupplyPoint
from surgeproof.verdict.evidence import RunEvidence
from surgeproof.verdict.moments import date, needed_at, supply_at, supply_of
from surgeproof.verdict.verdict import Moment, ServiceMoment

_SLICES_MOST = 150
_LENGTHS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
_P95_SAMPLES = 20
_REAL_SECONDS = 2.0
"""Less than this of a compressed run holds so few arrivals that a slice shows their noise."""


def slice_length(duration: float, speed: float = 1.0) -> float:
    """Launch seconds of a slice: the shortest round length that gives at most 150 slices of 2 real seconds or more."""
    shortest = _REAL_SECONDS * speed
    return float(next((e for e in _LENGTHS if duration / e <= _SLICES_MOST and e >= shortest), _LENGTHS[-1]))


def timeline(run: RunEvidence) -> list[Moment]:
    """All slices of the curve, in order."""
    duration = run.curve.duration
    length = slice_length(duration, run.load.speed)
    edges = np.append(np.arange(0.0, duration, length), duration)
    delivered, p95 = _measured(run, edges)
    tracks = {service: _Track(run, service) for service in run.services}
    moments = []
    for number, (start, end) in enumerate(itertools.pairwise(edges)):
        if end - start <= 0:
            continue
        moment = date(run, float(start))
        moments.append(
            Moment(
                at=float(start),
                date=moment or run.curve.start,
                planned=round(run.curve.count(float(start), float(end)) / float(end - start), 4),
                delivered=delivered[number],
                p95=p95[number],
                services={name: track.between(float(start), float(end)) for name, track in tracks.items()},
            )
        )
    return moments


def _measured(run: RunEvidence, edges: np.ndarray) -> tuple[list[float | None], list[float | None]]:
    slices = len(edges) - 1
    rows = run.samples
    if rows is None or len(rows) == 0:
        return [None] * slices, [None] * slices
    starts = rows["arrived_at"][rows["sequence"] == 0]
    counts, _ = np.histogram(starts, bins=edges)
    # A slice of `length` launch seconds takes length / speed real ones; the launch's own rate is 1 / scale of that.
    rates = counts * run.to_launch / np.diff(edges)
    order = np.argsort(rows["due_at"], kind="stable")
    due, latency = rows["due_at"][order], rows["latency"][order]
    bounds = np.searchsorted(due, edges)
    p95: list[float | None] = []
    for first, last in itertools.pairwise(bounds):
        known = latency[first:last][np.isfinite(latency[first:last])]
        p95.append(round(float(np.quantile(known, 0.95)), 6) if len(known) >= _P95_SAMPLES else None)
    return [round(float(rate), 4) for rate in rates], p95


class _Track:
    """One service over time."""

    def __init__(self, run: RunEvidence, service: str) -> None:
        self._supply: list[SupplyPoint] = supply_of(run, service)
        self._needed: Sequence[tuple[float, int]] = run.needed.get(service, ())
        ages = sorted((p.at, p.value) for p in run.metrics if p.service == service and p.metric == "queue_age")
        self._age_at, self._ages = [at for at, _ in ages], [value for _, value in ages]
        self._changes = sorted({point.at for point in self._supply} | {at for at, _ in self._needed})

    def between(self, start: float, end: float) -> ServiceMoment:
        """The worst moment of a slice."""
        low, high = bisect.bisect_left(self._changes, start), bisect.bisect_left(self._changes, end)
        candidates = [self._at(at) for at in (start, *self._changes[low:high])]
        first, last = bisect.bisect_left(self._age_at, start), bisect.bisect_left(self._age_at, end)
        needed, point = max(candidates, key=lambda each: (each[0] or 0) - (each[1].serving if each[1] else 0))
        return ServiceMoment(
            needed=needed,
            serving=point.serving if point else None,
            desired=point.desired if point else None,
            maximum=point.maximum if point else None,
            queue_age=max(self._ages[first:last], default=None),
        )

    def _at(self, at: float) -> tuple[int | None, SupplyPoint | None]:
        return needed_at(self._needed, at), supply_at(self._supply, at)
