"""The replay: the launch simulated event by event, with the measured timeline of serving tasks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from surgeproof.launch.arrivals import draw_arrivals, draw_journeys
from surgeproof.launch.records import SampleHistogram
from surgeproof.scaling.journey_pool import draw_from
from surgeproof.scaling.queue_run import Control, QueueRun, run_queue
from surgeproof.scaling.replay_histograms import histograms
from surgeproof.scaling.replay_inputs import ReplayInputs, Serving
from surgeproof.scaling.task_pool import TaskPool
from surgeproof.scaling.visits import Visits, lay_out


def replay(inputs: ReplayInputs, *, seed: int, speed: float = 1.0, scale: float = 1.0) -> list[SampleHistogram]:
    """Simulate the launch and return its latencies by phase and step ('corrected': there is no generator to lag).

    The plan's arrivals are drawn anew; the journeys, what each step takes besides the virtual CPU, and the
    tasks serving are the run's; each step goes to the service that takes it. A request's latency is its wait in the task's FIFO virtual CPU + CPU / share +
    a residual drawn from the run's rows of that step. A request that reaches the timeout counts as the timeout
    and as an error, ends its journey, and its work is still done. What the shop refused in the run is an error
    here too.

    Args:
        inputs: The run.
        seed: The same seed gives the same figures.
        speed: Launch seconds in one real second: 1 tells the truth; the run's own speed reproduces the run.
        scale: Share of the plan's arrivals.
    """
    visits, run = simulate(inputs, seed=seed, speed=speed, scale=scale)
    made = np.flatnonzero(run.made)
    return histograms(
        run.latency[made],
        run.timed_out[made] | inputs.pool.failed[visits.source[made]],
        visits.step[made],
        inputs.curve.phase_index(run.due[made] * speed),
        phases=[phase.name for phase in inputs.curve.phases],
        steps=inputs.steps,
    )


def simulate(inputs: ReplayInputs, *, seed: int, speed: float = 1.0, scale: float = 1.0) -> tuple[Visits, QueueRun]:
    """The replay, request by request: what was asked, and what became of it."""
    curve = inputs.curve
    rng = np.random.default_rng([seed, 1])
    arrivals = draw_arrivals(curve, seed=seed, speed=speed, scale=scale)
    names, kinds = draw_journeys(curve, arrivals, seed=seed)
    number = np.array([inputs.journeys.index(name) if name in inputs.journeys else -1 for name in names])
    drawn = draw_from(inputs.groups, curve.phase_index(arrivals), number[kinds], rng)
    known = drawn >= 0  # a kind that no visitor of the run made leaves no journey to draw
    visits = lay_out(
        arrivals[known] / speed,
        drawn[known],
        inputs.pool,
        speed=speed,
        service_by_step=inputs.service_seconds,
        residuals=inputs.residuals,
        rng=rng,
    )
    pools = [
        TaskPool(_at_start(serving), seed=seed + place, balancing=inputs.balancing)
        for place, serving in enumerate(inputs.serving)
    ]
    control, first = _supply(inputs, pools, speed)
    run = run_queue(
        visits,
        pools,
        until=curve.duration / speed,
        timeout=inputs.timeout,
        control=control,
        control_at=first,
        pool_of_step=inputs.taken_by,
    )
    return visits, run


def _at_start(serving: Serving) -> int:
    before = [count for at, count in serving if at <= 0]
    return before[-1] if before else 0


def _supply(inputs: ReplayInputs, pools: Sequence[TaskPool], speed: float) -> tuple[Control, float]:
    """A control that follows the measured timelines, and the moment of its first change."""
    changes = sorted(
        (at / speed, place, count) for place, serving in enumerate(inputs.serving) for at, count in serving if at > 0
    )
    changes.append((float("inf"), 0, 0))
    following = iter(range(1, len(changes)))
    current = 0

    def control(at: float) -> float:
        nonlocal current
        _, place, count = changes[current]
        pools[place].resize(count, at)
        current = next(following)
        return changes[current][0]

    return control, changes[0][0]
