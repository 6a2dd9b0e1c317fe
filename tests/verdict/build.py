"""A launch of 70 minutes and what a run of it leaves behind, made in code: healthy, or with one thing wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import numpy as np
from hdrh.histogram import HdrHistogram

from surgeproof.launch.arrivals import draw_arrivals
from surgeproof.launch.curve import Curve, compile_curve
from surgeproof.launch.plan import LaunchPlan, parse_plan
from surgeproof.launch.records import (
    SAMPLE_DTYPE,
    Assumption,
    InvariantReading,
    LoadResult,
    MetricPoint,
    PhaseCount,
    SampleHistogram,
    ScalingEvent,
    StepInfo,
    SupplyPoint,
    ValidityReading,
    WorkerReport,
)
from surgeproof.scaling.shortfall import shortfall
from surgeproof.verdict.evidence import RunEvidence
from surgeproof.verdict.judge import judge
from surgeproof.verdict.verdict import Scope, Verdict

STEPS = ("home", "product", "cart", "checkout")
PLAN = """
name: spring
launch: {date: 2027-03-20, time: "10:00", zone: Europe/Paris}
curve:
  phases:
    - {name: warm-up, duration: 10m, shape: constant, rate: 8}
    - {name: surge, duration: 25m, shape: exponential, to: 28}
    - {name: peak, duration: 15m, shape: constant, rate: 28}
    - {name: hold, duration: 5m, shape: linear, to: 18}
    - {name: drain, duration: 15m, shape: linear, to: 6}
journeys:
  mix: {browse: 0.7, checkout: 0.3}
  think_time: {mu: 3.41, sigma: 1.34, max: 10m}
catalogue: {products: 200, hero_sku: HERO, hero_share: 0.3, zipf: 1.0, hero_stock: 3000, stock: 500}
gates:
  - {phase: "*", metric: p50, max: 300ms}
  - {phase: surge, metric: p95, max: 800ms}
  - {phase: peak, metric: p95, max: 800ms}
  - {phase: peak, step: checkout, metric: p95, max: 800ms}
  - {phase: [peak, hold], metric: p99, max: 2s}
  - {phase: "*", metric: p99.9, max: 5s}
  - {phase: "*", metric: error_rate, max: 1%}
  - {phase: peak, metric: orders, min: 95%}
  - {phase: "*", metric: queue_age, service: orders, max: 3m}
  - {phase: "*", metric: tasks, service: storefront, max: 90%}
  - {phase: "*", metric: shortfall, max: 0}
