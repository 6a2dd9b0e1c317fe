"""What the stacks tell the firewall of a visitor's requests is what the plan's journeys make them."""

from __future__ import annotations

import numpy as np
import pytest

from surgeproof.graph.project import Project
from surgeproof.launch.curve import compile_curve
from surgeproof.launch.plan import load_plan
from surgeproof.load.journey import journeys_from
from surgeproof.load.sketch import sketch_for_demand
from tests.infra.conftest import ROOT


def _requests_per_visitor(step: str | None = None) -> float:
    """Mean over the spring plan's mix; of one step, or of all."""
    plan = load_plan(ROOT / "loadtests/plans/spring.yaml")
    drawn = sketch_for_demand(plan, compile_curve(plan), journeys_from(ROOT / "loadtests/journeys.py"), count=200)
    counted = drawn.rows
    if step is not None:
        counted = counted[counted["step"] == [info.name for info in drawn.steps].index(step)]
    mean = 0.0
    for number, journey in enumerate(drawn.journeys):
        visitors = len(np.unique(drawn.rows["number"][drawn.rows["journey"] == number]))
        mean += plan.journeys.mix.get(journey, 0) * float((counted["journey"] == number).sum()) / visitors
    return mean


@pytest.mark.parametrize("stack", ["staging", "production"])
def test_the_firewall_counts_as_the_journeys_do(project: Project, stack: str):
    firewall = project.settings(stack)["edge"]["firewall"]
    every, checkout = _requests_per_visitor(), _requests_per_visitor("checkout")
    assert every <= firewall["requests_per_visitor"] <= 1.1 * every
    # A declined card is tried again, which a sketch never is: the room above it.
    assert checkout <= firewall["guarded_requests_per_visitor"] <= 1.5 * checkout
