"""The curve: arrivals per second over launch time, as piecewise linear knots with their phases."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from surgeproof.launch.errors import PlanError
from surgeproof.launch.model import LaunchPlan
from surgeproof.launch.phases import PhasedCurve
from surgeproof.launch.shapes import Knots, shape_knots
from surgeproof.launch.traced import TracedCurve, TraceRecord

Floats = npt.NDArray[np.float64]

JUMP = 1e-3
"""Launch seconds in which the rate jumps: knots rise strictly, so that any interpolation reads them alike."""


@dataclass(frozen=True, slots=True)
class Phase:
    """A named window of the curve.

    Attributes:
        name: Unique in its curve.
        kind: warm-up, surge, peak, hold or drain.
        start: Launch second of its start.
        end: Launch second of its end: the start of the next.
        mix: Journey name to its share of the arrivals.
    """

    name: str
    kind: str
    start: float
    end: float
    mix: dict[str, float] = field(default_factory=dict)

    @property
    def duration(self) -> float:
        """Launch seconds."""
        return self.end - self.start


class Ramp(NamedTuple):
    """The steepest rise within a window."""

    ratio: float
    """Rate at its end over rate at its start."""
    start: float
    """Launch second of its start."""


@dataclass(frozen=True, eq=False)
class Curve:
    """Arrivals per second at scale 1, linear between knots.

    Attributes:
        times: Launch seconds of the knots, strictly rising, from 0 to the end.
        rates: Arrivals per second at the knots.
        phases: In their order, without gaps, from 0 to the end.
        launch_at: Launch second of the launch moment.
        start: Date and time with zone of launch second 0.
    """

    times: Floats
    rates: Floats
    phases: tuple[Phase, ...]
    launch_at: float
    start: datetime

    @property
    def duration(self) -> float:
        """Launch seconds from the first knot to the last."""
        return float(self.times[-1])

    @property
    def peak(self) -> float:
        """Highest rate, arrivals per second at scale 1."""
        return float(self.rates.max())

    @cached_property
    def cumulative(self) -> Floats:
        """Integral of the rate from 0 to each knot: arrivals at speed 1 and scale 1."""
        areas = np.diff(self.times) * (self.rates[1:] + self.rates[:-1]) / 2
        return np.concatenate(([0.0], np.cumsum(areas)))

    def rate(self, at: npt.ArrayLike) -> Floats:
        """Arrivals per second at launch seconds; 0 outside the curve."""
        return np.interp(np.asarray(at, dtype=np.float64), self.times, self.rates, left=0.0, right=0.0)

    def integral(self, at: npt.ArrayLike) -> Floats:
        """Integral of the rate from 0 to launch seconds (∫λ): expected arrivals at speed 1 and scale 1."""
        at = np.clip(np.asarray(at, dtype=np.float64), 0.0, self.duration)
        segment = np.clip(np.searchsorted(self.times, at, side="right") - 1, 0, len(self.times) - 2)
        since = at - self.times[segment]
        return self.cumulative[segment] + since * (self.rates[segment] + self.rate(at)) / 2

    def inverse(self, area: npt.ArrayLike) -> Floats:
        """Launch seconds at which the integral reaches an area: the inverse of ``integral``.

        Within a segment with rate r and slope s, the time t after its start solves r t + s t²/2 = a;
        t = 2a / (r + sqrt(r² + 2 s a)) keeps its digits where s is near 0.
        """
        area = np.clip(np.asarray(area, dtype=np.float64), 0.0, self.cumulative[-1])
        segment = np.clip(np.searchsorted(self.cumulative, area, side="right") - 1, 0, len(self.times) - 2)
        rest = area - self.cumulative[segment]
        length = np.diff(self.times)[segment]
        rate = self.rates[segment]
        slope = (self.rates[segment + 1] - rate) / length
        below = rate + np.sqrt(np.maximum(rate * rate + 2 * slope * rest, 0.0))
        since = np.divide(2 * rest, below, out=np.zeros_like(rest), where=below > 0)
        return self.times[segment] + np.clip(since, 0.0, length)

    def count(self, start: float, end: float) -> float:
        """Expected arrivals between two launch seconds, at speed 1 and scale 1."""
        return float(self.integral(end) - self.integral(start))

    def phase_index(self, at: npt.ArrayLike) -> npt.NDArray[np.intp]:
        """Index of the phase at launch seconds; the first before the curve, the last after it."""
        starts = np.array([phase.start for phase in self.phases])
        return np.clip(np.searchsorted(starts, np.asarray(at), side="right") - 1, 0, len(starts) - 1)

    def phase_at(self, at: float) -> Phase:
        """Phase at a launch second; the first before the curve, the last after it."""
        return self.phases[int(self.phase_index(at))]

    def steepest(self, window: float) -> Ramp | None:
        """Steepest rise within a window of launch seconds, from no less than 1 % of the peak.

        The ratio of two linear pieces is monotone between knots, so looking at the knots finds the exact maximum.
        None where the curve is shorter than the window.
        """
        candidates = np.concatenate((self.times, self.times - window))
        starts = candidates[(candidates >= 0) & (candidates <= self.duration - window)]
        starts = np.unique(starts)
        before = self.rate(starts)
        starts, before = starts[before >= self.peak / 100], before[before >= self.peak / 100]
        if not len(starts):
            return None
        ratios = self.rate(np.minimum(starts + window, self.duration)) / before
        best = int(ratios.argmax())
        return Ramp(float(ratios[best]), float(starts[best]))


def compile_curve(plan: LaunchPlan) -> Curve:
    """The curve of a plan, with its phases and the date of its start.

    Raises:
        PlanError: When the plan's history was not read yet (``load_plan`` does it).
    """
    if isinstance(plan.curve, TracedCurve):
        if plan.curve.record is None:
            raise PlanError("the history has not been read", field="curve.trace", fix="Read the plan with load_plan")
        knots, phases = _traced(plan.curve, plan.curve.record, plan.journeys.mix)
    else:
        knots, phases = _phased(plan.curve, plan.journeys.mix)
    times, rates = (np.array(column) for column in zip(*knots, strict=True))
    launch_at = next((phase.start for phase in phases if phase.kind != "warm-up"), 0.0)
    moment = plan.launch.moment
    # Through UTC: wall-clock arithmetic would be an hour off where clocks change in between.
    start = (moment.astimezone(UTC) - timedelta(seconds=launch_at)).astimezone(moment.tzinfo)
    return Curve(times=times, rates=rates, phases=tuple(phases), launch_at=launch_at, start=start)


def _phased(curve: PhasedCurve, mix: dict[str, float]) -> tuple[Knots, list[Phase]]:
    knots: Knots = []
    phases: list[Phase] = []
    at = 0.0
    for spec in curve.phases:
        end = at + spec.duration
        before = knots[-1][1] if knots else 0.0
        for time, rate in shape_knots(spec, at, before):
            _add(knots, time, rate)
        phases.append(Phase(spec.name, spec.kind, at, end, dict(spec.mix or mix)))
        at = end
    return knots, phases


def _add(knots: Knots, time: float, rate: float) -> None:
    if not knots or time > knots[-1][0]:
        knots.append((time, rate))
    elif rate != knots[-1][1]:
        knots.append((knots[-1][0] + JUMP, rate))


def _traced(curve: TracedCurve, record: TraceRecord, mix: dict[str, float]) -> tuple[Knots, list[Phase]]:
    """Each interval's mean stands at its middle; the first and last half intervals are flat."""
    count = len(record.rates)
    duration = count * record.interval
    knots: Knots = [(0.0, record.rates[0])]
    knots += [((k + 0.5) * record.interval, rate) for k, rate in enumerate(record.rates)]
    knots.append((duration, record.rates[-1]))
    phases = [
        Phase(phase.kind, phase.kind, phase.start, phase.end, dict(curve.mix.get(phase.kind, mix)))
        for phase in record.phases
    ]
    return knots, phases
