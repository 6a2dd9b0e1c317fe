"""Figures that tell whether the local cloud itself was good enough for the run, and what was assumed and not measured."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

from surgeproof.launch.records import Assumption, ValidityReading
from surgeproof.localcloud.balancer import Balancer
from surgeproof.localcloud.balancer_rules import Routing
from surgeproof.localcloud.deployed import DeployedService
from surgeproof.localcloud.fleet import Fleet
from surgeproof.localcloud.service_fleet import START_DELAY, ServiceFleet
from surgeproof.localcloud.task_meter import BUCKETS, Field, TaskMeter, lateness_percentile
from surgeproof.scaling.publication import AWS_PUBLICATION

WOKEN_LATE_LIMIT = 50.0
"""Milliseconds at the 99th percentile; 1 to 2.4 ms were usual, a quarter of the tightest usual latency gate is 50."""
START_EXCESS_LIMIT = 20.0
"""Launch seconds; a third of a metric period. Starts from a preloaded process never exceeded the modelled delay."""
LOOP_LATE_LIMIT = 10.0
"""Launch seconds by which tasks may be drained, added or measured too late."""
UNREAD_QUEUES_LIMIT = 5.0
"""Readings of all queues, five in a real second, that may fail: a second without."""


def validity(
    fleet: Fleet, meter: TaskMeter, *, speed: float, broken: Iterable[BaseException | None], unread_queues: int
) -> list[ValidityReading]:
    """Judge the tasks' wake-ups, their starts, the loops and the queue readings."""
    services = list(fleet.services.values())
    woken = lateness_percentile(_lateness(fleet, meter), 0.99)
    late = None if woken is None else woken * 1000
    excess = max((service.tally.start_excess for service in services), default=0.0)
    never = [service.service.name for service in services if not service.tally.ever_served]
    loop = fleet.latest * speed
    failures = [str(error) or type(error).__name__ for error in broken if error is not None]
    against = ValidityReading.against
    return [
        against(
            "tasks woken late, p99",
            0.0 if late is None else late,
            WOKEN_LATE_LIMIT,
            unit="ms",
            note="The machine was too busy to run the tasks' virtual CPUs; free it, or lower --speed or --scale",
        ),
        against(
            "task starts beyond the modelled delay",
            excess,
            START_EXCESS_LIMIT,
            unit="launch s",
            note="A task took longer to start here than Fargate would; lower --speed",
        ),
        against("services that never started", float(len(never)), 0.0, note=f"{', '.join(never)}: read the logs"),
        against(
            "control loop late, worst",
            loop,
            LOOP_LATE_LIMIT,
            unit="launch s",
            note="Tasks were added, drained or measured too late; free the machine, or lower --speed",
        ),
        against("control loops that broke", float(len(failures)), 0.0, note="; ".join(failures)),
        against(
            "queue readings that failed",
            float(unread_queues),
            UNREAD_QUEUES_LIMIT,
            note="The embedded AWS did not tell how long the queues are",
        ),
    ]


def _lateness(fleet: Fleet, meter: TaskMeter) -> list[float]:
    def read() -> list[float]:
        total = [0.0] * BUCKETS
        for service in fleet.services.values():
            slots = [meter.slot(task.slot) for task in service.tasks.values()]
            for bucket in range(BUCKETS):
                total[bucket] += service.tally.lateness[bucket]
                total[bucket] += sum(slot[Field.LATENESS + bucket] for slot in slots)
        return total

    return cast("list[float]", fleet.with_lock(read))


def assumed(
    services: Sequence[DeployedService], fleets: Sequence[ServiceFleet], balancer: Balancer, routing: Routing
) -> list[Assumption]:
    """What the run rests on without having measured it."""
    ways = {fleet.service.name: fleet.runner.way for fleet in fleets}
    found = [
        Assumption(
            name="start delay of a task",
            value=f"{START_DELAY:.0f} s from created to started",
            source="mean of 53 to 62 s on Fargate, 413 MB image: elasticscale.com, Reduce AWS Fargate pull times with SOCI",
        ),
        Assumption(
            name="publication of metrics",
            value=f"{AWS_PUBLICATION.of(60):.0f} s after a 60 s period, {AWS_PUBLICATION.of(20):.0f} s after a 20 s one",
            source="AWS: 363 s and 86 s from crossing to decision, containers-roadmap#2113; 3 of 3 datapoints, #1208",
        ),
        Assumption(
            name="choice of a task",
            value=f"{balancer.balancing}, one balancer node",
            source="an ALB has several nodes that don't know of each other: it spreads less evenly",
        ),
        Assumption(
            name="task that is stopped first",
            value="one that does not serve yet, then the youngest",
            source="ECS promises no order within a zone",
        ),
        Assumption(
            name="database and cache",
            value="PostgreSQL and Valkey on this machine, with its own speed and without their limits",
            source="Aurora's and ElastiCache's capacity are not rehearsed",
        ),
    ]
    found += [
        Assumption(
            name=f"CPU demand of {service.name}",
            value=", ".join(f"{route}: {ms:g} ms" for route, ms in service.cpu_ms.items()) or "none declared: 0 ms",
            source=f"services.{service.name}.cpu_ms as declared; {ways[service.name]}",
        )
        for service in services
        if service.target_group
    ]
    found += [
        Assumption(
            name=f"health of {service.name}",
            value=f"healthy {service.task.health_interval or 0:.0f} s after its start",
            source="the container's own health check is not run on this machine",
        )
        for service in services
        if not service.target_group and service.task.health_interval
    ]
    found += [
        Assumption(name="listener rule", value="not rehearsed", source=left_out) for left_out in routing.not_rehearsed
    ]
    return found
