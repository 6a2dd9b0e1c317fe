"""The agenda of one service: which scheduled action is due at which launch second."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from surgeproof.scaling.schedule import occurrences
from surgeproof.scaling.targets import ScheduledAction

LOOK_BACK = timedelta(days=7)
"""How far before the curve an action may have moved floor and ceiling that still stand."""
HORIZON = timedelta(days=2)
"""How far after the curve's start actions are laid out; no launch is longer."""


class Agenda:
    """Scheduled actions of one service, laid out in launch seconds."""

    def __init__(self, actions: Iterable[ScheduledAction], curve_start: datetime) -> None:
        laid_out: list[tuple[float, ScheduledAction]] = []
        for action in actions:
            earlier, later = self._moments(action, curve_start)
            # Of the week before, the last occurrence is what stands.
            standing = [*earlier[-1:], *later]
            laid_out += [((moment - curve_start) / timedelta(seconds=1), action) for moment in standing]
        self._due = sorted(laid_out, key=lambda entry: entry[0])
        self._next = 0

    @staticmethod
    def _moments(action: ScheduledAction, curve_start: datetime) -> tuple[list[datetime], list[datetime]]:
        since, until = curve_start - LOOK_BACK, curve_start + HORIZON
        if action.schedule.startswith("rate"):
            since = action.start or curve_start  # a rate counts from its start; without one, from ours
        elif action.start is not None:
            since = max(since, action.start - timedelta(microseconds=1))
        if action.end is not None:
            until = min(until, action.end)
        found = list(occurrences(action.schedule, action.zone, since=since, until=until))
        return [m for m in found if m <= curve_start], [m for m in found if m > curve_start]

    def due(self, at: float) -> Iterator[tuple[float, ScheduledAction]]:
        """Actions due until ``at`` that were not given out before, in order, with their launch second."""
        while self._next < len(self._due) and self._due[self._next][0] <= at:
            yield self._due[self._next]
            self._next += 1
