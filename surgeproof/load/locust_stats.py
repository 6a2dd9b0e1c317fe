"""Feeds requests into Locust's own statistics, a second at a time: what its web UI, CSV and HTML show."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from locust.stats import RequestStats, StatsEntry, bucket_response_time
from numpy.typing import NDArray

from surgeproof.launch.records import StepInfo
from surgeproof.load.live_client import words_of
from surgeproof.load.locust_listeners import RequestListeners

_MOST_MS = 3_600_000
"""An hour: what is slower counts as that, as in the histograms."""


class StatisticsFeed:
    """Adds batches as Locust's master adds a worker's report; latencies are the corrected ones.

    A batch costs a small part of Locust's event a request (reference: 1.4 us an entry, 5.9 us an event).

    Args:
        stats: Locust's.
        listeners: Who else wants to know of each request.
    """

    def __init__(self, stats: RequestStats, listeners: RequestListeners | None = None) -> None:
        self._stats = stats
        self._listeners = listeners

    def add(self, rows: NDArray[Any], steps: Sequence[StepInfo], received: dict[str, int]) -> None:
        """Add requests (``SAMPLE_DTYPE``); ``steps`` are behind their indexes, ``received`` is bytes by step."""
        if self._listeners is not None:
            self._listeners.tell(rows, steps)
        for index in np.flatnonzero(np.bincount(rows["step"])).tolist():
            step = steps[index]
            of_step = rows[rows["step"] == index]
            entry = _entry(self._stats, step, of_step["latency"].astype(np.float64) * 1000)
            entry.total_content_length = received.get(step.name, 0)
            self._stats.total.extend(entry)
            self._stats.get(step.name, step.method).extend(entry)
            for status in of_step["status"][~of_step["ok"]].tolist():
                self._stats.log_error(step.method, step.name, words_of(status))


def _entry(stats: RequestStats, step: StepInfo, milliseconds: NDArray[np.float64]) -> StatsEntry:
    entry = StatsEntry(stats, step.name, step.method)
    now = time.time()
    entry.last_request_timestamp = now
    entry.num_requests = len(milliseconds)
    entry.num_reqs_per_sec[int(now)] = len(milliseconds)
    entry.total_response_time = float(milliseconds.sum())  # ty: ignore[invalid-assignment] -- Locust adds floats too
    entry.min_response_time = float(milliseconds.min())  # ty: ignore[invalid-assignment]
    entry.max_response_time = float(milliseconds.max())  # ty: ignore[invalid-assignment]
    counts = np.bincount(np.minimum(np.rint(milliseconds), _MOST_MS).astype(np.int64))
    values = np.flatnonzero(counts)
    for value, count in zip(values.tolist(), counts[values].tolist(), strict=True):
        entry.response_times[bucket_response_time(value)] += count
    return entry
