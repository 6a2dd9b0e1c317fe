"""Latencies as HDR histograms by phase, step and kind, which merge by addition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
from hdrh.histogram import HdrHistogram
from numpy.typing import NDArray

from surgeproof.launch.records import SampleHistogram
from surgeproof.load.buckets import Buckets, micros_of
from surgeproof.load.share import RunSettings

ALL_STEPS = "*"
Kind = Literal["corrected", "raw"]
KINDS: tuple[tuple[Kind, str], ...] = (("corrected", "latency"), ("raw", "raw"))


class Key(NamedTuple):
    """What one histogram is of."""

    phase: str
    step: str
    kind: Kind


class Tally:
    """Counts by HDR bucket, and errors; phases are those of a request's intended start."""

    def __init__(self, settings: RunSettings) -> None:
        self._settings = settings
        self._buckets: dict[Key, Buckets] = {}
        self._errors: Counter[Key] = Counter()

    def add(self, rows: NDArray[Any], steps: Sequence[str]) -> None:
        """Record requests (``SAMPLE_DTYPE``); ``steps`` are the names behind their indexes."""
        if not len(rows):
            return
        names = [phase.name for phase in self._settings.phases]
        group = self._settings.phase_index(rows["due_at"]) * len(steps) + rows["step"]
        for code in np.flatnonzero(np.bincount(group)).tolist():
            of_group = rows[group == code]
            phase, step = names[code // len(steps)], steps[code % len(steps)]
            errors = int(np.count_nonzero(~of_group["ok"]))
            for kind, field in KINDS:
                key = Key(phase, step, kind)
                self._of(key).add(micros_of(of_group[field]))
                self._errors[key] += errors

    def take(self) -> list[list[Any]]:
        """Its content, for ``merge`` and as msgpack carries it; the tally is empty afterwards."""
        taken: list[list[Any]] = [
            [*key, *buckets.to_wire(), self._errors[key]] for key, buckets in self._buckets.items()
        ]
        self._buckets.clear()
        self._errors.clear()
        return taken

    def merge(self, taken: list[list[Any]]) -> None:
        """Add what another tally gave away; exact, as equal buckets add."""
        for phase, step, kind, numbers, counts, errors in taken:
            key = Key(phase, step, kind)
            self._of(key).merge_wire(numbers, counts)
            self._errors[key] += errors

    def histograms(self) -> dict[Key, HdrHistogram]:
        """By phase, step and kind, with one for all steps together in each phase."""
        of_all: dict[Key, Buckets] = {}
        for key, buckets in self._buckets.items():
            of_all.setdefault(key._replace(step=ALL_STEPS), Buckets()).merge(buckets)
        return {key: buckets.histogram() for key, buckets in [*self._buckets.items(), *of_all.items()]}

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

    def _of(self, key: Key) -> Buckets:
        return self._buckets.setdefault(key, Buckets())
