"""Settings of hours of the week in which a service has another floor; a launch's own hours stand in the launch plan."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints, field_validator, model_validator

from infra.floor_windows import WEEK, Day
from infra.quantities import TaskCount, complaint
from infra.strict import Strict
from infra.time_zone import Zone

Clock = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
"""A time of day, ``07:30``. Quote it in YAML, which else reads a number."""


class FloorWindow(Strict):
    """Hours in which more tasks run than otherwise: trading hours, or the night's batch."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,29}$", description="Of its scheduled actions")
    days: tuple[Day, ...] = Field(default=WEEK, min_length=1, description="Days on which it begins")
    start: Clock = Field(description="Time of day, of the zone's wall clock; not one that a change of clocks skips")
    end: Clock = Field(description="Time of day; before start, of the day after")
    zone: Zone = Field(default="UTC", description="Time zone of both")
    min_tasks: TaskCount = Field(description="Tasks that always run meanwhile")
    max_tasks: TaskCount | None = Field(default=None, description="The ceiling meanwhile; else the service's own")

    @field_validator("days")
    @classmethod
    def _each_day_once(cls, days: tuple[Day, ...]) -> tuple[Day, ...]:
        if len(set(days)) < len(days):
            raise complaint("names a day twice", fix="Name each day once")
        return days

    @model_validator(mode="after")
    def _ends(self) -> FloorWindow:
        if self.start == self.end:
            raise complaint(
                "ends as it begins, and AWS promises no order within a minute",
                fix="Raise min_tasks of the service, or end a minute earlier",
                at="end",
            )
        return self
