"""Plans to start from, and curves of any shape."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from surgeproof.launch.curve import Curve, Ramp, compile_curve
from surgeproof.launch.plan import LaunchPlan, PhasedCurve, PhaseSpec, load_plan

PLANS = Path(__file__).parents[2] / "loadtests" / "plans"

SMALL: dict[str, Any] = {
    "name": "small",
    "launch": {"date": "2027-03-20", "time": "10:00", "zone": "Europe/Paris"},
    "curve": {
        "phases": [
            {"name": "warm-up", "duration": "5m", "rate": 10},
            {"name": "surge", "duration": "10m", "shape": "exponential", "to": 40},
            {"name": "peak", "duration": 300, "rate": 40},
            {"name": "drain", "duration": "10m", "shape": "linear", "to": 0},
        ]
    },
    "journeys": {
        "mix": {"glance": 0.7, "browse": "20%", "checkout": 0.1},
        "think_time": {"mu": 3.41, "sigma": 1.34, "max": "5m"},
    },
    "catalogue": {
        "products": 10,
        "hero_sku": "SERUM-001",
        "hero_share": "20%",
        "zipf": 0.9,
        "hero_stock": 100,
        "stock": 10,
    },
    "gates": [
        {"phase": ["surge", "peak"], "metric": "p95", "max": "800ms"},
        {"phase": "*", "metric": "orders", "min": "95%"},
    ],
    "prewarm": {"lead": "10m", "release": "1h", "tasks": {"storefront": 4}},
}


def small(**changes: Any) -> dict[str, Any]:
    """The small plan as data, with whole sections changed."""
    return {**deepcopy(SMALL), **changes}


@st.composite
def phase_lists(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Phases of every shape, the first with a start."""
    rates = st.floats(0.1, 500, allow_nan=False)
    durations = st.floats(1, 5000, allow_nan=False)
    phases: list[dict[str, Any]] = [
        {"name": "start", "kind": "surge", "duration": draw(durations), "rate": draw(rates)}
    ]
    for number in range(draw(st.integers(0, 5))):
        shape = draw(st.sampled_from(["constant", "linear", "exponential", "step", "spike"]))
        phase: dict[str, Any] = {"name": f"p{number}", "kind": "hold", "duration": draw(durations), "shape": shape}
        if shape == "constant":
            phase["rate"] = draw(rates)
        else:
            phase["to"] = draw(rates)
            if draw(st.booleans()):
                phase["from"] = draw(rates)
        if shape == "step":
            phase["steps"] = draw(st.integers(1, 6))
        if shape == "spike":
            phase |= {
                "after": phase["duration"] * 0.1,
                "rise": phase["duration"] * 0.3,
                "fall": phase["duration"] * 0.2,
            }
        phases.append(phase)
    return phases


def curve_of(phases: list[dict[str, Any]]) -> Curve:
    """Compiled from phases alone."""
    return compile_curve(LaunchPlan.model_validate(small(curve={"phases": phases}, gates=[])))


def phases_of(plan: LaunchPlan) -> tuple[PhaseSpec, ...]:
    """Phases of a plan that has no history."""
    assert isinstance(plan.curve, PhasedCurve)
    return plan.curve.phases


def steepest(curve: Curve, window: float) -> Ramp:
    """Steepest ramp of a curve that is long enough."""
    ramp = curve.steepest(window)
    assert ramp is not None
    return ramp


@pytest.fixture
def plan() -> LaunchPlan:
    return LaunchPlan.model_validate(SMALL)


@pytest.fixture
def spring() -> LaunchPlan:
    return load_plan(PLANS / "spring.yaml")
