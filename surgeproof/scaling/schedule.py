"""Schedule expressions of scheduled actions: at(), cron() and rate(), with their zone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from surgeproof.scaling.cron import Cron
from surgeproof.scaling.errors import ScheduleError

_UNITS = {"minute": 60, "minutes": 60, "hour": 3600, "hours": 3600, "day": 86400, "days": 86400}


def occurrences(expression: str, zone: str, *, since: datetime, until: datetime) -> Iterator[datetime]:
    """Moments of a schedule in ``since < moment <= until``, in order, in UTC.

    Wall-clock times are those of the zone. One that a change of clocks skips does not occur; one that comes
    twice occurs the first time. A rate counts from ``since``.

    Raises:
        ScheduleError: AWS would refuse the expression or the zone.
    """
    kind, _, rest = expression.strip().partition("(")
    body = rest.removesuffix(")").strip()
    where = _zone(zone)
    if kind == "at":
        moment = _at(body, where)
        if since < moment <= until:
            yield moment
    elif kind == "cron":
        yield from _cron(Cron.parse(body), where, since, until)
    elif kind == "rate":
        every = _rate(body)
        moment = since.astimezone(UTC) + every
        while moment <= until:
            yield moment
            moment += every
    else:
        raise ScheduleError(
            "unknown schedule expression",
            got=expression,
            allowed="at(yyyy-mm-ddThh:mm:ss), cron(six fields), rate(value unit)",
        )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ScheduleError("unknown time zone", got=name, allowed="an IANA name, as Europe/Paris") from error


def _at(body: str, zone: ZoneInfo) -> datetime:
    try:
        return datetime.fromisoformat(body).replace(tzinfo=zone).astimezone(UTC)
    except ValueError as error:
        raise ScheduleError("cannot read the time", got=f"at({body})", allowed="at(yyyy-mm-ddThh:mm:ss)") from error


def _rate(body: str) -> timedelta:
    match = re.fullmatch(r"(\d+)\s+([a-z]+)", body)
    if match is None or match[2] not in _UNITS or int(match[1]) < 1:
        raise ScheduleError(
            "cannot read the rate", got=f"rate({body})", allowed="a positive number and minutes, hours or days"
        )
    return timedelta(seconds=int(match[1]) * _UNITS[match[2]])


def _cron(cron: Cron, zone: ZoneInfo, since: datetime, until: datetime) -> Iterator[datetime]:
    day, last = since.astimezone(zone).date(), until.astimezone(zone).date()
    while day <= last:
        if cron.falls_on(day):
            for hour in cron.hours:
                for minute in cron.minutes:
                    local = datetime.combine(day, time(hour, minute), zone)
                    moment = local.astimezone(UTC)
                    exists = moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None)
                    if exists and since < moment <= until:
                        yield moment
        day += timedelta(days=1)
