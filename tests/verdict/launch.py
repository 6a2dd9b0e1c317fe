"""A launch of 70 minutes, its stack's settings, and what is different in a run of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from surgeproof.launch.curve import Curve, compile_curve
from surgeproof.launch.plan import LaunchPlan, parse_plan

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
