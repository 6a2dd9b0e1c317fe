"""One task in the fleet: where it is on its way from launched to gone."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from surgeproof.localcloud.health_prober import Health
from surgeproof.localcloud.task_process import TaskProcess


class State(Enum):
    """Where a task is."""

    PENDING = "pending"  # launched; Fargate would pull and boot
    STARTED = "started"  # runs; the target group's checks are under way
    SERVING = "serving"  # healthy, takes traffic
    DRAINING = "draining"  # takes no new requests, finishes the open ones
    STOPPING = "stopping"  # was sent SIGTERM


ALIVE = frozenset({State.PENDING, State.STARTED, State.SERVING})
"""What counts against the desired count."""
RUNNING = frozenset({State.STARTED, State.SERVING})


@dataclass(slots=True)
class FleetTask:
    """Readings of the monotonic clock throughout.

    Attributes:
        name: ``<service>-<number>``; also its name at the balancer.
        slot: Its slot in the meter.
        address: Its own loopback address.
        process: Its process.
        health: What the prober knows; a worker is ready as soon as it runs.
        launched_at: When its process was started.
        start_due: When Fargate would have started it.
        started_at: When it counted as started.
        healthy_due: When the target group would find it healthy.
        deadline: When draining or stopping is over, whatever is open.
        busy_then: Busy seconds of its virtual CPU when the current metric period began for it, by period length.
    """

    name: str
    slot: int
    address: str
    process: TaskProcess
    health: Health
    launched_at: float
    start_due: float
    state: State = State.PENDING
    started_at: float = 0.0
    healthy_due: float = 0.0
    deadline: float = 0.0
    killed: bool = False
    busy_then: dict[int, tuple[float, float]] = field(default_factory=dict)
