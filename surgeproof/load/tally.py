"""Latencies as HDR histograms by phase, step and kind, which merge by addition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
from hdrh.histogram import HdrHistogram
from numpy.typing import NDArray

from surgeproof.launch.records import SampleHistogram
from surgeproof.load.share import RunSettings

LOWEST, HIGHEST, DIGITS = 1, 3_600_000_000, 3
"""Microseconds: 1 us to 1 h, as ``SampleHistogram.hdr`` says."""
ALL_STEPS = "*"
Kind = Literal["corrected", "raw"]
KINDS: tuple[tuple[Kind, str], ...] = (("corrected", "latency"), ("raw", "raw"))


class Key(NamedTuple):
    """What one histogram is of."""

    phase: str
    step: str
    kind: Kind


def new_histogram() -> HdrHistogram:
    """An empty histogram of latencies."""
    return HdrHistogram(LOWEST, HIGHEST, DIGITS)


class Tally:
    """Histograms and errors; phases are those of a request's intended start."""

    def __init__(self, settings: RunSettings) -> None:
        self._settings = settings
        self._histograms: dict[Key, HdrHistogram] = {}
        self._errors: dict[Key, int] = {}

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
                key = Key(phase, step, kind)
                histogram = self._histogram(key)
                micros = np.clip(np.rint(of_group[field].astype(np.float64) * 1e6), LOWEST, HIGHEST).astype(np.int64)
                for value, count in zip(*(a.tolist() for a in np.unique(micros, return_counts=True)), strict=True):
                    histogram.record_value(value, count)
                self._errors[key] = self._errors.get(key, 0) + errors

    def take(self) -> list[list[Any]]:
        """Encoded content, for ``merge``; the tally is empty afterwards."""
        taken = []
        for key, histogram in self._histograms.items():
            if histogram.total_count:
                taken.append([*key, histogram.encode(), self._errors.get(key, 0)])
                histogram.reset()
        self._errors.clear()
        return taken

    def merge(self, taken: list[list[Any]]) -> None:
        """Add what another tally gave away; exact, as histograms of one shape add bucket by bucket."""
        for phase, step, kind, encoded, errors in taken:
            key = Key(phase, step, kind)
            self._histogram(key).decode_and_add(encoded)
            self._errors[key] = self._errors.get(key, 0) + errors

    def histograms(self) -> Mapping[Key, HdrHistogram]:
        """By phase, step and kind, with one for all steps together in each phase."""
        merged = dict(self._histograms)
        for key, histogram in self._histograms.items():
            merged.setdefault(key._replace(step=ALL_STEPS), new_histogram()).add(histogram)
        return merged

    def records(self) -> list[SampleHistogram]:
        """As the evidence keeps them: by phase in the curve's order, then by step."""
        order = {phase.name: number for number, phase in enumerate(self._settings.phases)}
        errors = dict(self._errors)
        for key, count in self._errors.items():
            total = key._replace(step=ALL_STEPS)
            errors[total] = errors.get(total, 0) + count
        found = sorted(self.histograms().items(), key=lambda item: (order[item[0].phase], item[0].step, item[0].kind))
        return [
            SampleHistogram(
                phase=key.phase,
                step=key.step,
                kind=key.kind,
                count=histogram.total_count,
                errors=errors.get(key, 0),
                hdr=histogram.encode().decode("ascii"),
            )
            for key, histogram in found
            if histogram.total_count
        ]

    def _histogram(self, key: Key) -> HdrHistogram:
        found = self._histograms.get(key)
        if found is None:
            found = self._histograms[key] = new_histogram()
        return found
