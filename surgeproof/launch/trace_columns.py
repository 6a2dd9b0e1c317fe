"""Columns of a history: which one tells the time, which the count or rate, which the label, and the zone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from surgeproof.launch.errors import TraceError
from surgeproof.launch.traced import TraceColumns

_OFFSET = re.compile(r"(?:utc|gmt)\s*([+-]\d{1,2})(?::?([0-5]\d))?(?!\d)", re.IGNORECASE)
_UTC = re.compile(r"(?<![a-z])(?:utc|gmt)(?![a-z+-])", re.IGNORECASE)
_TIME_WORDS = re.compile(r"time|date|minute|hour|second|stamp|^ts$|^day$|^at$", re.IGNORECASE)
_RATE_WORDS = re.compile(
    r"rate|rps|(per|/)[ _]?(s|sec|second|min|minute|h|hour)\b|(per|/)[ _]?(second|minute|hour)", re.IGNORECASE
)
_COUNT_WORDS = re.compile(r"request|count|hits|visit|session|view|arrival|order|value|number", re.IGNORECASE)
_LABEL_WORDS = re.compile(r"label|series|name|site|host|kind|day", re.IGNORECASE)
_PER = {"m": 60.0, "h": 3600.0}


@dataclass(frozen=True, slots=True)
class Columns:
    """Places of the columns in a row.

    Attributes:
        time: Index of the timestamp.
        value: Index of the count or rate.
        label: Index of the label, or None.
        is_rate: Whether the value is a rate; else a count in the interval that starts at the timestamp.
        per: Seconds that a rate counts in.
        zone: Zone that the header of the timestamp names, or None.
        width: Number of columns.
    """

    time: int
    value: int
    label: int | None
    is_rate: bool
    per: float
    zone: tzinfo | None
    width: int


def parse_zone(text: str, *, path: str = "--zone") -> tzinfo:
    """Zone from an IANA name or ``utc±N``.

    Raises:
        TraceError: When it is neither.
    """
    if text.strip().lower() in {"utc", "gmt", "z"}:
        return UTC
    if (match := _OFFSET.fullmatch(text.strip())) and (zone := _fixed(match)):
        return zone
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        allowed = "an IANA name such as Europe/Paris, or utc+2"
        raise TraceError("is not a time zone", path=path, got=text, allowed=allowed, fix="Correct the zone") from None


def _fixed(match: re.Match[str]) -> tzinfo | None:
    hours, minutes = int(match[1]), int(match[2] or 0)
    total = abs(hours) * 60 + minutes
    if total > 14 * 60:  # UTC+14 is the furthest zone there is
        return None
    return timezone(timedelta(minutes=-total if match[1].startswith("-") else total))


def _header_zone(name: str) -> tzinfo | None:
    if match := _OFFSET.search(name):
        return _fixed(match)
    return UTC if _UTC.search(name) else None


def _is_time(text: str) -> bool:
    try:
        parse_time(text)
    except ValueError:
        return False
    return True


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def parse_time(text: str) -> datetime:
    """Date and time of a timestamp: ISO 8601, or seconds or milliseconds since 1970.

    Raises:
        ValueError: When it is neither.
    """
    text = text.strip()
    if text.isdecimal() and len(text) in {9, 10, 12, 13}:
        return datetime.fromtimestamp(int(text) / (1 if len(text) <= 10 else 1000), tz=UTC)
    if len(text) < len("1998-06-10T00"):
        raise ValueError(text)
    return datetime.fromisoformat(text)


def find_columns(header: Sequence[str], first: Sequence[str], named: TraceColumns, file: str) -> Columns:
    """Find the columns by the plan's names, by the header's words, and by what the first row holds.

    Raises:
        TraceError: When there is no header, or a column is missing, or several could be meant.
    """
    names = [name.strip() for name in header]
    where = f"{file}:1"
    if any(_is_number(name) or _is_time(name) for name in names):
        raise TraceError(
            "has no header", path=where, got=",".join(names), fix="Add a first line with the columns' names"
        )
    if len(first) != len(names):
        raise TraceError(
            f"has {len(first)} columns where the header has {len(names)}", path=f"{file}:2", fix="Correct the row"
        )
    time = _named(named.time, names, where)
    if time is None:
        times = [k for k, cell in enumerate(first) if _is_time(cell)]
        worded = [k for k in times if _TIME_WORDS.search(names[k])]
        time = _only(worded or times, names, where, "timestamp", "curve.trace.columns.time")
    value = _named(named.count, names, where)
    is_rate = False
    if value is None and (value := _named(named.rate, names, where)) is not None:
        is_rate = True
    if value is None:
        numbers = [k for k, cell in enumerate(first) if k != time and _is_number(cell)]
        numbers = numbers or [k for k in range(len(names)) if k != time and _COUNT_WORDS.search(names[k])]
        worded = [k for k in numbers if _COUNT_WORDS.search(names[k]) or _RATE_WORDS.search(names[k])]
        value = _only(worded or numbers, names, where, "count or rate", "curve.trace.columns.count")
        is_rate = bool(_RATE_WORDS.search(names[value]))
    label = _named(named.label, names, where)
    if label is None:
        labels = [k for k in range(len(names)) if k not in {time, value} and _LABEL_WORDS.search(names[k])]
        label = labels[0] if len(labels) == 1 else None
    per = 1.0
    if is_rate and (match := re.search(r"(?:per|/)[ _]?([smh])", names[value], re.IGNORECASE)):
        per = _PER.get(match[1].lower(), 1.0)
    if re.search(r"rpm\b", names[value], re.IGNORECASE):
        is_rate, per = True, 60.0
    return Columns(time, value, label, is_rate, per, _header_zone(names[time]), len(names))


def _named(name: str | None, names: list[str], where: str) -> int | None:
    if name is None:
        return None
    if name not in names:
        raise TraceError("has no such column", path=where, got=name, allowed=", ".join(names), fix="Name one of these")
    return names.index(name)


def _only(found: list[int], names: list[str], where: str, what: str, key: str) -> int:
    if len(found) == 1:
        return found[0]
    if not found:
        allowed = "ISO 8601 such as 1998-06-10T19:26" if what == "timestamp" else "a column of numbers"
        raise TraceError(f"has no column with a {what}", path=where, got=",".join(names), allowed=allowed, fix="Add it")
    several = ", ".join(names[k] for k in found)
    raise TraceError(f"has several columns that may be the {what}", path=where, got=several, fix=f"Name one with {key}")
