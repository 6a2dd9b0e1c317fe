"""The curve as a plan writes it: phases, each with a shape, or the history of a real day."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from surgeproof.launch.quantities import ArrivalsPerSecond, PositiveSeconds, Seconds, Share, complaint

PhaseKind = Literal["warm-up", "surge", "peak", "hold", "drain"]
"""What a phase is for. The launch moment is the start of the first phase that is no warm-up."""
Shape = Literal["constant", "linear", "exponential", "step", "spike"]
KINDS: tuple[str, ...] = get_args(PhaseKind)
Mix = dict[str, Share]
"""Journey name to its share of the arrivals; the shares sum to 1."""

_SUM_TOLERANCE = 1e-6
_NEEDS: dict[str, tuple[set[str], set[str]]] = {  # shape: fields it needs, fields it may have
    "constant": ({"rate"}, set()),
    "linear": ({"to"}, {"from"}),
    "exponential": ({"to"}, {"from"}),
    "step": ({"to"}, {"from", "steps"}),
    "spike": ({"to", "rise", "fall"}, {"from", "after"}),
}


class PlanPart(BaseModel):
    """Base of all parts of a plan: frozen, strict about unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True)


def check_mix(mix: Mix) -> Mix:
    """The mix, when its shares sum to 1.

    Raises:
        PydanticCustomError: When it is empty, or they do not.
    """
    if not mix:
        raise complaint("has no journey", fix="Name at least one journey with its share")
    total = sum(mix.values())
    if abs(total - 1) > _SUM_TOLERANCE:
        raise complaint(f"its shares sum to {total:.7g}", allowed="shares that sum to 1", fix="Correct the shares")
    return mix


def _kind_may_be_left_out(schema: dict[str, Any]) -> None:
    schema["required"].remove("kind")


class PhaseSpec(PlanPart):
    """One phase of the curve.

    ``constant``: at ``rate``. ``linear`` and ``exponential``: from ``from`` (default: where the last phase ended)
    to ``to``. ``step``: up in ``steps`` equal stairs, the first at its start. ``spike``: on the plateau ``from``,
    after ``after`` up to ``to`` within ``rise``, back within ``fall``, then the plateau again.
    """

    model_config = ConfigDict(json_schema_extra=_kind_may_be_left_out)

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_. -]*$", max_length=60)]
    kind: PhaseKind = Field(description="Default: the name, when it is one")
    duration: PositiveSeconds
    shape: Shape = "constant"
    rate: ArrivalsPerSecond | None = None
    start_rate: ArrivalsPerSecond | None = Field(default=None, alias="from")
    to: ArrivalsPerSecond | None = None
    steps: int = Field(default=1, ge=1, le=100)
    after: Seconds = 0.0
    rise: PositiveSeconds | None = None
    fall: PositiveSeconds | None = None
    mix: Mix | None = Field(default=None, description="Instead of journeys.mix, in this phase")

    @model_validator(mode="before")
    @classmethod
    def _kind_from_name(cls, data: object) -> object:
        if isinstance(data, dict) and "kind" not in data and data.get("name") in KINDS:
            return {**data, "kind": data["name"]}
        return data

    @field_validator("mix")
    @classmethod
    def _mix_sums_to_one(cls, mix: Mix | None) -> Mix | None:
        return mix if mix is None else check_mix(mix)

    @model_validator(mode="after")
    def _shape_has_its_fields(self) -> Self:
        needed, optional = _NEEDS[self.shape]
        shaping = {"rate": "rate", "start_rate": "from", "to": "to", "steps": "steps", "after": "after"}
        shaping |= {"rise": "rise", "fall": "fall"}
        fields = type(self).model_fields
        given = {key for name, key in shaping.items() if getattr(self, name) != fields[name].default}
        if missing := sorted(needed - given):
            raise complaint(f"shape {self.shape} needs {' and '.join(missing)}", fix=f"Add {' and '.join(missing)}")
        if foreign := sorted(given - needed - optional):
            has = ", ".join(sorted(needed | optional))
            raise complaint(f"shape {self.shape} has no {' and '.join(foreign)}", allowed=has, fix="Take it out")
        if self.shape == "spike" and self.after + (self.rise or 0) + (self.fall or 0) > self.duration:
            raise complaint("after + rise + fall is longer than duration", fix="Lengthen duration, or shorten them")
        if self.shape == "exponential" and (self.to == 0 or self.start_rate == 0):
            raise complaint("an exponential never starts or ends at 0", fix="Use linear, or a rate above 0")
        return self


class PhasedCurve(PlanPart):
    """The curve as phases that follow each other."""

    phases: tuple[PhaseSpec, ...] = Field(min_length=1, max_length=200)

    @field_validator("phases")
    @classmethod
    def _consistent(cls, phases: tuple[PhaseSpec, ...]) -> tuple[PhaseSpec, ...]:
        names = [phase.name for phase in phases]
        if doubled := next((name for name in names if names.count(name) > 1), None):
            raise complaint(f"two phases are called {doubled}", fix="Give each phase a name of its own")
        if phases[0].shape != "constant" and phases[0].start_rate is None:
            raise complaint("the first phase starts nowhere", fix="Add from, the rate at its start")
        if all(phase.kind == "warm-up" for phase in phases):
            raise complaint(
                "has nothing but warm-up", fix="Add a phase of kind surge, peak or hold: it starts the launch"
            )
        if not any(phase.rate or phase.to or phase.start_rate for phase in phases):
            raise complaint("has no arrivals", fix="Give a phase a rate above 0")
        return phases
