"""From options to what a run is made of: the effective plan, the stack's overrides, the curve, the expected demand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surgeproof.launch.arrivals import draw_arrivals, draw_journeys
from surgeproof.launch.curve import Curve, compile_curve
from surgeproof.launch.overrides import field_path, parse_overrides
from surgeproof.launch.plan import PLAN_KEYS, LaunchPlan, check_steps, load_plan
from surgeproof.launch.trace import trace_plan
from surgeproof.load.journey import Journey
from surgeproof.load.sketch import Sketch, sketch, sketch_for_demand
from surgeproof.rehearsal.errors import RehearsalError
from surgeproof.rehearsal.options import RunOptions
from surgeproof.scaling.demand import ExpectedDemand
from surgeproof.scaling.replay_inputs import Taker, taker_of


@dataclass(frozen=True)
class Prepared:
    """What is known before anything is started.

    Attributes:
        plan: The plan with overrides and trace applied.
        curve: Its curve, compiled.
        plan_overrides: What `--set` changed in the plan.
        stack_overrides: What `--set` changes in the stack's settings.
    """

    plan: LaunchPlan
    curve: Curve
    plan_overrides: dict[str, Any]
    stack_overrides: dict[str, Any]

    @property
    def overrides(self) -> dict[str, Any]:
        """All that `--set` changed."""
        return {**self.plan_overrides, **self.stack_overrides}


def prepare(options: RunOptions) -> Prepared:
    """Read the plan, and apply what the command line changes in it.

    Raises:
        SurgeproofError: A plan, an override or a trace that cannot be.
    """
    overrides = parse_overrides(options.sets)
    plan_overrides = {path: value for path, value in overrides.items() if field_path(path)[0] in PLAN_KEYS}
    stack_overrides = {path: value for path, value in overrides.items() if path not in plan_overrides}
    plan = load_plan(options.plan, plan_overrides)
    if options.trace is not None:
        trace = options.trace
        plan = trace_plan(
            plan, trace.file, label=trace.label, zone=trace.zone, window=trace.window, growth=trace.growth
        )
    return Prepared(plan, compile_curve(plan), plan_overrides, stack_overrides)


def refuse_shared_keys(settings: Mapping[str, Any], file: str) -> None:
    """The plan and the stack's settings own different keys: the same key in both is an error.

    Raises:
        RehearsalError: Names the first key that the plan owns.
    """
    for key in settings:
        if key in PLAN_KEYS:
            raise RehearsalError(
                "belongs to the launch plan, not to a stack",
                path=f"{file}: surgeproof:platform.{key}",
                fix="Move it into the plan that the stack names in launch_plan",
            )


@dataclass(frozen=True)
class RunSketch:
    """What exactly this run's arrivals would do on a site that answers at once.

    Attributes:
        arrivals: Launch seconds.
        sketch: Their journeys; numbers are arrival numbers.
    """

    arrivals: NDArray[np.float64]
    sketch: Sketch


def sketch_run(
    prepared: Prepared, journeys: Mapping[str, Journey], *, seed: int, speed: float, scale: float
) -> RunSketch:
    """Sketch the run's own arrivals.

    Raises:
        SurgeproofError: A journey that the mix names is missing, or cannot be sketched.
    """
    curve = prepared.curve
    arrivals = draw_arrivals(curve, seed=seed, speed=speed, scale=scale)
    kinds = draw_journeys(curve, arrivals, seed=seed)
    return RunSketch(arrivals, sketch(prepared.plan, curve, arrivals, kinds, journeys, seed))


def expected_demand(
    prepared: Prepared, journeys: Mapping[str, Journey], run: RunSketch, takers: Sequence[Taker]
) -> dict[str, ExpectedDemand]:
    """Demand on each service that answers visitors: by the plan, and by this run's own visitors.

    Raises:
        SurgeproofError: A gate names a step that no journey takes, or a journey cannot be sketched.
    """
    many = sketch_for_demand(prepared.plan, prepared.curve, journeys)
    check_steps(prepared.plan, {step.name for step in many.steps})
    found: dict[str, ExpectedDemand] = {}
    for place, taker in enumerate(takers):
        steps = {
            step.name for each in (many, run.sketch) for step in each.steps if taker_of(step.path, takers) == place
        }
        expected = ExpectedDemand.from_sketch(prepared.curve, many, taker.demand, steps)
        found[taker.name] = expected.with_planned(run.sketch, run.arrivals)
    return found
