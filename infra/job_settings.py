"""Settings of a scheduled job: a program that is started at set times, and ends by itself."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from infra.quantities import WholeSeconds, complaint
from infra.task_settings import TaskSettings
from infra.time_zone import Zone

_SCHEDULE = re.compile(
    r"rate\([1-9]\d* (minute|minutes|hour|hours|day|days)\)"
    r"|cron\(\S+ \S+ \S+ \S+ \S+ \S+\)"
    r"|at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)"
)


def _schedule(value: str) -> str:
    if not _SCHEDULE.fullmatch(value):
        raise complaint(
            "is not a schedule of EventBridge Scheduler",
            allowed="cron(0 3 * * ? *), rate(1 hour), at(2027-03-20T10:00:00)",
        )
    return value


Schedule = Annotated[str, AfterValidator(_schedule)]
"""A schedule of EventBridge Scheduler: ``cron``, ``rate`` or ``at``."""


class JobSettings(TaskSettings):
    """A program that is started at set times. What starts it tries again; what it does itself is not tried again."""

    schedule: Schedule = Field(description="When: cron(0 3 * * ? *), rate(1 hour), at(2027-03-20T10:00:00)")
    zone: Zone = Field(default="UTC", description="Time zone of the schedule")
    enabled: bool = Field(default=True, description="Switch it off without taking it away")
    tasks: int = Field(default=1, ge=1, le=10, description="Tasks that are started each time")
    spread: WholeSeconds = Field(
        default=0, le=86_400, description="Seconds after the set time within which it may start"
    )
    retry_attempts: int = Field(default=3, ge=0, le=185, description="Times that starting it is tried again")
    retry_for: WholeSeconds = Field(
        default=3600, ge=60, le=86_400, description="Seconds for which starting it is tried; then it is a dead letter"
    )
    spot: bool = Field(default=False, description="On Fargate Spot, which AWS may take back in two minutes")

    @model_validator(mode="after")
    def _spreads_over_minutes(self) -> JobSettings:
        if self.spread % 60:
            raise complaint("EventBridge Scheduler takes whole minutes here", allowed='0, "5m", "1h"', at="spread")
        return self
