"""The shipped plans say what their sources say, and hold enough samples for their gates."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from surgeproof.launch.curve import Curve, compile_curve
from surgeproof.launch.plan import LaunchPlan, load_plan

from .conftest import PLANS

ALL = sorted(PLANS.glob("*.yaml"))
SPEED = 30
CARTS = {"browse_and_cart", "returning", "checkout", "stock_out_retry"}
BUYERS = {"checkout", "stock_out_retry"}


def shares(curve: Curve, journeys: set[str]) -> float:
    """Share of the launch's arrivals that make one of the journeys."""
    counts = [(curve.count(phase.start, phase.end), phase.mix) for phase in curve.phases]
    return sum(count * sum(mix.get(name, 0) for name in journeys) for count, mix in counts) / sum(n for n, _ in counts)


def compiled(name: str) -> tuple[LaunchPlan, Curve]:
    plan = load_plan(PLANS / f"{name}.yaml")
    return plan, compile_curve(plan)


def test_spring_has_the_funnel_of_its_source():
    _, curve = compiled("spring")
    cart, buy = shares(curve, CARTS), shares(curve, BUYERS)
    assert cart == pytest.approx(0.229, abs=5e-4)
    assert buy / cart == pytest.approx(0.157, abs=5e-4)


def test_spring_fits_into_its_time():
    plan, curve = compiled("spring")
    assert curve.duration <= 70 * 60
    assert sum(phase.duration for phase in curve.phases if phase.kind == "drain") >= 20 * 60
    assert 10 <= curve.peak < 100
    assert plan.launch.moment.isoformat() == "2027-03-20T10:00:00+01:00"
    assert plan.prewarm.release > curve.phase_at(curve.times[curve.rates.argmax()]).end - curve.launch_at


def test_smoke_runs_within_its_time():
    _, curve = compiled("smoke")
    assert curve.duration / SPEED <= 25
    assert {phase.kind for phase in curve.phases} == {"warm-up", "surge", "peak", "hold", "drain"}


@pytest.mark.parametrize(
    ("name", "ratio", "minutes"),
    [
        ("spring", 3.5, 30),
        ("ramp-60-min", 5.5, 60),
        ("ramp-15-min", 2.45, 15),
        ("ramp-5-min", 1.52, 5),
        ("spike", 1.49, 9),
    ],
)
def test_steepest_ramp_is_the_measured_one(name: str, ratio: float, minutes: float):
    _, curve = compiled(name)
    ramp = curve.steepest(minutes * 60)
    assert ramp is not None
    assert ramp.ratio == pytest.approx(ratio, rel=0.002)


def test_overload_is_five_percent_over_for_386_seconds():
    plan, curve = compiled("overload")
    peak = next(phase for phase in curve.phases if phase.kind == "peak")
    assert peak.duration == 386
    assert {name for phase in curve.phases for name in phase.mix} == {"glance"}
    assert plan.prewarm.enabled is False
    assert plan.journeys.request_timeout > 0.05 * 386


@pytest.mark.parametrize("file", ALL, ids=lambda file: file.stem)
def test_gates_have_their_samples_at_speed_thirty(file: Path):
    """By the arrivals of the gate's phases: 3 sigma of Poisson noise must leave enough."""
    plan = load_plan(file)
    curve = compile_curve(plan)
    arrivals: dict[str, float] = {}
    orders: dict[str, float] = {}
    for phase in curve.phases:
        count = curve.count(phase.start, phase.end) / SPEED
        arrivals[phase.name] = count
        orders[phase.name] = count * sum(phase.mix.get(name, 0) for name in BUYERS)
    for gate in plan.gates:
        if gate.quantile is None:
            continue
        seen = orders if gate.step == "checkout" else arrivals
        expected = sum(seen[name] for name in (seen if gate.phases == ("*",) else gate.phases))
        assert expected - 3 * math.sqrt(expected) >= 1 / (1 - gate.quantile)


@pytest.mark.parametrize("file", ALL, ids=lambda file: file.stem)
def test_editor_finds_the_schema_and_name_is_the_files(file: Path):
    first, *_ = file.read_text().splitlines()
    reference = first.removeprefix("# yaml-language-server: $schema=")
    assert (file.parent / reference).resolve().is_file()
    assert load_plan(file).name == file.stem


@pytest.mark.parametrize("file", [file for file in ALL if file.stem != "overload"], ids=lambda file: file.stem)
def test_nothing_sells_out(file: Path):
    """Stock that lasts at speed 30 even for the product that is picked most."""
    plan = load_plan(file)
    curve = compile_curve(plan)
    orders = curve.count(0, curve.duration) * shares(curve, BUYERS) / SPEED
    catalogue = plan.catalogue
    others = sum(rank**-catalogue.zipf for rank in range(1, catalogue.products))
    top = (1 - catalogue.hero_share) / others
    assert 2 * orders < catalogue.hero_stock / SPEED
    assert 3 * orders * top + 10 < catalogue.stock / SPEED
