"""The twin's fleet: starts and drains tasks as the autoscaler decides, and measures what the autoscaler reads."""

from __future__ import annotations

from surgeproof.launch.records import MetricPoint, ScalingEvent, SupplyPoint
from surgeproof.scaling.autoscaler import ServiceAutoscaler
from surgeproof.scaling.shrink import ShrunkMetrics
from surgeproof.scaling.task_pool import TaskPool


class TwinFleet:
    """Called by the event loop every ``tick`` launch seconds (``control``).

    A starting task counts as running after ``start_delay`` and serves after ``health_delay`` more. Scale-in
    takes starting tasks first, then the youngest.
    """

    def __init__(
        self,
        scaler: ServiceAutoscaler,
        tasks: TaskPool,
        metrics: ShrunkMetrics,
        *,
        share: float,
        shrunk: bool,
        start_delay: float,
        health_delay: float,
        tick: float,
    ) -> None:
        self.supply: list[SupplyPoint] = []
        self.events: list[ScalingEvent] = []
        self.points: list[MetricPoint] = []
        self._scaler, self._tasks, self._metrics = scaler, tasks, metrics
        self._share, self._shrunk, self._tick = share, shrunk, tick
        self._start_delay, self._health_delay = start_delay, health_delay
        self._starting: list[float] = []  # when each was started
        self._ticks = 0
        self._periods = {metric.key: metric.period for metric in scaler.metrics}
        self._seen: dict[str, tuple[float, float, float]] = dict.fromkeys(self._periods, (0.0, 0.0, 0.0))
        self._task_seconds = 0.0
        self._note(0.0)

    def control(self, now: float) -> float:
        """One tick at real second ``now``; returns the next."""
        speed = self._metrics.speed
        at = now * speed
        if self._ticks:
            self._task_seconds += self._tasks.count * self._tick
        self._ticks += 1
        self._serve(at, now)
        for key, period in self._periods.items():
            if at > 0 and round(at / self._tick) % round(period / self._tick) == 0:
                self._measure(key, period, at, now)
        running = self._tasks.count + sum(at - began >= self._start_delay for began in self._starting)
        self.events += self._scaler.step(at, running)
        self._follow(at, now)
        return self._ticks * self._tick / speed

    def _serve(self, at: float, now: float) -> None:
        ready = [began for began in self._starting if at - began >= self._start_delay + self._health_delay]
        if ready:
            self._starting = [began for began in self._starting if began not in ready]
            self._tasks.resize(self._tasks.count + len(ready), now)
            self._note(at)

    def _follow(self, at: float, now: float) -> None:
        surplus = self._tasks.count + len(self._starting) - self._scaler.desired
        if surplus < 0:
            self._starting += [at] * -surplus
        elif surplus > 0:
            starting = min(surplus, len(self._starting))
            self._starting = self._starting[: len(self._starting) - starting]
            self._tasks.resize(self._tasks.count - (surplus - starting), now)
        if surplus or self.supply[-1].minimum != self._scaler.minimum:
            self._note(at)

    def _measure(self, key: str, period: int, at: float, now: float) -> None:
        """Close a period of one metric: utilisation from the virtual CPUs, counts from the requests taken."""
        tasks = self._tasks
        worked = sum(tasks.busy(task, now) for task in range(len(tasks.free)))
        requests, seconds = float(tasks.taken), self._task_seconds
        before = self._seen[key]
        self._seen[key] = (worked, requests, seconds)
        speed, scale = self._metrics.speed, self._metrics.scale
        mean = (seconds - before[2]) / period
        count = requests - before[1]
        if key == next(iter(self._periods)):  # the ratio is fed once a period, by the first metric
            self._metrics.count(at, count, period=period)
        if key == "cpu":
            value = (worked - before[0]) * speed / (seconds - before[2]) if seconds > before[2] else 0.0
            shrunk = self._metrics.cpu(at, value, tasks=mean, share=self._share, period=period) * 100
            raw = value / scale * 100
        else:
            raw = count * speed / scale / period * 60 / mean if mean else 0.0
            shrunk = self._metrics.requests_per_task(at, tasks=mean, period=period) or 0.0
        self.points.append(
            MetricPoint(at=at, service=self._scaler.service, metric=key, period=period, value=raw, shrunk=shrunk)
        )
        self._scaler.feed(key, at, shrunk if self._shrunk else raw)

    def _note(self, at: float) -> None:
        scaler, serving = self._scaler, self._tasks.count
        running = serving + sum(at - began >= self._start_delay for began in self._starting)
        self.supply.append(
            SupplyPoint(
                at=at,
                service=scaler.service,
                desired=scaler.desired,
                running=running,
                serving=serving,
                minimum=scaler.minimum,
                maximum=scaler.maximum,
            )
        )
