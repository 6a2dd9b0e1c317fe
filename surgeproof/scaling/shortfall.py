"""Shortfall: the launch seconds in which more tasks were needed than served."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from surgeproof.launch.records import SupplyPoint


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of launch time in which tasks were missing.

    Attributes:
        start: Launch second.
        end: Launch second.
        worst: Most tasks missing at one moment of it.
    """

    start: float
    end: float
    worst: int


@dataclass(frozen=True, slots=True)
class Shortfall:
    """How long and how badly a service was short of tasks. The gate falls at anything above 0 seconds.

    Attributes:
        seconds: Launch seconds with fewer tasks serving than needed.
        worst: Most tasks missing at one moment.
        intervals: When, in order.
        first_at: Launch second of the first, None without any.
    """

    seconds: float
    worst: int
    intervals: tuple[Interval, ...]
    first_at: float | None


def shortfall(
    needed: Sequence[tuple[float, int]], supply: Iterable[SupplyPoint], *, service: str | None = None, until: float
) -> Shortfall:
    """Compare tasks needed with tasks serving, exactly, second by second and in between.

    Args:
        needed: Launch second from which on so many are needed, until the next entry; as ``needed_series`` gives it.
        supply: Tasks serving, from each point on until the next; before the first none serves.
        service: Take the points of this service only.
        until: Launch second at which the run ends.
    """
    points = sorted((p for p in supply if service in {None, p.service}), key=lambda p: p.at)
    # 0 is the wanted kind, 1 the served: changes of both at one moment are taken together.
    changes = sorted([(at, 0, count) for at, count in needed] + [(p.at, 1, p.serving) for p in points])
    current = [0, 0]
    intervals: list[Interval] = []
    for k, (at, kind, count) in enumerate(changes):
        current[kind] = count
        end = min(changes[k + 1][0] if k + 1 < len(changes) else until, until)
        start = max(at, 0.0)
        missing = current[0] - current[1]
        if missing <= 0 or end <= start:
            continue
        if intervals and intervals[-1].end == start:
            last = intervals.pop()
            intervals.append(Interval(last.start, end, max(last.worst, missing)))
        else:
            intervals.append(Interval(start, end, missing))
    return Shortfall(
        seconds=sum(interval.end - interval.start for interval in intervals),
        worst=max((interval.worst for interval in intervals), default=0),
        intervals=tuple(intervals),
        first_at=intervals[0].start if intervals else None,
    )
