"""The event loop: visits meet the tasks of the services, request by request, in the order of time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

from surgeproof.scaling.task_pool import TaskPool
from surgeproof.scaling.visits import Visits

Control = Callable[[float], float]
"""Called when its time has come; changes the pools, and returns the real second of its next call."""


@dataclass(frozen=True, slots=True)
class QueueRun:
    """What became of each request; entries of requests that were never made are nan.

    Attributes:
        due: Real second at which the request was due.
        wait: Seconds that it waited for the virtual CPU.
        latency: Seconds from due to its end, or the timeout.
        timed_out: Whether it reached the timeout, or met no task at all.
    """

    due: NDArray[np.float64]
    wait: NDArray[np.float64]
    latency: NDArray[np.float64]
    timed_out: NDArray[np.bool_]

    @property
    def made(self) -> NDArray[np.bool_]:
        """Which requests were made."""
        return ~np.isnan(self.due)


def run_queue(
    visits: Visits,
    pools: Sequence[TaskPool],
    *,
    until: float,
    timeout: float,
    control: Control,
    control_at: float,
    pool_of_step: NDArray[np.int64] | None = None,
) -> QueueRun:
    """Run the visits through the pools: one a service, each request to the one that takes its step.

    A request that reaches the timeout ends its visit, and its work is still done. A request that finds no
    serving task fails, counts as the timeout, and ends its visit too.

    Args:
        visits: What is asked of the tasks.
        pools: The tasks of each service; ``control`` changes their number.
        until: Real second at which the run ends: no request is made from then on.
        timeout: Seconds after which the visitor gives up.
        control: Changes the pools as time goes by.
        control_at: Real second of its first call.
        pool_of_step: Index of the pool that takes each step; all go to the first when left out.
    """
    think, service, residual = visits.think.tolist(), visits.service.tolist(), visits.residual.tolist()
    starts, firsts = visits.start.tolist(), visits.first.tolist()
    starts.append(float("inf"))
    firsts.append(-1)
    think.append(-1.0)
    size = len(service)
    nan = float("nan")
    due, wait = [nan] * size, [nan] * size
    following: list[tuple[float, int]] = []
    takes = [pool.take for pool in pools]
    where = [0] * size if pool_of_step is None else pool_of_step[visits.step].tolist()
    visit, arrives = 0, starts[0]
    while True:
        if following and following[0][0] < arrives:
            at, request = heappop(following)
        else:
            at, request = arrives, firsts[visit]
            visit += 1
            arrives = starts[visit] if request >= 0 else arrives
        if at >= until:
            break
        while at >= control_at:
            control_at = control(control_at)
        work, rest = service[request], residual[request]
        waited = takes[where[request]](at, work, rest)
        due[request] = at
        wait[request] = waited
        if waited < 0:
            continue
        latency = waited + work + rest
        if latency < timeout:
            pause = think[request + 1]
            if pause >= 0:
                heappush(following, (at + latency + pause, request + 1))
    while control_at < until:
        control_at = control(control_at)
    return _outcome(visits, np.array(due), np.array(wait), timeout)


def _outcome(visits: Visits, due: NDArray[np.float64], wait: NDArray[np.float64], timeout: float) -> QueueRun:
    latency = wait + visits.service + visits.residual
    refused = wait < 0
    timed_out = refused | (latency >= timeout)
    latency[timed_out] = timeout
    wait[refused] = np.nan
    return QueueRun(due, wait, latency, timed_out)
