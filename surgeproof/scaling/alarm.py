"""An alarm over published datapoints: M of the last N breach, or nothing is said at all."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable


class Alarm:
    """M of N datapoints (CloudWatch user guide, 'Evaluating an alarm').

    A missing datapoint neither breaches nor clears: a managed alarm treats missing data as missing, and the
    policy does not scale without data (Application Auto Scaling guide, target tracking).
    """

    def __init__(self, breaches: Callable[[float], bool], *, datapoints: int, periods: int) -> None:
        self._breaches = breaches
        self._datapoints = datapoints
        self._seen: deque[float | None] = deque(maxlen=periods)
        self.raised = False

    def see(self, value: float | None) -> None:
        """Take the next published datapoint; None is a missing one."""
        self._seen.append(value)
        count = sum(value is not None and self._breaches(value) for value in self._seen)
        self.raised = value is not None and count >= self._datapoints

    @property
    def values(self) -> list[float]:
        """The published datapoints under evaluation, without the missing ones."""
        return [value for value in self._seen if value is not None]
