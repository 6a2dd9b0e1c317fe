"""AWS cron expressions: six fields, with the letters L, W and # of their calendar."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date

from surgeproof.scaling.errors import ScheduleError

_MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
_DAYS = {"SUN": 1, "MON": 2, "TUE": 3, "WED": 4, "THU": 5, "FRI": 6, "SAT": 7}
_FIX = "Write cron(minutes hours day-of-month month day-of-week year), with ? in one of the two day fields"


@dataclass(frozen=True, slots=True)
class Cron:
    """A parsed expression: on which dates, and at which wall-clock times."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: str
    months: frozenset[int]
    weekdays: str
    years: frozenset[int] | None

    @classmethod
    def parse(cls, text: str) -> Cron:
        """Parse what stands between the brackets of ``cron(...)``.

        Raises:
            ScheduleError: Not six fields, a value out of range, or both day fields given.
        """
        fields = text.upper().split()
        if len(fields) != 6:
            raise ScheduleError("a cron expression has six fields", got=f"cron({text})", fix=_FIX)
        minute, hour, days, month, weekdays, year = fields
        if (days == "?") == (weekdays == "?"):
            raise ScheduleError("exactly one of day-of-month and day-of-week is ?", got=f"cron({text})", fix=_FIX)
        cron = cls(
            minutes=tuple(sorted(_values(minute, 0, 59, {}))),
            hours=tuple(sorted(_values(hour, 0, 23, {}))),
            days=days,
            months=frozenset(_values(month, 1, 12, _MONTHS)),
            weekdays=weekdays,
            years=None if year == "*" else frozenset(_values(year, 1970, 2199, {})),
        )
        cron.falls_on(date(2026, 1, 1))  # a bad day field is told now, not in the middle of a run
        return cron

    def falls_on(self, day: date) -> bool:
        """Whether the expression has a time on this date."""
        by_month = self.days != "?" and any(_in_month(part, day) for part in self.days.split(","))
        by_week = self.weekdays != "?" and any(_in_week(part, day) for part in self.weekdays.split(","))
        in_year = self.years is None or day.year in self.years
        return (by_month or by_week) and in_year and day.month in self.months


def _number(text: str, low: int, high: int, names: dict[str, int]) -> int:
    value = names.get(text, int(text) if text.isdigit() else -1)
    if not low <= value <= high:
        raise ScheduleError("cron field is out of range", got=text, allowed=f"{low} to {high}", fix=_FIX)
    return value


def _values(field: str, low: int, high: int, names: dict[str, int]) -> set[int]:
    found: set[int] = set()
    for part in field.split(","):
        span, _, every = part.partition("/")
        if span == "*":
            first, last = low, high
        else:
            start, dash, stop = span.partition("-")
            first = _number(start, low, high, names)
            last = _number(stop, low, high, names) if dash else (high if every else first)
        step = _number(every, 1, high, {}) if every else 1
        found.update(range(first, last + 1, step))
    return found


def _in_month(part: str, day: date) -> bool:
    last = calendar.monthrange(day.year, day.month)[1]
    if part == "L":
        return day.day == last
    if part.endswith("W"):
        # The weekday nearest to that date, within the month.
        wanted = last if part == "LW" else min(_number(part[:-1], 1, 31, {}), last)
        weekday = date(day.year, day.month, wanted).weekday()
        if weekday == 5:
            wanted += -1 if wanted > 1 else 2
        elif weekday == 6:
            wanted += 1 if wanted < last else -2
        return day.day == wanted
    return day.day in _values(part, 1, 31, {})


def _in_week(part: str, day: date) -> bool:
    weekday = day.isoweekday() % 7 + 1  # 1 is Sunday
    last = calendar.monthrange(day.year, day.month)[1]
    if part == "L":
        return weekday == 7
    if part.endswith("L"):
        return weekday == _number(part[:-1], 1, 7, _DAYS) and day.day > last - 7
    if "#" in part:
        which, _, nth = part.partition("#")
        return weekday == _number(which, 1, 7, _DAYS) and (day.day - 1) // 7 + 1 == _number(nth, 1, 5, {})
    return weekday in _values(part, 1, 7, _DAYS)
