"""Arrivals fit the curve: those that are drawn, and those that the engine delivers.

All seeds are fixed, so a test that passes once always draws the same arrivals. They are the first twenty, not chosen:
at p > 0.01, one in a hundred right samples would fail, so a curve or a seed that is changed may need a look at its
p-values, and that they are spread evenly over 0 to 1 (which is tested, too) tells chance from a fault.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from surgeproof.launch.arrivals import draw_arrivals
from surgeproof.launch.curve import Curve, compile_curve
from surgeproof.launch.plan import load_plan
from surgeproof.load.journey import Client
from surgeproof.load.run_config import RunConfig
from surgeproof.load.visitor import Visitor
from tests.load.arrival_fit import fit, kolmogorov_smirnov
from tests.load.conftest import PLAN
from tests.load.driving import drive, journeys
from tests.load.site import Site

SEEDS = range(20)
SPEED = 30.0
MOST_LATE = 0.005
"""Real seconds of lag, half a mean gap: beyond it, the gaps are the machine's and not the generator's."""
PHASES = {
    "step": ["{name: surge, duration: 60s, shape: step, from: 20, to: 100, steps: 5}"],
    "ramp": [
        "{name: surge, duration: 40s, shape: exponential, from: 15, to: 130}",
        "{name: drain, duration: 20s, shape: linear, to: 20}",
    ],
    "spike": ["{name: surge, duration: 60s, shape: spike, from: 40, to: 250, after: 20s, rise: 6s, fall: 12s}"],
}
HISTORY = [31, 40, 38, 52, 75, 140, 128, 90, 61, 66, 43, 25]
"""Arrivals a second in each of twelve intervals of five launch seconds."""
CURVES = [*PHASES, "trace"]


@pytest.fixture
def plan_of(tmp_path: Path) -> Callable[[str], Path]:
    """A plan of about 130 arrivals within two real seconds."""

    def write(name: str) -> Path:
        text = PLAN.format(half=30, rate=0, mix="{one: 1}", timeout=5)
        head, _, rest = text.partition("curve:")
        if name == "trace":
            begin = datetime(2027, 3, 1, 10, tzinfo=UTC)
            lines = [f"{begin + timedelta(seconds=5 * k):%Y-%m-%dT%H:%M:%SZ},{5 * r}" for k, r in enumerate(HISTORY)]
            (tmp_path / "history.csv").write_text("\n".join(["time,count", *lines]) + "\n")
            window = "2027-03-01T10:00:00Z/2027-03-01T10:01:00Z"
            curve = f"curve: {{trace: {{file: history.csv, window: '{window}', growth: 1}}}}\n"
        else:
            curve = f"curve: {{phases: [{', '.join(PHASES[name])}]}}\n"
        path = tmp_path / f"{name}.yaml"
        path.write_text(head + curve + rest[rest.index("journeys:") :])
        return path

    return write


def curve_of(plan: Path) -> Curve:
    return compile_curve(load_plan(plan, {}))


@pytest.mark.parametrize("name", CURVES)
def test_drawn_arrivals_fit_the_curve(name: str, plan_of: Callable[[str], Path]):
    curve = curve_of(plan_of(name))
    # Thirty times as many as a run at this speed has: what is wrong with the draw shows the better.
    drawn = [draw_arrivals(curve, seed=seed, speed=SPEED, scale=30) for seed in SEEDS]
    found = np.array([fit(curve, arrivals, speed=SPEED, scale=30) for arrivals in drawn])
    assert len(drawn[0]) > 2000
    assert found.min() > 0.01, found
    assert all(kolmogorov_smirnov(column) > 0.01 for column in found.T), "p-values are spread evenly"


@pytest.mark.parametrize("name", CURVES)
def test_the_test_finds_arrivals_of_another_curve_and_regular_ones(name: str, plan_of: Callable[[str], Path]):
    curve = curve_of(plan_of(name))
    arrivals = draw_arrivals(curve, seed=1, speed=SPEED)
    flat = np.linspace(0, curve.duration, len(arrivals) + 2)[1:-1]
    assert min(fit(curve, flat, speed=SPEED)) < 0.01
    regular = curve.inverse(np.linspace(0, curve.cumulative[-1], len(arrivals) + 2)[1:-1])
    assert fit(curve, regular, speed=SPEED)[0] < 0.01
    ticks = np.floor(arrivals / SPEED / 0.1) * 0.1 * SPEED  # a generator that looks ten times a second
    assert fit(curve, ticks, speed=SPEED)[0] < 0.01


def delivered(plan: Path, site: Site, folder: Path, seed: int) -> tuple[np.ndarray, float]:
    """Launch seconds at which the engine sent each journey's first request, and how late 98 % of them were at most."""

    def run(client: Client, _: Visitor) -> None:
        client.get("/", name="step")

    rows = drive(RunConfig(plan=plan, host=site.url, folder=folder, seed=seed, speed=SPEED), journeys(one=run)).rows
    late = rows["latency"].astype(np.float64) - rows["raw"]
    return np.sort(rows["due_at"] + late * SPEED), float(np.percentile(late, 98))


@pytest.mark.slow
@pytest.mark.parametrize("name", CURVES)
def test_delivered_arrivals_fit_the_curve(name: str, plan_of: Callable[[str], Path], site: Site, tmp_path: Path):
    """A run that was late is made again: a busy machine is late now and then, a bad generator always."""
    plan = plan_of(name)
    curve = curve_of(plan)
    for seed in SEEDS:
        for turn in range(5):
            found, late = delivered(plan, site, tmp_path / f"{seed}-{turn}", seed)
            assert len(found) == len(draw_arrivals(curve, seed=seed, speed=SPEED))
            values = fit(curve, np.minimum(found, curve.duration), speed=SPEED)
            if min(values) > 0.01 or late < MOST_LATE:
                break
        assert min(values) > 0.01, f"seed {seed}: {values}, late by {late:.3f} s"
