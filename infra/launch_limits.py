"""Thresholds of the launch's alarms: from the plan's gates where it has them, from the settings where not. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable

from surgeproof.launch.gates import EVERY, Gate

MINUTE = 60
MAX_CONNECTIONS = 5000
"""Of Aurora PostgreSQL, whatever its size."""
MAX_CONNECTIONS_SMALL = 2000
"""Of a cluster that may shrink to half an ACU."""
LATENCY = 1.0
"""Seconds of p95 where no gate names one."""
ERRORS = 0.01
"""Share of requests where no gate names one."""


def tightest(gates: Iterable[Gate], metric: str, *, service: str | None = None) -> float | None:
    """The lowest `max` of a metric over all steps, of this service or of every one; None without such a gate.

    Args:
        gates: Of the plan.
        metric: ``p95``, ``error_rate``, ``queue_age``, ``tasks``.
        service: Gates of other services are left out.
    """
    limits = [
        gate.max
        for gate in gates
        if gate.metric == metric
        and gate.max is not None
        # An alarm sees the load balancer: all steps together.
        and gate.step == EVERY
        and (gate.service is None or gate.service == service)
    ]
    return min(limits, default=None)


def start_periods(boot_time: float, grace: float, interval: float, healthy_threshold: int) -> int:
    """Minutes for which fewer tasks may run than are wanted, before it is a fault and no start.

    A new task is placed and its image pulled (within `grace`, which covers it by its own check), boots, and is healthy
    after so many checks; one minute more for the metric's own.
    """
    return math.ceil((max(grace, boot_time) + boot_time + interval * healthy_threshold) / MINUTE) + 1


def queue_age_limit(gate: float | None, acceptable_latency: float, visibility_timeout: float) -> float:
    """Seconds that the oldest message may be of: the gate's, else one delivery that failed and one that is in time."""
    return gate if gate is not None else acceptable_latency + visibility_timeout


def queue_depth_limit(max_tasks: int, processing_time: float, age_limit: float) -> int:
    """Messages above which not even all tasks together bring the last one through within the age limit."""
    return max(1, math.floor(max_tasks * age_limit / processing_time))


def ceiling(min_tasks: int, max_tasks: int, share: float | None) -> int | None:
    """Tasks from which a service is near its end: above the gate's share of max_tasks, or all of them.

    Never reached at rest; None where there is no room to scale into, so that nothing could be said.
    """
    if min_tasks == max_tasks:
        return None
    wanted = max_tasks if share is None else math.floor(share * max_tasks + 1e-9) + 1
    return min(max_tasks, max(wanted, min_tasks + 1))


def max_connections(min_capacity: float, max_capacity: float) -> int:
    """Connections that Aurora PostgreSQL Serverless v2 takes.

    A straight line through the table of 'Maximum connections for Aurora Serverless v2' (1 ACU: 189, 4: 823, 8: 1,669,
    16: 3,360, from 32 on: 5,000); at most 2,000 where the lower end is half an ACU.
    """
    line = math.floor(189 + (max_capacity - 1) * (3360 - 189) / 15)
    return min(line, MAX_CONNECTIONS_SMALL if min_capacity < 1 else MAX_CONNECTIONS)
