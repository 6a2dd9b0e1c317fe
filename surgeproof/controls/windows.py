"""Windows of time in which AWS works on a store: read from text, and whether two of them overlap."""

from __future__ import annotations

import re

from surgeproof.controls.context import ABSENT, UNKNOWN, Context
from surgeproof.controls.outcome import Outcome, failed, passed, unknown
from surgeproof.graph.model import Resource

DAY = 24 * 60
WEEK = 7 * DAY
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = re.compile(r"(?:([a-z]{3}):)?(\d\d):(\d\d)-(?:([a-z]{3}):)?(\d\d):(\d\d)")

Span = tuple[int, int]
"""Minutes of the week from Monday 00:00, start and end; an end before the start is in the next week."""


def spans(text: str) -> list[Span]:
    """``tue:03:30-tue:04:30`` as one span of the week, ``02:00-03:00`` as one of each day; empty when it is neither."""
    found = _TIME.fullmatch(text.strip().lower())
    if found is None:
        return []
    first, hour, minute, last, end_hour, end_minute = found.groups()
    start, end = int(hour) * 60 + int(minute), int(end_hour) * 60 + int(end_minute)
    if (first is None) != (last is None) or (first is not None and not {first, last} <= set(_DAYS)):
        return []
    if first is not None and last is not None:
        return [(_DAYS.index(first) * DAY + start, _DAYS.index(last) * DAY + end)]
    return [(day * DAY + start, day * DAY + end + (DAY if end <= start else 0)) for day in range(7)]


def overlap(one: Span, other: Span) -> bool:
    """Whether two spans share a minute, over the end of the week too."""
    (a, b), (c, d) = ((start, end if end > start else end + WEEK) for start, end in (one, other))
    return any(a < d + shift and c + shift < b for shift in (-WEEK, 0, WEEK))


def apart(context: Context, resource: Resource, backup: str, maintenance: str) -> Outcome:
    """Pass when a store says both of its windows, and they share no minute.

    Args:
        context: What the control runs in.
        resource: The store.
        backup: Property with the window of each day.
        maintenance: Property with the window of the week.
    """
    values = {name: context.value(resource, name) for name in (backup, maintenance)}
    for name, value in values.items():
        if value is UNKNOWN:
            return unknown(f"{name} is known only after deployment", property=name)
        if value is ABSENT:
            return failed(f"leaves {name} to AWS, which may choose the hour of the launch", property=name)
        if not spans(str(value)):
            return failed(f"{name} is no window", property=name)
    clash = any(overlap(one, other) for one in spans(str(values[backup])) for other in spans(str(values[maintenance])))
    return failed("is backed up and maintained at the same time", property=maintenance) if clash else passed()
