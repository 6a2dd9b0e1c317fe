"""From a run to its replay, tasks needed and shortfall: what the services were asked for, and what they had."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surgeproof.launch.plan import LaunchPlan
from surgeproof.launch.records import LoadResult, SampleHistogram, StepInfo, SupplyPoint
from surgeproof.rehearsal.preparation import Prepared, RunSketch
from surgeproof.scaling.demand import ExpectedDemand
from surgeproof.scaling.needed import needed_series, tasks_needed_worker
from surgeproof.scaling.replay import replay
from surgeproof.scaling.replay_inputs import ReplayInputs, Taker
from surgeproof.scaling.resample import resample
from surgeproof.scaling.shortfall import Shortfall, shortfall

RESAMPLES = 20
NO_LATENCY_LIMIT = 2.0
"""Seconds of p95 that tasks needed are counted with where the plan has no p95 gate."""


@dataclass(frozen=True)
class WorkerService:
    """A service that works a queue off."""

    name: str
    processing_time: float


@dataclass(frozen=True)
class Judged:
    """Tasks needed, shortfall and replay of a run."""

    needed: dict[str, list[tuple[float, int]]] = field(default_factory=dict)
    shortfalls: dict[str, Shortfall] = field(default_factory=dict)
    replays: list[list[SampleHistogram]] | None = None
    own_speed_replay: list[SampleHistogram] | None = None


def latency_limit(plan: LaunchPlan) -> float:
    """Tightest p95 gate over all steps, seconds; what tasks needed are counted with."""
    limits = [gate.max for gate in plan.gates if gate.metric == "p95" and gate.step == "*" and gate.max is not None]
    return min(limits, default=NO_LATENCY_LIMIT)


def replay_inputs(
    prepared: Prepared,
    run: RunSketch,
    load: LoadResult,
    samples: NDArray[Any],
    webs: Sequence[Taker],
    supply: Sequence[SupplyPoint],
) -> ReplayInputs:
    """The run as the replay needs it; journeys that overload cut short are completed from their sketch."""
    return ReplayInputs.from_run(
        curve=prepared.curve,
        rows=samples,
        journeys=load.journeys,
        steps=load.steps,
        takers=webs,
        supply=supply,
        timeout=prepared.plan.journeys.request_timeout,
        sketch=run.sketch,
        arrivals=run.arrivals,
    )


def web_needed(
    prepared: Prepared,
    run: RunSketch,
    load: LoadResult,
    samples: NDArray[Any],
    web: Taker,
    expected: ExpectedDemand,
) -> list[tuple[float, int]]:
    """Tasks of one service needed in each launch minute by the run's visitors.

    Counted twice, and the larger figure taken: from the requests that were made, and from those that the same
    visitors would have made on a site that answers at once. Visitors who give up in overload ask for less than
    the launch would; without them a ceiling would be raised by too little.
    """
    demand = web.demand

    def count(due_at: NDArray[Any], steps: Sequence[StepInfo], step: NDArray[Any]) -> list[tuple[float, int]]:
        cpu = np.array([demand.ms(each.method, each.path) / 1000 for each in steps])
        taken = np.array([each.name in expected.steps for each in steps], dtype=bool)[step]
        return needed_series(
            due_at[taken],
            cpu[step[taken]],
            expected,
            speed=load.speed,
            scale=load.scale,
            share=web.share,
            latency_limit=latency_limit(prepared.plan),
        )

    rows = run.sketch.rows
    made = count(samples["due_at"], load.steps, samples["step"])
    meant = count(run.arrivals[rows["number"]] + rows["delay"], run.sketch.steps, rows["step"])
    return [(at, max(first, second)) for (at, first), (_, second) in zip(made, meant, strict=True)]


def orders_of(prepared: Prepared, expected: Mapping[str, ExpectedDemand]) -> ExpectedDemand | None:
    """Expected demand of the service that takes the orders; None when no journey places one."""
    step = prepared.plan.journeys.order_step
    return next((each for each in expected.values() if step in each.steps), None)


def worker_needed(
    prepared: Prepared, expected: Mapping[str, ExpectedDemand], worker: WorkerService, period: float = 60.0
) -> list[tuple[float, int]]:
    """Workers needed in each launch minute by the orders that the plan expects."""
    orders, step = orders_of(prepared, expected), prepared.plan.journeys.order_step
    if orders is None:
        return []
    starts = np.arange(0.0, prepared.curve.duration, period)
    rates = orders.step_requests(step, starts + period / 2)
    return [
        (float(start), tasks_needed_worker(float(rate), worker.processing_time))
        for start, rate in zip(starts, rates, strict=True)
    ]


def judge_demand(
    prepared: Prepared,
    run: RunSketch,
    load: LoadResult,
    samples: NDArray[Any],
    supply: Sequence[SupplyPoint],
    expected: Mapping[str, ExpectedDemand],
    webs: Sequence[Taker],
    workers: Sequence[WorkerService],
) -> Judged:
    """Tasks needed, shortfalls and the replays of a rehearsal."""
    until = prepared.curve.duration
    needed = {web.name: web_needed(prepared, run, load, samples, web, expected[web.name]) for web in webs}
    for worker in workers:
        needed[worker.name] = worker_needed(prepared, expected, worker)
    inputs = replay_inputs(prepared, run, load, samples, webs, supply)
    seeds = [load.seed * 1000 + number for number in range(RESAMPLES)]
    return Judged(
        needed=needed,
        # A queue may lag behind and catch up: what its lag costs is judged by the queue's age.
        shortfalls={web.name: shortfall(needed[web.name], supply, service=web.name, until=until) for web in webs},
        replays=resample(inputs, seeds),
        own_speed_replay=replay(inputs, seed=load.seed, speed=load.speed, scale=load.scale),
    )
