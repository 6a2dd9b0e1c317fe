"""The launch date and time: the one moment from which the curve and the pre-warm count."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator, WithJsonSchema, field_validator, model_validator

from surgeproof.launch.phases import PlanPart
from surgeproof.launch.quantities import complaint


def _date(value: object) -> object:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    try:
        return dt.date.fromisoformat(value) if isinstance(value, str) and len(value) == len("2027-03-20") else 1 / 0
    except (ValueError, ZeroDivisionError):
        raise complaint("is not a date", allowed="2027-03-20") from None


def _time(value: object) -> object:
    if isinstance(value, dt.time) and value.tzinfo is None:
        return value
    if isinstance(value, str) and re.fullmatch(r"\d\d?:\d\d(:\d\d)?", value.strip()):
        try:
            return dt.time.fromisoformat(value.strip().zfill(len("10:00")))
        except ValueError:
            pass
    raise complaint("is not a time of day", allowed="10:00 or 10:00:30, without a zone")


Date = Annotated[dt.date, BeforeValidator(_date), WithJsonSchema({"type": "string", "format": "date"})]
Time = Annotated[
    dt.time, BeforeValidator(_time), WithJsonSchema({"type": "string", "pattern": r"^\d\d?:\d\d(:\d\d)?$"})
]


class Launch(PlanPart):
    """When the launch is: date and time on the wall clock of a zone."""

    date: Date
    time: Time
    zone: str

    @field_validator("zone")
    @classmethod
    def _zone_exists(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise complaint("is not a time zone", allowed="an IANA name such as Europe/Paris or UTC") from None
        return zone

    @model_validator(mode="after")
    def _happens_once(self) -> Self:
        zone = ZoneInfo(self.zone)
        local = dt.datetime.combine(self.date, self.time)
        first, second = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
        if first.utcoffset() == second.utcoffset():
            return self
        back = first.astimezone(dt.UTC).astimezone(zone).replace(tzinfo=None)
        if back == local:
            raise complaint(
                f"{local:%Y-%m-%d %H:%M} happens twice in {self.zone}, as clocks are put back",
                fix="Choose another time, or write it in zone UTC",
            )
        raise complaint(
            f"{local:%Y-%m-%d %H:%M} does not happen in {self.zone}, as clocks are put forward",
            fix="Choose another time, or write it in zone UTC",
        )

    @property
    def moment(self) -> dt.datetime:
        """The launch moment, aware, in the plan's zone."""
        return dt.datetime.combine(self.date, self.time, tzinfo=ZoneInfo(self.zone))
