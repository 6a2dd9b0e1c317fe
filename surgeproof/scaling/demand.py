"""Expected demand: requests and CPU seconds per second that the plan's arrivals bring, step by step."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from surgeproof.launch.curve import Curve
from surgeproof.launch.demand import CpuDemand
from surgeproof.launch.records import StepInfo

Floats = NDArray[np.float64]
GRID = 5.0
"""Launch seconds between two points of the expected demand."""


class SketchLike(Protocol):
    """Journeys that were run against a client that answers at once."""

    @property
    def journeys(self) -> Sequence[str]:
        """Names, by the index in ``rows``."""
        ...

    @property
    def steps(self) -> Sequence[StepInfo]:
        """Steps, by the index in ``rows``."""
        ...

    @property
    def rows(self) -> NDArray[Any]:
        """One row a request, ``SKETCH_DTYPE``."""
        ...


@dataclass(frozen=True, eq=False)
class ExpectedDemand:
    """Demand at full scale (scale 1), by launch time; linear between the points of a grid.

    ``E(t) = Σ_k p_k · mean[λ(t - D_k)]``: each request of a journey comes D_k after its arrival. Before the
    curve nobody comes, so the demand of the first minutes builds up, in the expectation as in the run.

    Attributes:
        times: Launch seconds.
        by_step: Requests per second, one row a step.
        steps: Names of the steps.
        cpu_seconds: CPU seconds that a request of each step takes.
        planned: Launch seconds at which the requests of this very run are due, when its arrivals were
            sketched; sorted. Real ones, at the run's speed and scale.
    """

    times: Floats
    by_step: Floats
    steps: tuple[str, ...]
    cpu_seconds: Floats
    planned: Floats | None = None

    @classmethod
    def from_sketch(
        cls, curve: Curve, sketch: SketchLike, demand: CpuDemand, steps: Collection[str] | None = None
    ) -> ExpectedDemand:
        """Expected demand of a curve whose journeys were sketched.

        Args:
            curve: Arrivals, and the mix of each phase.
            sketch: Journeys of each kind that the mixes name.
            demand: CPU milliseconds by route.
            steps: Names of the steps that count: those of one service; all when left out.
        """
        times = np.arange(0.0, curve.duration + GRID, GRID)
        by_step = np.zeros((len(sketch.steps), len(times)))
        rows = sketch.rows
        for kind, name in enumerate(sketch.journeys):
            of_kind = rows[rows["journey"] == kind]
            if not len(of_kind):
                continue
            sketched = len(np.unique(of_kind["number"]))
            arrivals = _rate_of(curve, name, times)
            for step in np.unique(of_kind["step"]):
                delays = of_kind["delay"][of_kind["step"] == step].astype(np.float64)
                by_step[step] += _after(arrivals, delays / GRID, sketched)
        counted = [place for place, step in enumerate(sketch.steps) if steps is None or step.name in steps]
        taken = [sketch.steps[place] for place in counted]
        cpu = np.array([demand.ms(step.method, step.path) / 1000 for step in taken])
        return cls(times, by_step[counted], tuple(step.name for step in taken), cpu)

    def with_planned(self, sketch: SketchLike, arrivals: Floats) -> Self:
        """The same, knowing the run's own requests.

        Measured requests are then compared with what these very visitors would ask for, not with an average:
        the ratio R is 1 but for what the shop did to them, without the noise of few journeys (in a run at
        speed 30, 10 launch minutes hold some 200 journeys, and R would be off by 5 to 7 %).

        Args:
            sketch: Of the run's own arrivals: numbers are arrival numbers.
            arrivals: Launch seconds.
        """
        counted = np.array([step.name in self.steps for step in sketch.steps], dtype=bool)
        rows = sketch.rows[counted[sketch.rows["step"]]]
        due = arrivals[rows["number"]] + rows["delay"]
        return replace(self, planned=np.sort(due))

    def awaited(self, start: float, end: float, *, speed: float, scale: float) -> float:
        """Real requests that a run should see between two launch seconds."""
        if self.planned is not None:
            return float(np.diff(np.searchsorted(self.planned, [start, end], side="right"))[0])
        return self.mean_requests(start, end) * (end - start) * scale / speed

    def step_requests(self, step: str, at: ArrayLike) -> Floats:
        """Requests per second of one step at launch seconds."""
        return self._at(self.by_step[self.steps.index(step)], at)

    def requests(self, at: ArrayLike) -> Floats:
        """Requests per second at launch seconds."""
        return self._at(self.by_step.sum(axis=0), at)

    def cpu(self, at: ArrayLike) -> Floats:
        """CPU seconds per second at launch seconds: the virtual CPUs that full use would take."""
        return self._at(self.cpu_seconds @ self.by_step, at)

    def mean_requests(self, start: float, end: float) -> float:
        """Requests per second, mean between two launch seconds."""
        return float(self.requests(_within(start, end)).mean())

    def mean_cpu(self, start: float, end: float) -> float:
        """CPU seconds per second, mean between two launch seconds."""
        return float(self.cpu(_within(start, end)).mean())

    def _at(self, series: Floats, at: ArrayLike) -> Floats:
        return np.interp(np.asarray(at, dtype=np.float64), self.times, series, left=0.0)


def _within(start: float, end: float) -> Floats:
    count = max(1, round((end - start) / GRID))
    return start + (np.arange(count) + 0.5) * (end - start) / count


def _rate_of(curve: Curve, journey: str, times: Floats) -> Floats:
    """Arrivals per second of one kind of journey: mean over each grid cell that ends at the time."""
    starts = np.maximum(times - GRID, 0.0)
    rate = (curve.integral(times) - curve.integral(starts)) / GRID
    middle = np.clip(times - GRID / 2, 0.0, curve.duration)
    shares = np.array([phase.mix.get(journey, 0.0) for phase in curve.phases])
    return rate * shares[curve.phase_index(middle)]


def _after(arrivals: Floats, delays: Floats, journeys: int) -> Floats:
    """Convolve arrivals with the delays of a step, both in cells; a delay is spread over its two cells."""
    size = len(arrivals)
    cell = np.floor(delays).astype(np.int64)
    part = delays - cell
    kernel = np.bincount(np.minimum(cell, size), weights=1 - part, minlength=size + 2)
    kernel += np.bincount(np.minimum(cell + 1, size + 1), weights=part, minlength=size + 2)
    # A cell's arrivals come on average half a cell before its end: half of a request made at once falls due there.
    return np.convolve(arrivals, kernel[:size] / journeys)[:size]
