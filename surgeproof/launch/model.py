"""The launch plan's model: when the launch is, the curve, the journeys and their mix, the gates, the pre-warm."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Any, Self

from pydantic import Discriminator, Field, Tag, field_validator, model_validator

from surgeproof.launch.errors import PlanError
from surgeproof.launch.gates import EVERY, Gate
from surgeproof.launch.moment import Launch
from surgeproof.launch.phases import Mix, PhasedCurve, PlanPart, check_mix
from surgeproof.launch.quantities import PositiveSeconds, Seconds, Share, complaint
from surgeproof.launch.traced import TracedCurve


class ThinkTime(PlanPart):
    """Launch seconds between two requests of a visitor: lognormal, cut at ``max``."""

    mu: float = Field(ge=-10, le=10, description="Mean of the logarithm; the median is exp(mu) seconds")
    sigma: float = Field(ge=0, le=5, description="Standard deviation of the logarithm")
    max: PositiveSeconds


class Journeys(PlanPart):
    """What visitors do, and in which shares."""

    mix: Mix
    think_time: ThinkTime
    order_step: str = Field(default="checkout", description="Step whose accepted answer is an order")
    request_timeout: PositiveSeconds = Field(default=10.0, description="Real seconds; not divided by speed")

    @field_validator("mix")
    @classmethod
    def _mix_sums_to_one(cls, mix: Mix) -> Mix:
        return check_mix(mix)


class Catalogue(PlanPart):
    """What is sold, and how unevenly it is looked at. Stock is that of speed 1 and scale 1."""

    products: int = Field(ge=1, le=1_000_000, description="The hero among them")
    hero_sku: str = Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")
    hero_share: Share = Field(description="Share of the product picks that go to the hero")
    zipf: float = Field(ge=0, le=5, description="Exponent of the popularity of the others: rank ** -zipf")
    hero_stock: int = Field(ge=0, description="Pieces of the hero")
    stock: int = Field(ge=0, description="Pieces of each other product")


class Prewarm(PlanPart):
    """Capacity that is scheduled before the launch, and given back after it."""

    enabled: bool = True
    lead: Seconds = Field(default=900.0, description="Launch seconds before the launch moment")
    release: Seconds = Field(default=3600.0, description="Launch seconds after the launch moment")
    tasks: dict[str, Annotated[int, Field(ge=0, le=10_000)]] = Field(
        default={}, description="Service to its minimum of tasks meanwhile"
    )


def _curve_kind(value: Any) -> str:
    traced = "trace" in value if isinstance(value, dict) else isinstance(value, TracedCurve)
    return "traced" if traced else "phased"


class LaunchPlan(PlanPart):
    """One launch. Frozen; read with ``load_plan``, compiled with ``compile_curve``."""

    name: str = Field(min_length=1, max_length=100)
    launch: Launch
    curve: Annotated[
        Annotated[PhasedCurve, Tag("phased")] | Annotated[TracedCurve, Tag("traced")],
        Discriminator(_curve_kind),
    ]
    journeys: Journeys
    catalogue: Catalogue
    gates: tuple[Gate, ...] = ()
    prewarm: Prewarm = Prewarm()

    @property
    def phase_names(self) -> tuple[str, ...]:
        """Names of the phases in their order; empty for a traced curve whose record is not made yet."""
        if isinstance(self.curve, PhasedCurve):
            return tuple(phase.name for phase in self.curve.phases)
        return tuple(phase.kind for phase in self.curve.record.phases) if self.curve.record else ()

    @model_validator(mode="after")
    def _gates_name_phases(self) -> Self:
        known = self.phase_names
        for index, gate in enumerate(self.gates):
            for name in gate.phases if known else ():
                if name != EVERY and name not in known:
                    raise complaint(
                        f"names {name!r}, which the curve has not",
                        allowed=f"{', '.join(known)}, or *",
                        fix="Name one of these",
                        at=("gates", index, "phase"),
                    )
        return self


PLAN_KEYS = frozenset(LaunchPlan.model_fields)
"""What the path of an override may start with to address the plan."""


def check_steps(plan: LaunchPlan, steps: Collection[str]) -> None:
    """Refuse a gate whose step none of the journeys takes: it could never be decided.

    Args:
        plan: The plan.
        steps: Names of all steps of the journeys in its mix, as a sketch finds them.

    Raises:
        PlanError: Names the gate.
    """
    for index, gate in enumerate(plan.gates):
        if gate.step != EVERY and gate.step not in steps:
            raise PlanError(
                "no journey of the mix takes this step",
                field=f"gates[{index}].step",
                got=gate.step,
                allowed=f"{', '.join(sorted(steps))}, or *",
                fix="Name one of these",
            )


def plan_schema() -> dict[str, Any]:
    """JSON Schema of a plan's file, as exported to ``docs/schemas/launch-plan.schema.json``."""
    schema = LaunchPlan.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
