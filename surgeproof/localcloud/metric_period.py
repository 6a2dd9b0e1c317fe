"""One metric period of one service: what its tasks did between two moments."""

from __future__ import annotations

from dataclasses import dataclass

from surgeproof.localcloud.service_fleet import ServiceFleet
from surgeproof.localcloud.task_meter import TaskMeter, busy_seconds


@dataclass(frozen=True, slots=True)
class PeriodReading:
    """Real figures of this machine, not converted.

    Attributes:
        seconds: Real seconds.
        utilisation: Mean over the running tasks, 0 to 1; None when none ran.
        requests: Requests that arrived.
        running: Mean number of running tasks.
        serving: Mean number of serving tasks.
    """

    seconds: float
    utilisation: float | None
    requests: float
    running: float
    serving: float


class PeriodMeter:
    """Takes the difference between the end of this period and the end of the last one."""

    def __init__(self, fleet: ServiceFleet, meter: TaskMeter, length: int) -> None:
        self._fleet, self._meter, self._length = fleet, meter, length
        self._then = self._seen = 0.0
        self._arrived = 0.0
        self._running = self._serving = 0.0  # task-seconds

    def begin(self, now: float) -> None:
        """The first period begins at this reading of the monotonic clock."""
        self._then = self._seen = now
        self._arrived = self._fleet.arrived()
        for task in self._fleet.tasks.values():
            task.busy_then[self._length] = (now, busy_seconds(self._meter.slot(task.slot), now))

    def look(self, now: float) -> None:
        """Add up how many tasks there are; called each tick."""
        passed = now - self._seen
        if passed > 0:
            self._running += passed * len(self._fleet.running())
            self._serving += passed * len(self._fleet.serving())
            self._seen = now

    def close(self, now: float) -> PeriodReading:
        """End this period and begin the next."""
        self.look(now)
        seconds = max(now - self._then, 1e-6)
        shares: list[float] = []
        for task in self._fleet.running():
            since, busy_then = task.busy_then.get(self._length, (task.started_at, 0.0))
            busy = busy_seconds(self._meter.slot(task.slot), now)
            # A task that started a moment ago has no utilisation yet.
            if now - since > seconds / 20:
                shares.append(min(1.0, max(0.0, (busy - busy_then) / (now - since))))
            task.busy_then[self._length] = (now, busy)
        arrived = self._fleet.arrived()
        reading = PeriodReading(
            seconds=seconds,
            utilisation=sum(shares) / len(shares) if shares else None,
            requests=max(0.0, arrived - self._arrived),
            running=self._running / seconds,
            serving=self._serving / seconds,
        )
        self._arrived, self._then = arrived, now
        self._running = self._serving = 0.0
        return reading
