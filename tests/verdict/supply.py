"""The tasks that a launch needs and the tasks that serve it, made in code."""

from __future__ import annotations

from typing import Any

import numpy as np

from surgeproof.launch.curve import Curve
from surgeproof.launch.records import (
    ScalingEvent,
    SupplyPoint,
)
from tests.verdict.launch import Case


def needed_of(curve: Curve) -> list[tuple[float, int]]:
    """2.2 arrivals a second a task."""
    return [(at, int(np.ceil(float(curve.rate(at + 30)) / 2.2))) for at in np.arange(0, curve.duration, 60.0)]


def supply_and_events(curve: Curve, case: Case) -> tuple[list[SupplyPoint], list[ScalingEvent]]:
    """Target tracking at 50 %, 386 launch seconds late; pre-warmed to 8 from the start of the launch on."""
    points: list[SupplyPoint] = []
    events: list[ScalingEvent] = []
    factor = 50 / case.target * 1.7
    serving = 0
    for at in np.arange(0, curve.duration, 30.0):
        behind = max(0.0, at - (386.0 if case.prewarm else 900.0))
        wanted = int(np.ceil(float(curve.rate(behind)) / 2.2 * factor))
        floor = 10 if case.prewarm and at >= 60 and at < 3600 else 2
        if case.prewarm and at < 60:
            floor = 4
        desired = max(floor, min(case.maximum, wanted))
        desired = min(desired, case.maximum)
        if wanted > case.maximum:
            events.append(
                ScalingEvent(
                    at=at, service="storefront", kind="at_max", metric="cpu", wanted=wanted, after=case.maximum
                )
            )
        if case.died_at is not None and case.died_at <= at < case.died_at + 90:
            desired -= 14
        if desired > serving and serving and at > 0:
            gone = desired > floor
            if gone:
                names: dict[str, Any] = {"policy": "cpu", "metric": "cpu", "target": 0.5, "service": "storefront"}
                events += [
                    ScalingEvent(at=at - 386, kind="crossed", **names),
                    ScalingEvent(at=at - 150, kind="alarm", **names),
                    ScalingEvent(at=at - 78, kind="decision", before=serving, after=desired, **names),
                    ScalingEvent(at=at - 20, kind="started", service="storefront"),
                    ScalingEvent(at=at, kind="healthy", service="storefront"),
                    ScalingEvent(at=at + 25, kind="recovered", **names),
                ]
        serving = desired
        points.append(
            SupplyPoint(
                at=at,
                service="storefront",
                desired=desired,
                running=desired,
                serving=desired,
                minimum=floor,
                maximum=case.maximum,
            )
        )
        points.append(SupplyPoint(at=at, service="orders", desired=2, running=2, serving=2, minimum=1, maximum=10))
    if case.died_at is not None:
        events.append(ScalingEvent(at=case.died_at, service="storefront", kind="died", task="t-3"))
    if case.part_died_at is not None:
        events.append(ScalingEvent(at=case.part_died_at, service="database", kind="part_died"))
    return points, sorted(events, key=lambda each: each.at)


def waits(curve: Curve, supply: list[SupplyPoint], at: np.ndarray) -> np.ndarray:
    """Fluid waiting time by launch second, real seconds, as it is at speed 1."""
    grid = np.arange(0.0, curve.duration + 1)
    points = [point for point in supply if point.service == "storefront"]
    serving = np.interp(grid, [p.at for p in points], [p.serving for p in points])
    rate, capacity = curve.rate(grid), serving * 2.35
    backlog, wait = 0.0, np.zeros(len(grid))
    for number in range(len(grid)):
        backlog = max(0.0, backlog + rate[number] - capacity[number])
        wait[number] = min(10.0, backlog / max(capacity[number], 0.1))
    return np.interp(at, grid, wait)
