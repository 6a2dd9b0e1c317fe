"""One composite alarm over any number of alarms: how they are shared out where one rule cannot name them all. Pure.

Source: CloudWatch API reference, PutCompositeAlarm: a rule names up to 100 alarms in up to 10,240 characters, and an
alarm that it names may be a composite one itself.
"""

from __future__ import annotations

from collections.abc import Sequence

RULE_ALARMS = 100
"""Alarms that one rule names."""
RULE_LENGTH = 10_240
"""Characters of one rule."""
JOINED = " OR "


def rule(names: Sequence[str]) -> str:
    """True while any of these alarms is on."""
    return JOINED.join(map(on, names))


def on(name: str) -> str:
    """True while this alarm is on."""
    return f'ALARM("{name}")'


def parts(names: Sequence[str]) -> list[list[str]]:
    """These names in their order, as few parts as possible, each short enough for the rule of one composite alarm."""
    made: list[list[str]] = []
    length = 0
    for name in names:
        more = len(JOINED) + len(on(name))
        if not made or len(made[-1]) == RULE_ALARMS or length + more > RULE_LENGTH:
            made.append([])
            length = -len(JOINED)
        made[-1].append(name)
        length += more
    return made
