"""Latencies as the contenders themselves report them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hdrh.histogram import HdrHistogram

from surgeproof.launch.records import LoadResult


@dataclass(frozen=True)
class Latency:
    """Of all requests, milliseconds; ``errors`` are requests that failed."""

    p50: float
    p99: float
    errors: int = 0


def of_ours(folder: Path, kind: str) -> Latency:
    """From result.json: ``corrected`` or ``raw``."""
    result = LoadResult.model_validate_json((folder / "result.json").read_text(encoding="utf-8"))
    total = HdrHistogram(1, 3_600_000_000, 3)
    errors = 0
    for each in result.histograms:
        if each.step == "*" and each.kind == kind:
            total.decode_and_add(each.hdr)
            errors += each.errors
    if result.aborted_by or any(worker.delivered < worker.planned for worker in result.workers):
        raise RuntimeError(f"a run of ours was not complete: {result.aborted_by} {result.failures}")
    return Latency(*(total.get_value_at_percentile(percent) / 1000 for percent in (50, 99)), errors)


def of_locust(entries: list[dict[str, Any]]) -> Latency:
    """From what ``--json`` prints: rounded response times and how often each came."""
    times: Counter[float] = Counter()
    for entry in entries:
        times.update({float(time): count for time, count in entry["response_times"].items()})
    errors = sum(entry["num_failures"] for entry in entries)
    return Latency(percentile(times, 0.5), percentile(times, 0.99), errors)


def percentile(times: Counter[float], share: float) -> float:
    """The value that this share of them does not pass; 0 of none."""
    left = sum(times.values()) * share
    for time in sorted(times):
        left -= times[time]
        if left <= 0:
            return time
    return 0.0
