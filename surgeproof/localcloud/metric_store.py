"""Datapoints on the launch clock, as CloudWatch would have them: what the autoscaler reads and the evidence keeps."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from surgeproof.launch.clock import LaunchClock
from surgeproof.launch.records import MetricPoint
from surgeproof.localcloud.fleet import Fleet
from surgeproof.localcloud.launch_scale import LaunchScale
from surgeproof.localcloud.metric_period import PeriodMeter, PeriodReading
from surgeproof.localcloud.queue_watch import QueueWatch
from surgeproof.localcloud.service_fleet import ServiceFleet
from surgeproof.localcloud.task_meter import TaskMeter
from surgeproof.localcloud.timeline import Timeline
from surgeproof.scaling.demand import ExpectedDemand
from surgeproof.scaling.shrink import ShrunkMetrics

PERIODS = (60, 20)
"""Launch seconds of a datapoint: standard, and high resolution."""


@dataclass(frozen=True, slots=True)
class Datapoints:
    """All metrics of one service over one period that ended at launch second `at`.

    `values` holds what the autoscaler reads: Poisson noise shrunk, at launch scale. Keys: ``cpu`` (percent),
    ``requests_per_task`` (a launch minute), ``running``, ``desired``, ``backlog``, ``in_flight``, ``queue_age``.
    A key without a value is a metric without data.
    """

    service: str
    at: float
    period: int
    values: Mapping[str, float | None]


class _Series:
    """One service at one period length."""

    def __init__(
        self, fleet: ServiceFleet, meter: TaskMeter, length: int, shrunk: ShrunkMetrics | None, clock: LaunchClock
    ) -> None:
        self.fleet, self.length, self.shrunk = fleet, length, shrunk
        self.period = PeriodMeter(fleet, meter, length)
        self.end = float(length)
        self.period.begin(clock.monotonic(0.0))


class MetricStore:
    """Closes periods on time, from the fleet's thread; hands datapoints to whoever listens.

    Args:
        clock: The launch clock.
        scale: Share of the plan's arrivals.
        fleet: Whose tasks are measured.
        meter: Where tasks tell what they do.
        queues: Readings of the queues.
        expected: Expected demand of the services that serve requests.
        timeline: Where datapoints are kept for the evidence.
        listeners: Called with each datapoint, in the fleet's thread: must not wait.
    """

    def __init__(
        self,
        *,
        clock: LaunchClock,
        scale: float,
        fleet: Fleet,
        meter: TaskMeter,
        queues: QueueWatch,
        expected: Mapping[str, ExpectedDemand],
        timeline: Timeline,
        listeners: list[Callable[[Datapoints], None]],
    ) -> None:
        self._clock, self._convert = clock, LaunchScale(clock.speed, scale)
        self._queues, self._timeline, self._listeners = queues, timeline, listeners
        self._lock = threading.Lock()
        self._latest: dict[str, Datapoints] = {}
        self._series = [
            _Series(
                service,
                meter,
                length,
                ShrunkMetrics(expected[name], speed=clock.speed, scale=scale) if name in expected else None,
                clock,
            )
            for name, service in fleet.services.items()
            for length in PERIODS
        ]

    def sample(self, now: float) -> None:
        """Close every period that is over at this reading of the monotonic clock."""
        at = self._clock.launch_seconds(now)
        for series in self._series:
            series.period.look(now)
            if at >= series.end:
                reading = series.period.close(now)
                # After a long stall several periods are over: one datapoint says what was seen, and none is made up.
                end = series.end + series.length * int((at - series.end) // series.length)
                series.end = end + series.length
                if at > 0:
                    self._publish(series, end, reading)

    def latest(self, service: str) -> Datapoints | None:
        """The last 60 s datapoints of a service."""
        with self._lock:
            return self._latest.get(service)

    def _publish(self, series: _Series, at: float, reading: PeriodReading) -> None:
        values: dict[str, float | None] = {"running": reading.running, "desired": float(series.fleet.desired)}
        points: list[tuple[str, float, float | None]] = []
        if series.fleet.service.target_group:
            points += self._web(series, at, reading, values)
        for queue in series.fleet.service.queues:
            points += self._queue(series, queue, values)
        name = series.fleet.service.name
        datapoints = Datapoints(name, at, series.length, values)
        if series.length == PERIODS[0]:
            with self._lock:
                self._latest[name] = datapoints
            for metric, value, shrunk in points:
                self._timeline.add_metric(
                    MetricPoint(at=at, service=name, metric=metric, period=series.length, value=value, shrunk=shrunk)
                )
        for listener in self._listeners:
            listener(datapoints)

    def _web(
        self, series: _Series, at: float, reading: PeriodReading, values: dict[str, float | None]
    ) -> list[tuple[str, float, float | None]]:
        length, service = series.length, series.fleet.service
        # A real period of `seconds` stands for `length` launch seconds, give or take the tick that closed it.
        requests = reading.requests * length / (reading.seconds * self._clock.speed)
        count = self._convert.count(requests)
        tasks = reading.serving
        per_task = count * 60 / length / tasks if tasks else None
        used = None if reading.utilisation is None else self._convert.utilisation(reading.utilisation)
        read_cpu, read_per_task = used, per_task
        if series.shrunk is not None:
            series.shrunk.count(at, requests, period=length)
            read_per_task = series.shrunk.requests_per_task(at, tasks=tasks, period=length)
            if reading.utilisation is not None:
                read_cpu = series.shrunk.cpu(
                    at, reading.utilisation, tasks=reading.running, share=service.task.share, period=length
                )
        values["cpu"] = None if read_cpu is None else 100 * read_cpu
        values["requests_per_task"] = read_per_task
        points: list[tuple[str, float, float | None]] = [("requests", count / length, None)]
        if used is not None:
            points.append(("cpu", 100 * used, values["cpu"]))
        if per_task is not None:
            points.append(("requests_per_task", per_task, read_per_task))
        return points

    def _queue(
        self, series: _Series, queue: str, values: dict[str, float | None]
    ) -> list[tuple[str, float, float | None]]:
        seen = self._queues.take(queue, series.length)
        readings = max(1, seen.readings)
        values["backlog"] = self._convert.count(seen.visible / readings)
        values["in_flight"] = self._convert.count(seen.in_flight / readings)
        values["queue_age"] = seen.oldest
        return [
            ("backlog", values["backlog"], None),
            ("in_flight", values["in_flight"], None),
            ("queue_age", seen.oldest, None),
        ]
