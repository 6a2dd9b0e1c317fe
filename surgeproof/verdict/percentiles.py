"""Percentiles from merged HDR histograms, and how many samples must stand behind each."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from hdrh.histogram import HdrHistogram

from surgeproof.launch.records import SampleHistogram
from surgeproof.verdict.errors import HistogramError

QUANTILES: dict[str, float] = {"p50": 0.50, "p95": 0.95, "p99": 0.99, "p99.9": 0.999}
LOWEST_US, HIGHEST_US, DIGITS = 1, 3_600_000_000, 3
REPLAY_FACTOR = 10
"""A replay draws as many samples as it likes, so it must have ten times as many behind a percentile."""


def samples_needed(metric: str, *, replay: bool = False) -> int:
    """Fewest samples behind a percentile that may pass a gate: 1 / (1 - q), at least 20; ten times that in a replay.

    p95 needs 20, p99 100, p99.9 1000; p50 would need 2 by the same rule, where a median still jumps, and needs 20 too.
    """
    least = max(20, round(1 / (1 - QUANTILES[metric])))
    return least * REPLAY_FACTOR if replay else least


@dataclass(frozen=True)
class Pooled:
    """One pool of requests: all histograms of the phases and steps that a gate looks at, merged."""

    histogram: HdrHistogram
    count: int
    errors: int

    def seconds(self, quantile: float) -> float | None:
        """The quantile in seconds: the value that the share `quantile` of the samples does not exceed."""
        total = int(self._sums[-1])
        if total == 0:
            return None
        # HdrHistogram rounds the rank, so that 2 slow requests of 31 would pass a p95: the rank is rounded up here.
        rank = max(1, math.ceil(quantile * total - 1e-9))
        index = int(np.searchsorted(self._sums, rank))
        value = self.histogram.get_value_from_index(index)
        return self.histogram.get_highest_equivalent_value(value) / 1e6

    @cached_property
    def _sums(self) -> np.ndarray:
        return np.cumsum(np.frombuffer(self.histogram.counts, dtype=f"u{self.histogram.word_size}"))

    @property
    def error_rate(self) -> float | None:
        """Share of the requests that failed."""
        return self.errors / self.count if self.count else None


def pool(histograms: Iterable[SampleHistogram], phases: Sequence[str], step: str = "*") -> Pooled:
    """Merge the corrected histograms of some phases and of one step.

    Args:
        histograms: Of a run or of a replay.
        phases: Names of phases; ('*',) pools all.
        step: Name of a step. '*' takes the histogram of all steps together where a phase has one, and else merges
            its steps.

    Raises:
        HistogramError: When a histogram's text is damaged.
    """
    chosen = [each for each in histograms if each.kind == "corrected" and ("*" in phases or each.phase in phases)]
    if step == "*":
        whole = {each.phase for each in chosen if each.step == "*"}
        chosen = [each for each in chosen if (each.step == "*") == (each.phase in whole)]
    else:
        chosen = [each for each in chosen if each.step == step]
    merged = HdrHistogram(LOWEST_US, HIGHEST_US, DIGITS)
    for each in chosen:
        try:
            merged.add(HdrHistogram.decode(each.hdr))
        except Exception as error:
            raise HistogramError(
                "the histogram cannot be decoded",
                path=f"histograms[{each.phase}, {each.step}]",
                fix="Run again: the load engine's result is damaged",
            ) from error
    return Pooled(merged, sum(each.count for each in chosen), sum(each.errors for each in chosen))


def median(values: Iterable[float | None]) -> float | None:
    """Median of the values that there are; None when there is none."""
    known = sorted(value for value in values if value is not None and math.isfinite(value))
    if not known:
        return None
    middle = len(known) // 2
    return known[middle] if len(known) % 2 else (known[middle - 1] + known[middle]) / 2
