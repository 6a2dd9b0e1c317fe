"""The shrunk metric: what a datapoint of a compressed run would have shown at speed 1."""

from __future__ import annotations

import math
from collections import deque

from surgeproof.scaling.demand import ExpectedDemand

WINDOW = 600.0
"""Launch seconds over which measured and expected requests are compared."""
PSEUDO_COUNTS = 30.0
"""Requests added to both sides of the ratio, so that the first few say little."""


def shrink(measured: float, expected: float, *, speed: float, scale: float = 1.0) -> float:
    """Take the surplus of Poisson noise out of a figure: ``e + (m / c - e) · sqrt(c / speed)``.

    A compressed period holds 1/speed of the requests, and a scaled one the share c of them, so that its noise
    is sqrt(speed / c) too large; what is expected carries no noise.

    Args:
        measured: As measured, a rate or a utilisation.
        expected: What the plan expects, corrected by the ratio of measured and expected requests.
        speed: Launch seconds in one real second.
        scale: Share of the plan's arrivals that is driven.
    """
    return expected + (measured / scale - expected) * math.sqrt(scale / speed)


def full_rate(count: float, period: float, *, speed: float, scale: float = 1.0) -> float:
    """Requests per second at speed 1 and scale 1, from a real count within ``period`` launch seconds."""
    return count * speed / (period * scale)


class ShrunkMetrics:
    """Datapoints of one service as its autoscaler reads them.

    Feed ``count`` once a period, then read. Counts are of requests at their arrival, not at their end: a
    service in overload would else hide what is asked of it.
    """

    def __init__(self, expected: ExpectedDemand, *, speed: float, scale: float = 1.0) -> None:
        self.expected = expected
        self.speed = speed
        self.scale = scale
        self._counts: deque[tuple[float, float, float]] = deque()
        self._rate = 0.0

    def count(self, at: float, requests: float, *, period: float) -> None:
        """Take the real count of requests that arrived in the period that ends at launch second ``at``."""
        start = max(0.0, at - period)
        awaited = self.expected.awaited(start, at, speed=self.speed, scale=self.scale)
        self._counts.append((at, requests, awaited))
        while self._counts and self._counts[0][0] <= at - WINDOW:
            self._counts.popleft()
        self._rate = full_rate(requests, period, speed=self.speed, scale=self.scale)

    @property
    def ratio(self) -> float:
        """R: measured over expected requests of the trailing 10 launch minutes."""
        measured = math.fsum(count for _, count, _ in self._counts) + PSEUDO_COUNTS
        return measured / (math.fsum(awaited for _, _, awaited in self._counts) + PSEUDO_COUNTS)

    def cpu(self, at: float, measured: float, *, tasks: float, share: float, period: float) -> float:
        """Mean utilisation of the tasks, 0 to 1.

        Args:
            at: End of the period.
            measured: Mean utilisation as measured.
            tasks: Mean number of tasks that ran in the period.
            share: Virtual CPUs of one task.
            period: Launch seconds.
        """
        load = self.expected.mean_cpu(max(0.0, at - period), at) * self.ratio
        expected = min(1.0, load / (tasks * share)) if tasks else 1.0
        # At scale c each task has the share c of its work, so nothing tells how far above 1 it would be.
        shrunk = shrink(measured, expected, speed=self.speed, scale=self.scale)
        return min(1.0, max(0.0, shrunk))

    def requests(self, at: float, *, period: float) -> float:
        """Requests per second at speed 1 and scale 1, in the period that was counted last."""
        expected = self.expected.mean_requests(max(0.0, at - period), at) * self.ratio
        # Both are at full rate already: only the noise is left to be shrunk.
        return max(0.0, expected + (self._rate - expected) * math.sqrt(self.scale / self.speed))

    def requests_per_task(self, at: float, *, tasks: float, period: float) -> float | None:
        """Requests of one task in a launch minute; None without tasks, as AWS publishes nothing then."""
        return 60.0 * self.requests(at, period=period) / tasks if tasks else None
