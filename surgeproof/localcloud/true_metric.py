"""When a metric really crossed its target, long before a published alarm tells it."""

from __future__ import annotations

from dataclasses import dataclass

from surgeproof.launch.records import ScalingEvent
from surgeproof.scaling.targets import TargetTracking


@dataclass(slots=True)
class TrueMetric:
    """Follows the unpublished datapoints of one target tracking policy and tells ``crossed`` and ``recovered``.

    The moment is interpolated between the middles of the two periods on either side of the target: a datapoint is
    the mean of its period.
    """

    service: str
    policy: TargetTracking
    _middle: float = 0.0
    _last: float | None = None
    _above: bool = False

    def see(self, at: float, value: float | None) -> ScalingEvent | None:
        """Take the datapoint of the period that ended at launch second `at`."""
        if value is None:
            return None
        middle, target = at - self.policy.metric.period / 2, self.policy.target
        event = None
        if (value > target) != self._above:
            self._above = value > target
            share = 1.0 if self._last is None or value == self._last else (target - self._last) / (value - self._last)
            event = ScalingEvent(
                at=self._middle + share * (middle - self._middle),
                service=self.service,
                kind="crossed" if self._above else "recovered",
                policy=self.policy.name,
                metric=self.policy.metric.key,
                value=value,
                target=target,
                note="true metric, between two datapoints",
            )
        self._middle, self._last = middle, value
        return event
