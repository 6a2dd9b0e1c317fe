"""A curve that comes from a traffic history: what the plan says of it, and the record that was made of it."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from surgeproof.launch.phases import Mix, PhaseKind, PlanPart, check_mix
from surgeproof.launch.quantities import ArrivalsPerSecond, PositiveSeconds, Seconds, complaint

MAX_POINTS = 20_000
"""Most intervals that a traced curve may have: a week of half minutes, 5 h of seconds."""


class TraceColumns(PlanPart):
    """Names of the columns, where detection must not guess."""

    time: str | None = None
    count: str | None = None
    rate: str | None = Field(default=None, description="Arrivals per second")
    label: str | None = None


class TraceSpec(PlanPart):
    """Which history, which part of it, and how much it is raised."""

    file: str = Field(description="CSV, plain or .gz; from the plan's folder")
    columns: TraceColumns = TraceColumns()
    label: str | None = None
    zone: str | None = Field(default=None, description="IANA name or utc±N, of timestamps that do not tell theirs")
    window: str | None = Field(
        default=None,
        description="START/END with times: exactly this. Dates only: the part of `length` around the peak in them",
    )
    length: PositiveSeconds = Field(default=3900.0, description="How much around the peak, without a window")
    lead_in: Seconds | None = Field(default=None, description="How much of it before the peak; default 0.58 of length")
    growth: Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False)] | Literal["auto"] = "auto"
    peak: ArrivalsPerSecond | None = Field(default=None, description="Rate that growth `auto` raises the peak to")


class RecordedPhase(PlanPart):
    """A phase that was read off the history."""

    kind: PhaseKind
    start: Seconds
    end: PositiveSeconds


class TraceRecord(PlanPart):
    """The part of the history that is driven, raised by its growth: the plan needs the file no more."""

    first: str = Field(description="Date and time with zone of the history at launch second 0")
    interval: PositiveSeconds
    growth: float
    rates: tuple[ArrivalsPerSecond, ...] = Field(
        min_length=2, max_length=MAX_POINTS, description="Mean arrivals per second of each interval"
    )
    phases: tuple[RecordedPhase, ...] = Field(min_length=1)
    notes: tuple[str, ...] = Field(default=(), description="What a reader must know of how it was made")


class TracedCurve(PlanPart):
    """The curve as a history times its growth. Phases are derived from it and named after their kind."""

    trace: TraceSpec
    mix: dict[PhaseKind, Mix] = Field(default={}, description="Instead of journeys.mix, by kind of phase")
    record: TraceRecord | None = Field(
        default=None, description="Written by surgeproof; read from the file when absent"
    )

    @model_validator(mode="before")
    @classmethod
    def _no_phases_besides(cls, data: object) -> object:
        if isinstance(data, dict) and "phases" in data:
            raise complaint("has phases and a trace", allowed="one of them", fix="Take the other out")
        return data

    @field_validator("mix")
    @classmethod
    def _mixes_sum_to_one(cls, mix: dict[PhaseKind, Mix]) -> dict[PhaseKind, Mix]:
        for shares in mix.values():
            check_mix(shares)
        return mix

    @model_validator(mode="after")
    def _growth_has_its_peak(self) -> Self:
        if self.record is None and self.trace.growth == "auto" and not self.trace.peak:
            raise complaint("growth auto has no peak to match", fix="Add trace.peak, or give trace.growth a number")
        return self
