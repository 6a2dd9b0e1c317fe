"""Visits: drawn journeys laid out flat, one entry a request, so that the event loop is nothing but lists."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class JourneyPool:
    """Journeys to draw from, as runs of requests in flat arrays.

    Attributes:
        first: Index of each journey's first request.
        length: Requests of each journey, at least 1.
        step: Step of each request.
        think: Launch seconds of think time before each request (of the first: 0).
        failed: Whether the shop failed this request in the run (not by a timeout).
    """

    first: NDArray[np.int64]
    length: NDArray[np.int64]
    step: NDArray[np.int64]
    think: NDArray[np.float64]
    failed: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Visits:
    """Every request that the drawn visitors would make, in order within a visit. Times are real seconds.

    Attributes:
        start: When each visit starts, sorted.
        first: Index of each visit's first request.
        source: For each request, its index in the pool.
        step: Step of each request.
        think: Real seconds before each request; -1 for a visit's first.
        service: Seconds on the virtual CPU.
        residual: Seconds that are neither waiting nor work on the virtual CPU (database, network, payment).
    """

    start: NDArray[np.float64]
    first: NDArray[np.int64]
    source: NDArray[np.int64]
    step: NDArray[np.int64]
    think: NDArray[np.float64]
    service: NDArray[np.float64]
    residual: NDArray[np.float64]


def lay_out(
    start: NDArray[np.float64],
    drawn: NDArray[np.int64],
    pool: JourneyPool,
    *,
    speed: float,
    service_by_step: NDArray[np.float64],
    residuals: dict[int, NDArray[np.float64]],
    rng: np.random.Generator,
) -> Visits:
    """Lay the drawn journeys out flat.

    Args:
        start: Real seconds at which each visit starts, sorted.
        drawn: For each visit, the number of its journey in the pool.
        pool: The journeys.
        speed: Launch seconds in one real second: think time is divided by it.
        service_by_step: Seconds on the virtual CPU for each step.
        residuals: For each step, measured residuals to draw from; a step without any has none.
        rng: Source of the drawn residuals.
    """
    length = pool.length[drawn]
    total = int(length.sum())
    first = np.concatenate(([0], np.cumsum(length)[:-1])).astype(np.int64) if len(length) else length
    offset = np.arange(total) - np.repeat(first, length)
    source = np.repeat(pool.first[drawn], length) + offset
    step = pool.step[source]
    think = np.where(offset == 0, -1.0, pool.think[source] / speed)
    residual = np.zeros(total)
    for number, measured in residuals.items():
        here = np.flatnonzero(step == number)
        if len(measured) and len(here):
            residual[here] = measured[rng.integers(0, len(measured), len(here))]
    return Visits(start, first, source, step, think, service_by_step[step], residual)