prewarm: {lead: 10m, release: 50m, tasks: {storefront: 10, orders: 2}}
"""
SETTINGS = {
    "services": {
        "storefront": {"scaling": {"min_tasks": 2, "max_tasks": 26, "cpu": 50}},
        "orders": {"scaling": {"min_tasks": 1, "max_tasks": 10, "queue": {"acceptable_latency": 60}}},
    }
}
LINES = {
    "services.storefront.scaling.max_tasks": ("Pulumi.production.yaml", 41),
    "services.storefront.scaling.cpu": ("Pulumi.production.yaml", 42),
    "services.orders.scaling.max_tasks": ("Pulumi.production.yaml", 58),
    "prewarm.enabled": ("loadtests/plans/spring.yaml", 77),
}
ALL = "*"
COARSE_FROM = 1000


@dataclass(frozen=True)
class Case:
    """What is different in a run."""

    maximum: int = 26
    prewarm: bool = True
    target: int = 50
    speed: float = 30.0
    kind: str = "rehearsal"
    slow_from: float | None = None
    error_share: float = 0.0
    queue_age: float = 20.0
    died_at: float | None = None
    part_died_at: float | None = None
    resamples: int = 20
    overrides: tuple[tuple[str, Any], ...] = ()
    seed: int = 7


@lru_cache
def plan(text: str = PLAN) -> LaunchPlan:
    return parse_plan(text)


def curve_of(text: str = PLAN) -> Curve:
    return compile_curve(plan(text))


def histogram(
    seconds: Sequence[float] | np.ndarray,
    phase: str = "peak",
    step: str = ALL,
    errors: int = 0,
    kind: Any = "corrected",
) -> SampleHistogram:
    made = HdrHistogram(1, 3_600_000_000, 3)
    micro = np.round(np.asarray(seconds) * 1e6)
    if len(micro) > COARSE_FROM:  # so many are told by steps of 3 %, which records them fast
        micro = np.exp(np.round(np.log(micro) * 33) / 33)
    for value, number in zip(*np.unique(micro.astype(int), return_counts=True), strict=True):
        made.record_value(max(1, int(value)), int(number))
    return SampleHistogram(
        phase=phase, step=step, kind=kind, count=len(seconds), errors=errors, hdr=made.encode().decode()
    )


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


@lru_cache
def evidence(case: Case | None = None, text: str = PLAN) -> RunEvidence:
    case = case or Case()
    curve = curve_of(text)
    the_plan = plan(text)
    if not case.prewarm:
        the_plan = the_plan.model_copy(update={"prewarm": the_plan.prewarm.model_copy(update={"enabled": False})})
    rng = np.random.default_rng(case.seed)
    supply, events = supply_and_events(curve, case)
    arrivals = draw_arrivals(curve, seed=case.seed, speed=case.speed)
    rows = _samples(curve, supply, arrivals, case, rng, wait_factor=1 / case.speed)
    slow = _samples(
        curve,
        supply,
        draw_arrivals(curve, seed=case.seed + 1, speed=max(1.0, case.speed / 6)),
        case,
        rng,
        wait_factor=1.0,
    )
    observed = case.kind == "rehearsal"
    settings = {
        "services": {
            **SETTINGS["services"],
            "storefront": {"scaling": {"min_tasks": 2, "max_tasks": case.maximum, "cpu": case.target}},
        }
    }
    needed = {"storefront": needed_of(curve), "orders": [(0.0, 1)]}
    return RunEvidence(
        kind=case.kind,  # ty: ignore[invalid-argument-type]
        scope=_scope(curve, case),
        plan=the_plan,
        curve=curve,
        load=_load(curve, rows, case),
        samples=rows,
        replays=[histograms(curve, slow[rng.integers(0, len(slow), len(slow))], 1.0) for _ in range(case.resamples)]
        if observed and case.speed > 1
        else None,
        own_speed_replay=histograms(curve, rows[rng.integers(0, len(rows), len(rows))], 1.0)
        if observed and case.speed > 1
        else None,
        supply=supply if observed else (),
        events=events if observed else (),
        metrics=[
            MetricPoint(
                at=at,
                service="orders",
                metric="queue_age",
                period=60,
                value=case.queue_age * float(curve.rate(at)) / curve.peak,
            )
            for at in np.arange(60, curve.duration, 60.0)
        ]
        if observed
        else (),
        needed=needed if observed else {},
        shortfalls={
            name: shortfall(series, supply, service=name, until=curve.duration) for name, series in needed.items()
        }
        if observed
        else {},
        invariants=invariants() if observed else (),
        validity=[ValidityReading(name="tasks woken late p99", value=1.1, limit=20, unit="ms", valid=True)]
        if observed
        else (),
        assumed=[
            Assumption(name="task start", value="57 s", source="measured Fargate starts, 413 MB image"),
            Assumption(
                name="metric publication",
                value="363 s from crossing to decision",
                source="AWS, containers-roadmap 2113",
            ),
            Assumption(name="CPU of GET /products/*", value="18 ms", source="Pulumi.production.yaml"),
            Assumption(name="balancing", value="least outstanding requests, one node", source="deployed target group"),
        ],
        not_covered=["Aurora limits", "WAF", "quotas", "image pull"],
        settings=settings,
        locate=LINES.get,
        worker_services=frozenset({"orders"}),
    )


@lru_cache
def judged(case: Case) -> Verdict:
    return judge(evidence(case))


def _samples(
    curve: Curve,
    supply: list[SupplyPoint],
    arrivals: np.ndarray,
    case: Case,
    rng: np.random.Generator,
    *,
    wait_factor: float,
) -> np.ndarray:
    buys = rng.random(len(arrivals)) < 0.3
    rows: Any = np.zeros(len(arrivals) * 3 + int(buys.sum()), dtype=SAMPLE_DTYPE)
    number = np.repeat(np.arange(len(arrivals)), 3 + buys)
    first = np.concatenate(([0], np.cumsum(3 + buys)[:-1]))
    sequence = np.arange(len(rows)) - np.repeat(first, 3 + buys)
    rows["arrival"], rows["sequence"], rows["step"] = number, sequence, sequence
    rows["journey"] = np.repeat(buys, 3 + buys)
    rows["arrived_at"] = arrivals[number]
    rows["due_at"] = np.minimum(arrivals[number] + sequence * 30.0, curve.duration - 1)
    base = rng.lognormal(np.log(0.052), 0.35, len(rows)) + (rows["step"] == 3) * 0.09
    wait = waits(curve, supply, rows["due_at"]) * max(wait_factor, 0.035)
    if case.slow_from is not None:
        wait += (rows["due_at"] >= case.slow_from) * 1.5
    rows["latency"] = np.minimum(10.0, base + wait * rng.uniform(0.8, 1.0, len(rows)))
    rows["raw"] = rows["latency"]
    rows["waited"] = wait
    rows["ok"] = (rng.random(len(rows)) >= case.error_share) & (rows["latency"] < 9.9)
    rows["status"] = np.where(rows["ok"], 200, np.where(rows["latency"] >= 9.9, -1, 500))
    return rows


def histograms(curve: Curve, rows: np.ndarray, factor: float) -> list[SampleHistogram]:
    made = []
    for phase in curve.phases:
        inside = rows[(rows["arrived_at"] >= phase.start) & (rows["arrived_at"] < phase.end)]
        for step in (ALL, *STEPS):
            of_step = inside if step == ALL else inside[inside["step"] == STEPS.index(step)]
            made.append(histogram(of_step["latency"] * factor, phase.name, step, errors=int((~of_step["ok"]).sum())))
    return made


def _load(curve: Curve, rows: np.ndarray, case: Case) -> LoadResult:
    counts = []
    for phase in curve.phases:
        inside = rows[(rows["arrived_at"] >= phase.start) & (rows["arrived_at"] < phase.end)]
        journeys = int((inside["sequence"] == 0).sum())
        checkouts = inside[inside["step"] == 3]
        counts.append(
            PhaseCount(
                phase=phase.name,
                arrivals_planned=journeys,
                arrivals_delivered=journeys,
                orders_expected=len(checkouts),
                orders_placed=int((checkouts["ok"] & (checkouts["latency"] < 5)).sum()),
                journeys_failed=int((~inside["ok"]).sum()),
            )
        )
    names = {200: "200", 500: "500", -1: "timeout"}
    statuses = {names[int(status)]: int((rows["status"] == status).sum()) for status in np.unique(rows["status"])}
    return LoadResult(
        run_id="r-1",
        seed=case.seed,
        speed=case.speed,
        scale=1.0,
        journeys=["browse", "checkout"],
        steps=[StepInfo(name=name, path=f"/{name}") for name in STEPS],
        phases=counts,
        histograms=histograms(curve, rows, 1.0),
        status_counts=statuses,
        blocked=0,
        workers=[
            WorkerReport(
                name="worker-0",
                planned=len(rows),
                delivered=len(rows),
                cpu_mean=0.41,
                cpu_max=0.62,
                lag_p99_ms=1.5,
                lag_max_ms=31,
            )
        ],
        in_flight_max=40,
        clock_jump_s=0.0,
        failures=["checkout: 500 from POST /checkout"] if case.error_share else [],
    )


def _scope(curve: Curve, case: Case) -> Scope:
    observed = case.kind == "rehearsal"
    return Scope(
        kind=case.kind,  # ty: ignore[invalid-argument-type]
        plan="loadtests/plans/spring.yaml",
        plan_name="spring",
        stack="production" if observed else None,
        host=None if observed else "https://staging.shop.example",
        commit="3f2a91c",
        digests={
            "plan": "sha256:" + "1a" * 32,
            "stack": "sha256:" + "2b" * 32,
            "image:storefront": "sha256:" + "3c" * 32,
        },
        speed=case.speed,
        scale=1.0,
        seed=case.seed,
        run_id="r-1",
        launch=plan().launch.moment,
        launch_zone="Europe/Paris",
        curve_start=curve.start,
        started=datetime(2027, 3, 1, 14, 2, 11, tzinfo=UTC),
        wall_seconds=162.0,
        tool_version="0.1.0",
        overrides=dict(case.overrides),
    )


def invariants(*, broken: bool = False) -> list[InvariantReading]:
    return [
        InvariantReading(
            name="orders",
            relation="orders placed = paid = stored = fulfilled",
            readings={"placed": 402, "paid": 402, "stored": 401 if broken else 402, "fulfilled": 402},
            holds=not broken,
        ),
        InvariantReading(
            name="stock", relation="stock sold <= stock there was", readings={"sold": 96, "there": 100}, holds=True
        ),
        InvariantReading(
            name="messages", relation="messages in the dead-letter queue = 0", readings={"dead": 0}, holds=True
        ),
    ]


def changed_load(run: RunEvidence, **changes: Any) -> RunEvidence:
    """The same run with other figures of the load."""
    return replace(run, load=run.load.model_copy(update=changes))


def changed_worker(run: RunEvidence, **changes: Any) -> RunEvidence:
    """The same run with other workers."""
    return changed_load(run, workers=[each.model_copy(update=changes) for each in run.load.workers])
