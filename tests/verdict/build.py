"""What a run of the launch leaves behind, made in code: healthy, or with one thing wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import numpy as np

from surgeproof.launch.arrivals import draw_arrivals
from surgeproof.launch.curve import Curve
from surgeproof.launch.records import (
    Assumption,
    InvariantReading,
    MetricPoint,
    ValidityReading,
)
from surgeproof.scaling.shortfall import shortfall
from surgeproof.verdict.evidence import RunEvidence
from surgeproof.verdict.judge import judge
from surgeproof.verdict.verdict import Scope, Verdict
from tests.verdict.launch import LINES, PLAN, SETTINGS, Case, curve_of, plan
from tests.verdict.samples import histograms, load_of, samples
from tests.verdict.supply import needed_of, supply_and_events


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
    rows = samples(curve, supply, arrivals, case, rng, wait_factor=1 / case.speed)
    slow = samples(
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
        load=load_of(curve, rows, case),
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
