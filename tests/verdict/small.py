"""A load test of one minute: small enough to be judged hundreds of times."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from surgeproof.verdict.evidence import RunEvidence
from tests.verdict.build import changed_load, changed_worker, evidence
from tests.verdict.launch import Case

PLAN = """
name: small
launch: {date: 2027-03-20, time: "10:00", zone: Europe/Paris}
curve:
  phases:
    - {name: warm-up, duration: 20s, shape: constant, rate: 20}
    - {name: peak, duration: 40s, shape: constant, rate: 30}
journeys:
  mix: {browse: 0.7, checkout: 0.3}
  think_time: {mu: 3.41, sigma: 1.34, max: 10m}
catalogue: {products: 200, hero_sku: HERO, hero_share: 0.3, zipf: 1.0, hero_stock: 3000, stock: 500}
gates:
  - {phase: peak, metric: p95, max: 800ms}
  - {phase: peak, metric: p99, max: 2s}
  - {phase: "*", metric: error_rate, max: 1%}
  - {phase: peak, metric: orders, min: 95%}
"""


def small(**case: Any) -> RunEvidence:
    return evidence(Case(kind="load test", speed=1.0, **case), PLAN)


def _undelivered(run: RunEvidence) -> RunEvidence:
    counts = [
        each.model_copy(update={"arrivals_delivered": int(each.arrivals_planned * 0.97)}) for each in run.load.phases
    ]
    return changed_load(run, phases=counts)


def _nothing_due(run: RunEvidence) -> RunEvidence:
    zero = {"arrivals_planned": 0, "arrivals_delivered": 0}
    return changed_load(run, phases=[each.model_copy(update=zero) for each in run.load.phases])


BROKEN: dict[str, tuple[str, Any]] = {
    "undelivered": ("arrivals delivered", _undelivered),
    "nothing due": ("arrivals delivered", _nothing_due),
    "late": ("scheduling lag p99", lambda run: changed_worker(run, lag_p99_ms=161.0)),
    "saturated": ("generator CPU", lambda run: changed_worker(run, cpu_mean=0.81)),
    "worker lost": ("load workers lost", lambda run: changed_worker(run, lost=True)),
    "no worker": ("load workers lost", lambda run: changed_load(run, workers=[])),
    "clock": ("clock jump", lambda run: changed_load(run, clock_jump_s=-3600.0)),
    "edge": ("edge blocked", lambda run: changed_load(run, blocked=200)),
    "no answer": ("edge blocked", lambda run: changed_load(run, status_counts={})),
    "cap": ("in-flight cap hit", lambda run: changed_load(run, in_flight_cap_hit=True)),
    "aborted": ("stopped early", lambda run: changed_load(run, aborted_by="peak p95 > 5 s")),
}
"""What can be wrong with a test: the check that tells it, and a run made so."""


def with_gates(run: RunEvidence, *gates: Any) -> RunEvidence:
    """The same run under other gates."""
    return replace(run, plan=run.plan.model_copy(update={"gates": gates}))
