"""`surgeproof launch`: what a release manager reads before the launch is run."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from surgeproof.cli.curve_chart import draw_curve
from surgeproof.cli.launch import launch_group
from surgeproof.cli.launch_summary import expected_by_phase, gate_words
from surgeproof.cli.main import main
from surgeproof.launch.arrivals import draw_arrivals, draw_journeys
from surgeproof.launch.curve import compile_curve
from surgeproof.launch.errors import LaunchError
from surgeproof.launch.gates import Gate
from surgeproof.launch.plan import LaunchPlan, plan_schema
from surgeproof.load.journey import journeys_from
from surgeproof.load.sketch import sketch, sketch_for_demand

from .conftest import PLANS, curve_of

SPRING = str(PLANS / "spring.yaml")
JOURNEYS = PLANS.parent / "journeys.py"


def show(*arguments: str) -> Result:
    return CliRunner().invoke(launch_group, ["show", *arguments], catch_exceptions=False)


def shown(*arguments: str) -> dict[str, Any]:
    return json.loads(show(*arguments, "--json").stdout)


def test_terminal_tells_what_matters():
    text = show(SPRING).stdout
    for words in (
        "launch Sat 20 Mar 2027 10:00 Europe/Paris",
        "▲10:00",
        "103,077 in 65 min",
        "45 arrivals/s",
        "x3.5 in",
        "expected orders",
        "from 09:45 to 10:45",
        "p95 of checkout at most 1.2 s in surge, peak, hold",
        "orders at least 95 % of expected",
        "at speed 30, scale 1",
    ):
        assert words in text


def test_json_is_stdout_alone():
    told = shown(SPRING)
    assert told["arrivals"] == pytest.approx(103_077, abs=1)
    assert told["peak_rate"] == 45
    assert {ramp["window_s"]: ramp["ratio"] for ramp in told["steepest"]}[1800] == pytest.approx(3.5, abs=0.01)
    assert [phase["name"] for phase in told["phases"]] == ["warm-up", "surge", "peak", "hold", "drain"]
    assert sum(phase["arrivals"] for phase in told["phases"]) == pytest.approx(told["arrivals"], abs=1)
    assert sum(phase["expected_orders"] for phase in told["phases"]) == pytest.approx(told["expected_orders"], abs=1)
    assert len(told["knots"]["times_s"]) == len(told["knots"]["rates"])


def test_speed_and_scale_convert_counts():
    told = shown(SPRING, "--speed", "10", "--scale", "0.5")
    assert told["run"]["real_s"] == 390
    assert told["run"]["arrivals"] == pytest.approx(told["arrivals"] / 20, abs=0.1)
    assert told["run"]["peak_rate"] == 22.5


def test_overrides_reach_the_curve():
    assert shown(SPRING, "--set", "curve.phases[2].rate=90")["peak_rate"] == 90
    assert shown(SPRING, "--set", "prewarm.enabled=false")["prewarm"]["enabled"] is False


def test_expected_orders_are_those_of_the_runs_own_sketch(spring: LaunchPlan):
    curve = compile_curve(spring)
    journeys = journeys_from(JOURNEYS)
    told = expected_by_phase(spring, curve, sketch_for_demand(spring, curve, journeys, count=300))
    speed = 5
    arrivals = draw_arrivals(curve, seed=3, speed=speed)
    drawn = sketch(spring, curve, arrivals, draw_journeys(curve, arrivals, seed=3), journeys, 3)
    for phase, figures in zip(curve.phases, told, strict=True):
        expected = figures["orders"] / speed
        assert abs(drawn.orders_by_phase[phase.name] - expected) < 4 * np.sqrt(expected)
    requests = sum(figures["requests"] for figures in told) / speed
    assert len(drawn.rows) == pytest.approx(requests, rel=0.05)


def test_trace_in_the_place_of_the_phases(tmp_path: Path):
    start = datetime(1998, 6, 10, 18)  # noqa: DTZ001
    rows = [f"{start + timedelta(minutes=k)},{1000 + 50 * min(k, 60)}" for k in range(120)]
    file = tmp_path / "day.csv"
    file.write_text("\n".join(["minute_utc+2,requests", *rows]))
    told = shown(SPRING, "--trace", str(file), "--growth", "0.5")
    assert told["trace"]["growth"] == 0.5
    assert told["peak_rate"] == pytest.approx(4000 / 60 / 2)
    assert "a row each 60 s, growth 0.5" in show(SPRING, "--trace", str(file), "--growth", "0.5").stdout


def test_without_journeys_orders_are_not_invented(tmp_path: Path):
    plan = tmp_path / "plan.yaml"
    plan.write_text((PLANS / "smoke.yaml").read_text())
    result = show(str(plan))
    assert "not known" in result.stdout
    assert "Name it with --journeys" in result.stderr
    assert shown(str(plan))["expected_orders"] is None
    assert shown(str(plan), "--journeys", str(JOURNEYS))["expected_orders"] > 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["launch", "show", "none.yaml"],
        ["launch", "show"],
        ["launch", "show", SPRING, "--set", "nothing"],
        ["launch", "show", SPRING, "--set", "curve.nothing=1"],
        ["launch", "show", SPRING, "--label", "x"],
        ["launch", "show", SPRING, "--set", "gates[1].step=chekout"],
        ["launch", "show", SPRING, "--set", "journeys.mix={glanse: 1}"],
        ["launch", "show", SPRING, "--trace", "none.csv"],
        ["launch", "show", SPRING, "--speed", "0"],
    ],
)
def test_wrong_use_exits_2_without_a_traceback(arguments: list[str], capsys: pytest.CaptureFixture[str]):
    assert main(arguments) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err
    assert "Traceback" not in told.err


def test_gate_on_a_step_that_nobody_takes():
    with pytest.raises(LaunchError, match=r"gates\[1\].step: no journey of the mix takes this step, got 'chekout'"):
        show(SPRING, "--set", "gates[1].step=chekout")


def test_schema_command():
    assert json.loads(CliRunner().invoke(launch_group, ["schema"]).stdout) == json.loads(json.dumps(plan_schema()))


@pytest.mark.parametrize("width", [40, 80, 110])
def test_chart_keeps_its_width(width: int, spring: LaunchPlan):
    lines = draw_curve(compile_curve(spring), width=width).plain.split("\n")
    assert max(len(line) for line in lines) <= width
    assert len(lines) == 15


def test_chart_of_a_flat_curve_is_full():
    lines = draw_curve(curve_of([{"name": "surge", "duration": 60, "rate": 3}]), width=40, height=4).plain.split("\n")
    assert all(line.endswith("█" * 32) for line in lines[:4])


@pytest.mark.parametrize(
    ("gate", "words"),
    [
        (Gate(metric="p99.9", max=1.5), "p99.9 of all requests at most 1.5 s in every phase"),
        (
            Gate(metric="error_rate", max=0.0015, step="cart_add"),
            "error rate of cart_add at most 0.15 % in every phase",
        ),
        (Gate(metric="orders", min=1.0, phase="peak"), "orders at least 100 % of expected in peak"),
        (
            Gate(metric="tasks", max=0.9, service="storefront"),
            "tasks of storefront at most 90 % of max_tasks in every phase",
        ),
        (Gate(metric="queue_age", max=60), "queue age at most 60 s in every phase"),
    ],
)
def test_gates_in_words(gate: Gate, words: str):
    assert gate_words(gate) == words
