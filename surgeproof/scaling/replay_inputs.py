"""What a replay needs of a run. Small enough to be handed to another process."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from surgeproof.launch.curve import Curve
from surgeproof.launch.demand import CpuDemand
from surgeproof.launch.records import StepInfo, SupplyPoint
from surgeproof.scaling.demand import SketchLike
from surgeproof.scaling.errors import ReplayError
from surgeproof.scaling.journey_pool import Groups, RunSketch, align_sketch, pool_from_run
from surgeproof.scaling.task_pool import Balancing
from surgeproof.scaling.visits import JourneyPool


@dataclass(frozen=True, slots=True, eq=False)
class ReplayInputs:
    """A run, as the replay needs it. Made by ``from_run``.

    Attributes:
        curve: The plan's curve, at scale 1.
        pool: The run's journeys.
        groups: Which of them belong to which phase and kind.
        residuals: By step, seconds of each answer that were neither waiting nor work on the virtual CPU.
        journeys: Names, by number of the kind.
        steps: Names, by number.
        service_seconds: Seconds on the virtual CPU of each step: CPU / share.
        serving: Launch second and the tasks serving from then on.
        timeout: Real seconds after which a visitor gives up.
        balancing: How requests find a task.
    """

    curve: Curve
    pool: JourneyPool = field(repr=False)
    groups: Groups = field(repr=False)
    residuals: dict[int, NDArray[np.float64]] = field(repr=False)
    journeys: tuple[str, ...]
    steps: tuple[str, ...]
    service_seconds: NDArray[np.float64]
    serving: tuple[tuple[float, int], ...]
    timeout: float
    balancing: Balancing = "least-connections"

    @classmethod
    def from_run(
        cls,
        *,
        curve: Curve,
        rows: NDArray[Any],
        journeys: Sequence[str],
        steps: Sequence[StepInfo],
        demand: CpuDemand,
        share: float,
        supply: Iterable[SupplyPoint],
        service: str,
        timeout: float,
        sketch: SketchLike | None = None,
        arrivals: NDArray[np.float64] | None = None,
        balancing: Balancing = "least-connections",
    ) -> Self:
        """Take from a run what its replay needs.

        Args:
            curve: The plan's curve, at scale 1.
            rows: The run's samples, ``SAMPLE_DTYPE``.
            journeys: Names, by the index in ``rows``.
            steps: Steps, by the index in ``rows``.
            demand: CPU milliseconds by route.
            share: Virtual CPUs of one task.
            supply: The run's supply points.
            service: Whose tasks answer the visitors.
            timeout: Real seconds after which a visitor gives up.
            sketch: The sketch of the run's own arrivals (numbers are arrival numbers): completes the journeys
                that were cut short.
            arrivals: The run's arrivals, launch seconds; needed with ``sketch``.
            balancing: How requests find a task.

        Raises:
            ReplayError: No supply of that service, no journey, or no CPU share.
        """
        serving = tuple((p.at, p.serving) for p in sorted(supply, key=lambda p: p.at) if p.service == service)
        if not serving:
            raise ReplayError("nothing is known of the tasks that served", path=service)
        if not share > 0:
            raise ReplayError("a task has no virtual CPU", path=service, got=share, allowed="more than 0")
        known = {step.name for step in steps}
        every = [*steps, *(step for step in (sketch.steps if sketch else ()) if step.name not in known)]
        kinds = [*journeys, *(name for name in (sketch.journeys if sketch else ()) if name not in journeys)]
        names = tuple(step.name for step in every)
        drawn = None
        if sketch is not None:
            if arrivals is None:
                raise ReplayError("a sketch needs the arrivals that it is of")
            drawn = RunSketch(align_sketch(sketch, kinds, names), arrivals)
        pool, groups = pool_from_run(rows, curve, drawn)
        service_seconds = np.array([demand.ms(step.method, step.path) / 1000 / share for step in every])
        return cls(
            curve=curve,
            pool=pool,
            groups=groups,
            residuals=residuals(rows, service_seconds),
            journeys=tuple(kinds),
            steps=names,
            service_seconds=service_seconds,
            serving=serving,
            timeout=timeout,
            balancing=balancing,
        )


def residuals(rows: NDArray[Any], service_seconds: NDArray[np.float64]) -> dict[int, NDArray[np.float64]]:
    """By step, what of each answer's time was neither waiting nor work: database, payment, network; 0 or more.

    Args:
        rows: ``SAMPLE_DTYPE``; rows without an answer, or whose wait was not told, say nothing.
        service_seconds: Seconds on the virtual CPU by step.
    """
    rows = rows[(rows["status"] > 0) & np.isfinite(rows["waited"]) & np.isfinite(rows["raw"])]
    rest = rows["raw"].astype(np.float64) - rows["waited"] - service_seconds[rows["step"]]
    return {step: np.maximum(rest[rows["step"] == step], 0.0) for step in np.unique(rows["step"]).tolist()}
