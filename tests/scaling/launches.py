"""Launches of the studies behind the rehearsal: their curve, journeys, demand and autoscaler."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surgeproof.launch.curve import Curve, Phase
from surgeproof.launch.demand import CpuDemand
from surgeproof.launch.records import SKETCH_DTYPE, StepInfo
from surgeproof.scaling.autoscaler import ServiceAutoscaler
from surgeproof.scaling.metric import MetricSpec
from surgeproof.scaling.publication import PublicationDelay
from surgeproof.scaling.replay_inputs import ReplayInputs, Taker
from surgeproof.scaling.targets import ScalableTarget, ScheduledAction, TargetTracking
from surgeproof.scaling.twin import TwinRun

START = datetime(2027, 3, 20, 9, tzinfo=UTC)
SHARE = 0.5
CPU_MS = 20.0
SERVICE = CPU_MS / 1000 / SHARE
DEMAND = CpuDemand.parse({"*": CPU_MS})


@dataclass(frozen=True)
class SketchOf:
    """A sketch made by hand."""

    journeys: list[str]
    steps: list[StepInfo]
    rows: NDArray[Any] = field(repr=False)


def browsing(count: int = 3000, seed: int = 0) -> SketchOf:
    """Journeys of 3 to 5 requests with lognormal think times: median 27 s, mean 74 s."""
    rng = np.random.default_rng(seed)
    mu, sigma = np.log(27), np.sqrt(2 * np.log(74 / 27))
    rows: list[tuple[int, int, int, float]] = []
    for number in range(count):
        delay = 0.0
        for k in range(int(rng.integers(3, 6))):
            delay += float(rng.lognormal(mu, sigma)) if k else 0.0
            rows.append((0, number, 0, delay))
    return SketchOf(["browse"], [StepInfo(name="page", path="/")], np.array(rows, dtype=SKETCH_DTYPE))


def glances(count: int = 50) -> SketchOf:
    """Journeys of one request each."""
    rows = [(0, number, 0, 0.0) for number in range(count)]
    return SketchOf(["browse"], [StepInfo(name="page", path="/")], np.array(rows, dtype=SKETCH_DTYPE))


def curve_of(*knots: tuple[float, float], phases: dict[str, tuple[float, float]] | None = None) -> Curve:
    """A curve from its knots; one phase unless told otherwise."""
    times, rates = np.array([k[0] for k in knots], float), np.array([k[1] for k in knots], float)
    named = phases or {"peak": (0.0, float(times[-1]))}
    kinds = {"warm-up", "surge", "peak", "hold", "drain"}
    made = tuple(
        Phase(name, name if name in kinds else "hold", a, b, {"browse": 1.0}) for name, (a, b) in named.items()
    )
    return Curve(times, rates, made, 0.0, START)


def launch_curve(minutes: tuple[int, int, int, int] = (10, 30, 10, 20), base: float = 10, peak: float = 35) -> Curve:
    """Warm-up, linear surge, peak, drain."""
    a, b, c, d = np.cumsum(np.array(minutes) * 60.0)
    phases = {"warm-up": (0.0, a), "surge": (a, b), "peak": (b, c), "drain": (c, d)}
    fall = c + (d - c) * 0.4
    return curve_of((0, base), (a, base), (b, peak), (c, peak), (fall, base), (d, base), phases=phases)


def autoscaler_of(
    curve: Curve,
    *,
    minimum: int = 4,
    maximum: int = 20,
    prewarm: int | None = None,
    target: float = 50.0,
    delay: float = 60.0,
) -> Callable[[], ServiceAutoscaler]:
    """Target tracking on CPU with the studies' cooldowns, and a pre-warm at launch second 120."""
    actions = [ScheduledAction("prewarm", "at(2027-03-20T09:02:00)", minimum=prewarm, maximum=maximum)]
    return lambda: ServiceAutoscaler(
        "web",
        ScalableTarget("service/shop/web", minimum, maximum),
        [TargetTracking("cpu", MetricSpec("cpu"), target, 60, 300)],
        actions if prewarm else [],
        desired=minimum,
        curve_start=curve.start,
        delays=PublicationDelay(((60, delay),)),
    )


def inputs_of(run: TwinRun, curve: Curve, *, timeout: float = 1e9, sketched: bool = True) -> ReplayInputs:
    """What a replay takes from a simulated run."""
    return ReplayInputs.from_run(
        curve=curve,
        rows=run.rows,
        journeys=run.journeys,
        steps=run.sketch.steps,
        takers=[Taker("web", SHARE, {"*": CPU_MS})],
        supply=run.supply,
        timeout=timeout,
        sketch=run.sketch if sketched else None,
        arrivals=run.arrivals if sketched else None,
    )


def p95(run: TwinRun, curve: Curve, phase: str = "peak") -> float:
    """95th percentile of a simulated run's latencies in a phase, seconds."""
    wanted = next(p for p in curve.phases if p.name == phase)
    due = run.rows["due_at"]
    return float(np.percentile(run.rows["latency"][(due >= wanted.start) & (due < wanted.end)], 95))
