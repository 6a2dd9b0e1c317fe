"""Hours of the week with a floor of their own, as scheduled actions: pure arithmetic on the zone's wall clock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from surgeproof.scaling.scheduled import CompiledAction

if TYPE_CHECKING:
    from infra.window_settings import FloorWindow

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEK: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES


def spans(window: FloorWindow) -> list[tuple[int, int]]:
    """Start and end of a window in minutes of the week from Monday 00:00; an end may lie in the week after."""
    start, end = _minutes(window.start), _minutes(window.end)
    length = (end - start) % DAY_MINUTES or DAY_MINUTES
    return [(at, at + length) for day in window.days for at in [WEEK.index(day) * DAY_MINUTES + start]]


def overlap(one: FloorWindow, other: FloorWindow) -> bool:
    """Whether two windows of one zone overlap or touch: where one ends as the other begins, AWS promises no order."""
    return any(
        start <= other_end + week and other_start + week <= end
        for start, end in spans(one)
        for other_start, other_end in spans(other)
        for week in (-WEEK_MINUTES, 0, WEEK_MINUTES)
    )


def window_actions(windows: Sequence[FloorWindow], *, min_tasks: int, max_tasks: int) -> list[CompiledAction]:
    """Two scheduled actions for each window: one that sets its floor and ceiling, one that gives the service's own back.

    Args:
        windows: As set; none overlaps another.
        min_tasks, max_tasks: The service's own.
    """
    actions: list[CompiledAction] = []
    for window in windows:
        over_night = _minutes(window.end) <= _minutes(window.start)
        actions += [
            CompiledAction(
                window.name,
                _cron(window.start, window.days, shift=0),
                window.zone,
                window.min_tasks,
                window.max_tasks or max_tasks,
            ),
            CompiledAction(
                f"{window.name}-end",
                _cron(window.end, window.days, shift=int(over_night)),
                window.zone,
                min_tasks,
                max_tasks,
            ),
        ]
    return actions


def floor_at(windows: Sequence[FloorWindow], moment: datetime, *, min_tasks: int) -> int:
    """The floor that the windows leave in force at a moment."""
    for window in windows:
        minute = _minute_of_week(moment.astimezone(ZoneInfo(window.zone)))
        if any(start <= minute + week < end for start, end in spans(window) for week in (0, WEEK_MINUTES)):
            return window.min_tasks
    return min_tasks


def edges_between(
    windows: Sequence[FloorWindow], start: datetime, end: datetime
) -> Iterator[tuple[FloorWindow, datetime]]:
    """Each start and end of a window in ``start < edge < end``, by date."""
    for window in windows:
        zone = ZoneInfo(window.zone)
        for at in sorted({at % WEEK_MINUTES for span in spans(window) for at in span}):
            day = start.astimezone(zone).date() - timedelta(days=1)
            while day <= end.astimezone(zone).date():
                if day.weekday() == at // DAY_MINUTES:
                    clock = time(*divmod(at % DAY_MINUTES, 60))
                    edge = datetime.combine(day, clock, zone)
                    if start < edge < end:
                        yield window, edge
                day += timedelta(days=1)


def _minutes(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def _minute_of_week(local: datetime) -> int:
    return local.weekday() * DAY_MINUTES + local.hour * 60 + local.minute


def _cron(clock: str, days: Sequence[Day], *, shift: int) -> str:
    hours, minutes = divmod(_minutes(clock), 60)
    fall = sorted((WEEK.index(day) + shift) % 7 for day in days)
    if len(fall) == 7:
        return f"cron({minutes} {hours} * * ? *)"
    return f"cron({minutes} {hours} ? * {','.join(WEEK[day].upper() for day in fall)} *)"
