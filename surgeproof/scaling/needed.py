"""Tasks needed: how many carry a rate of requests within the latency gate."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from surgeproof.scaling.demand import ExpectedDemand
from surgeproof.scaling.shrink import PSEUDO_COUNTS, WINDOW, full_rate

MAX_UTILISATION = 0.95
"""Above it, the wait depends on luck (rehearsal studies: between 0.92 and 1.0 the outcome flips)."""
_TAIL = 0.05
_MOST_TASKS = 100_000


def wait_p95(tasks: int, utilisation: float, service: float, cv2: float = 0.0) -> float:
    """95th percentile of the wait, seconds, of ``tasks`` FIFO servers behind least-connections.

    ``W95 = max(0, S (1 + cv²) / 2 · ln(P / 0.05) / (n (1 - rho)))`` with the probability of waiting
    ``P = rho ^ sqrt(2 (n + 1))`` (Sakasegawa 1977). Within 7 % of simulation for rho >= 0.7.

    Args:
        tasks: n, 1 or more.
        utilisation: rho, below 1.
        service: S, seconds on the virtual CPU.
        cv2: Squared coefficient of variation of S.
    """
    waits = utilisation ** math.sqrt(2 * (tasks + 1))
    if waits <= _TAIL:
        return 0.0
    return service * (1 + cv2) / 2 * math.log(waits / _TAIL) / (tasks * (1 - utilisation))


def tasks_needed(rate: float, cpu_seconds: float, share: float, latency_limit: float, cv2: float = 0.0) -> int:
    """Smallest number of tasks with ``rho <= 0.95`` and ``S + W95 <= latency_limit``.

    A limit below S itself can be met by no number of tasks: then rho alone decides, and the latency gate tells
    the rest.

    Args:
        rate: Requests per second.
        cpu_seconds: CPU seconds that a request takes on average.
        share: Virtual CPUs of one task.
        latency_limit: Seconds of the 95th percentile.
        cv2: Squared coefficient of variation of the CPU seconds.
    """
    service = cpu_seconds / share
    load = rate * service
    if load <= 0:
        return 0
    tasks = max(1, math.ceil(load / MAX_UTILISATION - 1e-9))
    if service >= latency_limit:
        return tasks
    while service + wait_p95(tasks, load / tasks, service, cv2) > latency_limit and tasks < _MOST_TASKS:
        tasks += 1
    return tasks


def tasks_needed_worker(rate: float, processing_time: float) -> int:
    """Smallest number of queue workers that keep up: ``rate · time / n <= 0.95``.

    Args:
        rate: Messages per second.
        processing_time: Seconds that one message takes one worker.
    """
    return math.ceil(rate * processing_time / MAX_UTILISATION - 1e-9) if rate > 0 else 0


def needed_series(
    due_at: ArrayLike,
    cpu_seconds: ArrayLike,
    expected: ExpectedDemand,
    *,
    speed: float,
    scale: float = 1.0,
    share: float,
    latency_limit: float,
    period: float = 60.0,
) -> list[tuple[float, int]]:
    """Tasks needed in each launch minute of a run.

    Rate and CPU load are the shrunk ones: ``E·R + (A - E·R) · sqrt(scale / speed)``, with the ratio R over the
    trailing 10 launch minutes.

    Args:
        due_at: Launch second of each request of the run, in any order.
        cpu_seconds: CPU seconds of each of them.
        expected: What the plan expects at scale 1.
        speed: Launch seconds in one real second.
        scale: Share of the plan's arrivals that was driven.
        share: Virtual CPUs of one task.
        latency_limit: Seconds of the 95th percentile.
        period: Launch seconds of one entry.

    Returns:
        Launch second at which the period starts, and the tasks needed in it.
    """
    times, work = np.asarray(due_at, dtype=np.float64), np.asarray(cpu_seconds, dtype=np.float64)
    duration = float(expected.times[-1])
    starts = np.arange(0.0, duration - period / 2, period)
    bins = np.append(starts, starts[-1] + period)
    counts = np.histogram(times, bins)[0].astype(np.float64)
    cpu = np.histogram(times, bins, weights=work)[0]
    variation = float(work.var() / work.mean() ** 2) if len(work) and work.mean() > 0 else 0.0
    noise = float(np.sqrt(scale / speed))
    awaited = np.array([expected.mean_requests(a, a + period) for a in starts])
    awaited_cpu = np.array([expected.mean_cpu(a, a + period) for a in starts])
    planned = np.array([expected.awaited(a, a + period, speed=speed, scale=scale) for a in starts])
    ratio = _trailing_ratio(counts, planned, round(WINDOW / period))
    series: list[tuple[float, int]] = []
    for k, start in enumerate(starts.tolist()):
        rate, load = awaited[k] * ratio[k], awaited_cpu[k] * ratio[k]
        rate += (full_rate(counts[k], period, speed=speed, scale=scale) - rate) * noise
        load += (full_rate(cpu[k], period, speed=speed, scale=scale) - load) * noise
        mean = load / rate if rate > 0 else 0.0
        series.append((start, tasks_needed(rate, mean, share, latency_limit, variation) if rate > 0 else 0))
    return series


def _trailing_ratio(counts: NDArray[np.float64], planned: NDArray[np.float64], window: int) -> NDArray[np.float64]:
    def trailing(values: NDArray[np.float64]) -> NDArray[np.float64]:
        total = np.concatenate(([0.0], np.cumsum(values)))
        last = np.arange(1, len(values) + 1)
        return total[last] - total[np.maximum(last - window, 0)]

    return (trailing(counts) + PSEUDO_COUNTS) / (trailing(planned) + PSEUDO_COUNTS)
