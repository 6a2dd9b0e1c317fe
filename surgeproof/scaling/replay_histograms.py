"""Sample histograms of a replay: by phase and step, from whole arrays at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from hdrh.histogram import HdrHistogram
from numpy.typing import NDArray

from surgeproof.launch.records import SampleHistogram

_LOWEST, _HIGHEST, _DIGITS = 1, 3_600_000_000, 3
_SUB_BUCKET_BITS = 11
"""Values up to 2^11 µs are exact; above, a bucket is 2^k µs wide: what 3 digits take."""


def histograms(
    latency: NDArray[np.float64],
    failed: NDArray[np.bool_],
    step: NDArray[np.int64],
    phase: NDArray[np.intp],
    *,
    phases: Sequence[str],
    steps: Sequence[str],
) -> list[SampleHistogram]:
    """Histograms of every phase and step, and of all steps together ('*').

    Args:
        latency: Seconds, one entry a request.
        failed: Whether it is an error.
        step: Index into ``steps``.
        phase: Index into ``phases``.
        phases: Names.
        steps: Names.
    """
    micros = np.clip(np.round(latency * 1e6), _LOWEST, _HIGHEST).astype(np.int64)
    shift = np.maximum(0, np.frexp(micros.astype(np.float64))[1] - _SUB_BUCKET_BITS)
    bucket = (micros >> shift) << shift
    found: list[SampleHistogram] = []
    for name, in_phase in _by_name(phases, phase):
        for step_name, in_step in (("*", None), *_by_name(steps, step[in_phase])):
            here = in_phase if in_step is None else in_phase[in_step]
            if len(here):
                found.append(_histogram(name, step_name, bucket[here], failed[here]))
    return found


def _by_name(names: Sequence[str], index: NDArray[np.integer]) -> Iterator[tuple[str, NDArray[np.intp]]]:
    for number, name in enumerate(names):
        yield name, np.flatnonzero(index == number)


def _histogram(phase: str, step: str, bucket: NDArray[np.int64], failed: NDArray[np.bool_]) -> SampleHistogram:
    hdr = HdrHistogram(_LOWEST, _HIGHEST, _DIGITS)
    values, counts = np.unique(bucket, return_counts=True)
    for value, count in zip(values.tolist(), counts.tolist(), strict=True):
        hdr.record_value(value, count)
    return SampleHistogram(
        phase=phase,
        step=step,
        kind="corrected",
        count=len(bucket),
        errors=int(failed.sum()),
        hdr=hdr.encode().decode("ascii"),
    )
