"""The twin: autoscaler and queue together at any speed, so that settings can be judged without a live run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surgeproof.launch.arrivals import draw_arrivals, draw_journeys
from surgeproof.launch.curve import Curve
from surgeproof.launch.demand import CpuDemand
from surgeproof.launch.records import SAMPLE_DTYPE, SKETCH_DTYPE, MetricPoint, ScalingEvent, StepInfo, SupplyPoint
from surgeproof.scaling.autoscaler import ServiceAutoscaler
from surgeproof.scaling.demand import ExpectedDemand, SketchLike
from surgeproof.scaling.journey_pool import draw_from, group_sketch, pool_from_sketch
from surgeproof.scaling.queue_run import QueueRun, run_queue
from surgeproof.scaling.shrink import ShrunkMetrics
from surgeproof.scaling.task_pool import Balancing, TaskPool
from surgeproof.scaling.twin_fleet import TwinFleet
from surgeproof.scaling.visits import Visits, lay_out

START_DELAY = 57.0
"""Launch seconds from a decision to a running Fargate task (elasticscale.com, 413 MB image, mean)."""
HEALTH_DELAY = 20.0
"""Launch seconds from running to healthy."""


@dataclass(frozen=True, slots=True, eq=False)
class TwinSketch:
    """The sketch of a twin's own arrivals; see ``SketchLike``."""

    journeys: list[str]
    steps: list[StepInfo]
    rows: NDArray[Any] = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class TwinRun:
    """What a simulated run left behind, in the records of a real one.

    Attributes:
        rows: ``SAMPLE_DTYPE``, to be replayed or counted.
        supply: Tasks, at each change.
        events: What the autoscaler did.
        metrics: Datapoints, raw and shrunk.
        expected: Expected demand.
        journeys: Names, by index in ``rows``.
        steps: Names, by index in ``rows``.
        arrivals: Launch seconds.
        sketch: What these very visitors would have done on a site that answers at once.
    """

    rows: NDArray[Any] = field(repr=False)
    supply: list[SupplyPoint]
    events: list[ScalingEvent]
    metrics: list[MetricPoint]
    expected: ExpectedDemand
    journeys: tuple[str, ...]
    steps: tuple[str, ...]
    arrivals: NDArray[np.float64] = field(repr=False)
    sketch: TwinSketch = field(repr=False)


def simulate(
    curve: Curve,
    sketch: SketchLike,
    demand: CpuDemand,
    share: float,
    autoscaler: Callable[[], ServiceAutoscaler],
    *,
    seed: int,
    speed: float = 1.0,
    scale: float = 1.0,
    shrunk: bool = True,
    start_delay: float = START_DELAY,
    health_delay: float = HEALTH_DELAY,
    timeout: float = 10.0,
    balancing: Balancing = "least-connections",
    tick: float = 5.0,
) -> TwinRun:
    """Simulate a launch with its autoscaler.

    Args:
        curve: The plan's curve.
        sketch: Journeys to draw from, by kind.
        demand: CPU milliseconds by route.
        share: Virtual CPUs of a task.
        autoscaler: Makes a fresh autoscaler for the run.
        seed: The same seed gives the same run.
        speed: Launch seconds in one real second.
        scale: Share of the plan's arrivals.
        shrunk: Let the autoscaler read the shrunk metrics; raw ones show what they are good for.
        start_delay: Launch seconds from decision to running.
        health_delay: Launch seconds from running to healthy.
        timeout: Real seconds after which a visitor gives up.
        balancing: How requests find a task.
        tick: Launch seconds between two looks of the autoscaler.
    """
    expected = ExpectedDemand.from_sketch(curve, sketch, demand)
    rng = np.random.default_rng([seed, 2])
    pool, sketched_kinds = pool_from_sketch(sketch.rows)
    groups = group_sketch(sketched_kinds, len(curve.phases))
    arrivals = draw_arrivals(curve, seed=seed, speed=speed, scale=scale)
    names, kinds = draw_journeys(curve, arrivals, seed=seed)
    number = np.array([list(sketch.journeys).index(name) for name in names], dtype=np.int64)
    drawn = draw_from(groups, curve.phase_index(arrivals), number[kinds], rng)
    visits = lay_out(
        arrivals / speed,
        drawn,
        pool,
        speed=speed,
        service_by_step=expected.cpu_seconds / share,
        residuals={},
        rng=rng,
    )
    own = TwinSketch(list(sketch.journeys), list(sketch.steps), _sketched(visits, number[kinds], speed))
    expected = expected.with_planned(own, arrivals)
    scaler = autoscaler()
    tasks = TaskPool(scaler.desired, seed=seed, balancing=balancing)
    metrics = ShrunkMetrics(expected, speed=speed, scale=scale)
    fleet = TwinFleet(
        scaler,
        tasks,
        metrics,
        share=share,
        shrunk=shrunk,
        start_delay=start_delay,
        health_delay=health_delay,
        tick=tick,
    )
    run = run_queue(
        visits, [tasks], until=curve.duration / speed, timeout=timeout, control=fleet.control, control_at=0.0
    )
    rows = _rows(visits, run, arrivals, number[kinds], speed)
    steps = tuple(step.name for step in sketch.steps)
    return TwinRun(
        rows=rows,
        supply=fleet.supply,
        events=fleet.events,
        metrics=fleet.points,
        expected=expected,
        journeys=tuple(sketch.journeys),
        steps=steps,
        arrivals=arrivals,
        sketch=own,
    )


def _sketched(visits: Visits, kinds: NDArray[np.int64], speed: float) -> NDArray[Any]:
    """Rows of what the visitors would do on a site that answers at once."""
    length = np.diff(np.append(visits.first, len(visits.step)))
    visit = np.repeat(np.arange(len(length)), length)
    delay = np.cumsum(np.maximum(visits.think, 0.0)) * speed
    rows: NDArray[Any] = np.zeros(len(visits.step), dtype=SKETCH_DTYPE)
    rows["journey"] = kinds[visit]
    rows["number"] = visit
    rows["step"] = visits.step
    rows["delay"] = delay - delay[visits.first][visit]
    return rows


def _rows(
    visits: Visits, run: QueueRun, arrivals: NDArray[np.float64], kinds: NDArray[np.int64], speed: float
) -> NDArray[Any]:
    length = np.diff(np.append(visits.first, len(visits.step)))
    visit = np.repeat(np.arange(len(length)), length)
    made = np.flatnonzero(run.made)
    rows: NDArray[Any] = np.zeros(len(made), dtype=SAMPLE_DTYPE)
    visit = visit[made]
    rows["arrival"] = visit
    rows["journey"] = kinds[visit]
    rows["step"] = visits.step[made]
    rows["sequence"] = made - visits.first[visit]
    rows["arrived_at"] = arrivals[visit]
    rows["due_at"] = run.due[made] * speed
    rows["think"] = np.maximum(visits.think[made], 0.0) * speed
    rows["latency"] = rows["raw"] = run.latency[made]
    rows["waited"] = run.wait[made]
    rows["status"] = np.where(run.timed_out[made], -1, 200)
    rows["ok"] = ~run.timed_out[made]
    return rows
