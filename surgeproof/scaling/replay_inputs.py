"""What a replay needs of a run. Small enough to be handed to another process."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
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

Serving = tuple[tuple[float, int], ...]
"""Launch second and the tasks serving from then on."""


@dataclass(frozen=True, slots=True)
class Taker:
    """A service that takes requests.

    Attributes:
        name: As in the supply points.
        share: Virtual CPUs of one of its tasks.
        cpu_ms: CPU milliseconds by route.
        routes: Patterns of the paths that it takes, ``*`` and ``?`` as the load balancer has them; none for all that
            no other service takes.
    """

    name: str
    share: float
    cpu_ms: Mapping[str, float]
    routes: tuple[str, ...] = ()

    @property
    def demand(self) -> CpuDemand:
        """CPU milliseconds of a request."""
        return CpuDemand.parse(self.cpu_ms)

    def takes(self, path: str) -> bool:
        """Whether the load balancer sends this path to it; the query does not count."""
        plain = path.partition("?")[0]
        return not self.routes or any(_matches(route, plain) for route in self.routes)


def _matches(pattern: str, path: str) -> bool:
    expression = "".join({"*": ".*", "?": "."}.get(sign) or re.escape(sign) for sign in pattern)
    return re.fullmatch(expression, path) is not None


def taker_of(path: str, takers: Sequence[Taker]) -> int:
    """Index of the service that takes a path: the first that does, in the order in which the rules are asked.

    Raises:
        ReplayError: None of them does.
    """
    for place, taker in enumerate(takers):
        if taker.takes(path):
            return place
    raise ReplayError("no service takes this path", path=path, fix="Give one service no paths: it takes the rest")


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
        serving: Of each service that takes requests.
        taken_by: Index of the service that takes each step.
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
    serving: tuple[Serving, ...]
    taken_by: NDArray[np.int64]
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
        takers: Sequence[Taker],
        supply: Iterable[SupplyPoint],
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
            takers: The services that answer the visitors, in the order in which the load balancer asks them.
            supply: The run's supply points.
            timeout: Real seconds after which a visitor gives up.
            sketch: The sketch of the run's own arrivals (numbers are arrival numbers): completes the journeys
                that were cut short.
            arrivals: The run's arrivals, launch seconds; needed with ``sketch``.
            balancing: How requests find a task.

        Raises:
            ReplayError: No supply of that service, no journey, or no CPU share.
        """
        points = sorted(supply, key=lambda point: point.at)
        serving = tuple(tuple((p.at, p.serving) for p in points if p.service == taker.name) for taker in takers)
        for taker, known_serving in zip(takers, serving, strict=True):
            if not known_serving:
                raise ReplayError("nothing is known of the tasks that served", path=taker.name)
            if not taker.share > 0:
                raise ReplayError("a task has no virtual CPU", path=taker.name, got=taker.share, allowed="more than 0")
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
        taken_by = np.array([taker_of(step.path, takers) for step in every], dtype=np.int64)
        demands = [taker.demand for taker in takers]
        service_seconds = np.array(
            [
                demands[place].ms(step.method, step.path) / 1000 / takers[place].share
                for step, place in zip(every, taken_by.tolist(), strict=True)
            ]
        )
        return cls(
            curve=curve,
            pool=pool,
            groups=groups,
            residuals=residuals(rows, service_seconds),
            journeys=tuple(kinds),
            steps=names,
            service_seconds=service_seconds,
            serving=serving,
            taken_by=taken_by,
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
