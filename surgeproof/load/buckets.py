"""Counts by HDR bucket, dense, so that adding a second's requests takes a numpy call and not a loop.

The library's histograms are made of them when a run is over: recording in one takes 1.7 us a value, and making or
clearing one takes milliseconds, in which no journey could start.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from hdrh.histogram import HdrHistogram
from numpy.typing import NDArray

LOWEST, HIGHEST, DIGITS = 1, 3_600_000_000, 3
"""Microseconds: 1 us to 1 h, as ``SampleHistogram.hdr`` says."""
_SUB_BUCKET_BITS = 11
"""2,048 buckets in each power of two: what HdrHistogram takes for 3 digits."""
_HALF = 1 << (_SUB_BUCKET_BITS - 1)


def micros_of(seconds: NDArray[Any]) -> NDArray[np.int64]:
    """Whole microseconds, within the bounds of the histograms."""
    return np.clip(np.rint(seconds.astype(np.float64) * 1e6), LOWEST, HIGHEST).astype(np.int64)


def bucket_of(micros: NDArray[np.int64]) -> NDArray[np.int64]:
    """Lowest value of the HDR bucket that each value falls into: 2,048 buckets a power of two, as 3 digits need.

    Source: HdrHistogram, 'getLowestEquivalentValue' with unit magnitude 0.
    """
    shift = _shift(micros)
    return (micros >> shift) << shift


def index_of(micros: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number of the bucket of each value, from 0, without gaps (HdrHistogram, 'countsArrayIndex')."""
    shift = _shift(micros)
    return shift * _HALF + (micros >> shift)


def value_at(index: NDArray[np.int64]) -> NDArray[np.int64]:
    """Lowest value of each bucket, by its number."""
    shift = np.maximum(0, index // _HALF - 1)
    return (index - shift * _HALF) << shift


def _shift(micros: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.maximum(0, np.frexp(micros.astype(np.float64))[1] - _SUB_BUCKET_BITS).astype(np.int64)


class Buckets:
    """How many values fell into each bucket.

    Attributes:
        counts: By number of the bucket; as long as it need be.
    """

    __slots__ = ("counts",)

    def __init__(self) -> None:
        self.counts: NDArray[np.int64] = np.zeros(0, dtype=np.int64)

    @property
    def total(self) -> int:
        """Values altogether."""
        return int(self.counts.sum())

    def add(self, micros: NDArray[np.int64]) -> None:
        """Count values."""
        self._merge(np.bincount(index_of(micros)))

    def merge(self, other: Buckets) -> None:
        """Add another's counts; exact, as equal buckets add."""
        self._merge(other.counts)

    def to_wire(self) -> tuple[bytes, bytes]:
        """Numbers and counts of the buckets that are not empty."""
        numbers = np.flatnonzero(self.counts)
        return numbers.astype("<i4").tobytes(), self.counts[numbers].astype("<i8").tobytes()

    def merge_wire(self, numbers: bytes, counts: bytes) -> None:
        """Add what ``to_wire`` of another gave."""
        index = np.frombuffer(numbers, "<i4")
        if len(index):
            self._reach(int(index[-1]) + 1)
            self.counts[index] += np.frombuffer(counts, "<i8")

    def percentile(self, percent: float) -> float:
        """Microseconds, the middle of the bucket, not interpolated; 0 without values."""
        cumulative = np.cumsum(self.counts)
        if not len(cumulative) or not cumulative[-1]:
            return 0.0
        rank = max(1, int(percent / 100 * float(cumulative[-1]) + 0.5))  # the library rounds so
        index = np.array([np.searchsorted(cumulative, rank)], dtype=np.int64)
        return float(value_at(index)[0] + value_at(index + 1)[0] - 1) / 2

    def histogram(self) -> HdrHistogram:
        """As the library's."""
        made = HdrHistogram(LOWEST, HIGHEST, DIGITS)
        numbers = np.flatnonzero(self.counts)
        for value, count in zip(value_at(numbers).tolist(), self.counts[numbers].tolist(), strict=True):
            made.record_value(value, count)
        return made

    def _merge(self, counts: NDArray[Any]) -> None:
        self._reach(len(counts))
        self.counts[: len(counts)] += counts

    def _reach(self, length: int) -> None:
        if length > len(self.counts):
            longer = np.zeros(length, dtype=np.int64)
            longer[: len(self.counts)] = self.counts
            self.counts = longer
