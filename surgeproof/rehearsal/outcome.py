"""What a load left: what it measured, or, where its process was killed, what it had told of its progress until then."""

from __future__ import annotations

import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surgeproof.launch.arrivals import draw_arrivals
from surgeproof.launch.curve import Curve
from surgeproof.launch.records import LoadResult, PhaseCount
from surgeproof.load.errors import LoadProcessError
from surgeproof.load.process import LoadProcess
from surgeproof.load.run_config import RunConfig
from surgeproof.rehearsal.preparation import Prepared
from surgeproof.rehearsal.watching import Watch
from surgeproof.verdict.live import LiveView


@dataclass(frozen=True)
class Outcome:
    """The end of a load.

    Attributes:
        result: What it reports; of a lost load without workers, requests and orders, which nobody knows.
        samples: All requests (`SAMPLE_DTYPE`); None of a lost load.
    """

    result: LoadResult
    samples: NDArray[Any] | None


def follow(
    watch: Watch,
    load: LoadProcess,
    view: LiveView,
    prepared: Prepared,
    config: RunConfig,
    snapshot: Callable[[], Mapping[str, Any]] | None = None,
) -> Outcome:
    """Follow a load to its end.

    Raises:
        LoadProcessError: It ended of itself without a result, or hangs.
    """
    try:
        result = watch.follow(load, view, snapshot)
    except LoadProcessError:
        number = load.killed_by
        if number is None:
            raise
        reason = f"the load process was ended by signal {number} ({signal.strsignal(number)})"
        return Outcome(lost(prepared, config, watch.delivered, reason), None)
    with np.load(config.folder / "samples.npz") as files:
        return Outcome(result, files["samples"])


def lost(prepared: Prepared, config: RunConfig, delivered: int, reason: str) -> LoadResult:
    """The result of a load that could write none: its arrivals were delivered in the order in which they were due.

    Args:
        prepared: The plan and its curve.
        config: How the load was started.
        delivered: Journeys that it had started by its last line of progress.
        reason: What happened to it.
    """
    arrivals = draw_arrivals(prepared.curve, seed=config.seed, speed=config.speed, scale=config.scale)
    return LoadResult(
        run_id=config.run_id,
        seed=config.seed,
        speed=config.speed,
        scale=config.scale,
        journeys=list(prepared.plan.journeys.mix),
        steps=[],
        phases=_phases(prepared.curve, arrivals, delivered),
        histograms=[],
        status_counts={},
        blocked=0,
        workers=[],
        in_flight_max=0,
        clock_jump_s=0.0,
        aborted_by=reason,
    )


def _phases(curve: Curve, arrivals: NDArray[np.float64], delivered: int) -> list[PhaseCount]:
    counts: list[PhaseCount] = []
    for phase in curve.phases:
        first, end = np.searchsorted(arrivals, [phase.start, phase.end])
        counts.append(
            PhaseCount(
                phase=phase.name,
                arrivals_planned=int(end - first),
                arrivals_delivered=int(min(max(delivered - first, 0), end - first)),
                orders_expected=0,
                orders_placed=0,
                journeys_failed=0,
            )
        )
    return counts
