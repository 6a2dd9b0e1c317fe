"""Latencies as HDR histograms by phase, step and kind, which merge by addition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
from hdrh.histogram import HdrHistogram
from numpy.typing import NDArray

from surgeproof.launch.records import SampleHistogram
from surgeproof.load.share import RunSettings

LOWEST, HIGHEST, DIGITS = 1, 3_600_000_000, 3
"""Microseconds: 1 us to 1 h, as ``SampleHistogram.hdr`` says."""
_SUB_BUCKET_BITS = 11
"""2,048 buckets in each power of two: what HdrHistogram takes for 3 digits."""
ALL_STEPS = "*"
Kind = Literal["corrected", "raw"]
KINDS: tuple[tuple[Kind, str], ...] = (("corrected", "latency"), ("raw", "raw"))


class Key(NamedTuple):
    """What one histogram is of."""

    phase: str
    step: str
    kind: Kind


def bucket_of(micros: NDArray[np.int64]) -> NDArray[np.int64]:
    """Lowest value of the HDR bucket that each value falls into: 2,048 buckets a power of two, as 3 digits need.

    Source: HdrHistogram, 'getLowestEquivalentValue' with unit magnitude 0.
    """
    shift = np.maximum(0, np.frexp(micros.astype(np.float64))[1] - _SUB_BUCKET_BITS).astype(np.int64)
    return (micros >> shift) << shift


class Tally:
    """Counts by HDR bucket, and errors; phases are those of a request's intended start.

    Buckets are kept sparse while a run goes on (making or clearing one of the library's histograms takes
    milliseconds, in which no journey could start) and become the library's histograms when it is over.
    """

    def __init__(self, settings: RunSettings) -> None:
        self._settings = settings
        self._buckets: dict[Key, Counter[int]] = {}
        self._errors: Counter[Key] = Counter()

    def add(self, rows: NDArray[Any], steps: Sequence[str]) -> None:
        """Record requests (``SAMPLE_DTYPE``); ``steps`` are the names behind their indexes."""
        if not len(rows):
            return
        names = [phase.name for phase in self._settings.phases]
        group = self._settings.phase_index(rows["due_at"]) * len(steps) + rows["step"]
        for code in np.unique(group).tolist():
            of_group = rows[group == code]
            phase, step = names[code // len(steps)], steps[code % len(steps)]
            errors = int(np.count_nonzero(~of_group["ok"]))
            for kind, field in KINDS:
                micros = np.clip(np.rint(of_group[field].astype(np.float64) * 1e6), LOWEST, HIGHEST).astype(np.int64)
                values, counts = np.unique(bucket_of(micros), return_counts=True)
                self._count(Key(phase, step, kind), values, counts, errors)

    def take(self) -> list[list[Any]]:
        """Its content, for ``merge`` and as msgpack carries it; the tally is empty afterwards."""
        taken: list[list[Any]] = []
        for key, buckets in self._buckets.items():
            values = np.fromiter(buckets.keys(), dtype="<i8", count=len(buckets))
            counts = np.fromiter(buckets.values(), dtype="<i8", count=len(buckets))
            taken.append([*key, values.tobytes(), counts.tobytes(), self._errors[key]])
        self._buckets.clear()
        self._errors.clear()
        return taken

    def merge(self, taken: list[list[Any]]) -> None:
        """Add what another tally gave away; exact, as equal buckets add."""
        for phase, step, kind, values, counts, errors in taken:
            key = Key(phase, step, kind)
            self._count(key, np.frombuffer(values, "<i8"), np.frombuffer(counts, "<i8"), errors)

    def histograms(self) -> dict[Key, HdrHistogram]:
        """By phase, step and kind, with one for all steps together in each phase."""
        buckets: dict[Key, Counter[int]] = {}
        for key, counted in self._buckets.items():
            buckets[key] = counted
            buckets.setdefault(key._replace(step=ALL_STEPS), Counter()).update(counted)
        return {key: _histogram(counted) for key, counted in buckets.items()}

    def records(self, histograms: Mapping[Key, HdrHistogram]) -> list[SampleHistogram]:
        """As the evidence keeps them: by phase in the curve's order, then by step."""
        order = {phase.name: number for number, phase in enumerate(self._settings.phases)}
        errors = Counter(self._errors)
        for key, count in self._errors.items():
            errors[key._replace(step=ALL_STEPS)] += count
        found = sorted(histograms.items(), key=lambda item: (order[item[0].phase], item[0].step, item[0].kind))
        return [
            SampleHistogram(
                phase=key.phase,
                step=key.step,
                kind=key.kind,
                count=histogram.total_count,
                errors=errors[key],
                hdr=histogram.encode().decode("ascii"),
            )
            for key, histogram in found
        ]

    def _count(self, key: Key, values: NDArray[np.int64], counts: NDArray[np.int64], errors: int) -> None:
        buckets = self._buckets.setdefault(key, Counter())
        for value, count in zip(values.tolist(), counts.tolist(), strict=True):
            buckets[value] += count
        self._errors[key] += errors


def _histogram(buckets: Counter[int]) -> HdrHistogram:
    histogram = HdrHistogram(LOWEST, HIGHEST, DIGITS)
    for value, count in buckets.items():
        histogram.record_value(value, count)
    return histogram
