"""One step scaling policy: its alarm, its steps, and AWS's rounding."""

from __future__ import annotations

import math
import operator
from types import MappingProxyType

from surgeproof.scaling.alarm import Alarm
from surgeproof.scaling.proposal import Proposal
from surgeproof.scaling.targets import StepAdjustment, StepScaling

_COMPARE = MappingProxyType({">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le})


class SteppingState:
    """State machine of a step scaling policy (Application Auto Scaling guide, step scaling)."""

    def __init__(self, policy: StepScaling) -> None:
        self.policy = policy
        compare = _COMPARE[policy.comparison]
        self.high = Alarm(
            lambda value: compare(value, policy.threshold),
            datapoints=policy.datapoints,
            periods=policy.evaluation_periods,
        )
        self._value: float | None = None

    @property
    def target(self) -> float:
        """The alarm's threshold."""
        return self.policy.threshold

    @property
    def cooldown_out(self) -> float:
        """Seconds."""
        return self.policy.cooldown

    @property
    def cooldown_in(self) -> float:
        """Seconds."""
        return self.policy.cooldown

    def see(self, value: float | None) -> None:
        """Take a published datapoint; None is a missing one."""
        self._value = value
        self.high.see(value)

    def propose(self, *, base: int, running: int) -> Proposal:
        """What the policy asks for after the newest datapoint; see ``TrackingState.propose``."""
        name, value = self.policy.name, self._value
        if value is None or not self.high.raised:
            return Proposal(name, "none", value=value)
        step = self._step(value - self.policy.threshold)
        if step is None:
            return Proposal(name, "none", value=value)
        if self._adjusted(step.adjustment, base) > base:
            return Proposal(name, "out", self._adjusted(step.adjustment, base), value, vetoes_in=True)
        wanted = self._adjusted(step.adjustment, running)
        return Proposal(name, "in" if wanted < running else "none", wanted, value)

    def _step(self, distance: float) -> StepAdjustment | None:
        """The step whose interval holds the distance to the threshold.

        Above the threshold the lower bound belongs to the step and the upper does not; below it the upper
        bound belongs and the lower does not. A missing bound is infinity.
        """
        above = self.policy.comparison in {">", ">="}
        for step in self.policy.steps:
            low = -math.inf if step.lower is None else step.lower
            high = math.inf if step.upper is None else step.upper
            if (low <= distance < high) if above else (low < distance <= high):
                return step
        return None

    def _adjusted(self, adjustment: int, base: int) -> int:
        if self.policy.adjustment_type == "ExactCapacity":
            return adjustment
        change = adjustment
        if self.policy.adjustment_type == "PercentChangeInCapacity":
            exact = base * adjustment / 100
            # Toward zero beyond 1 and -1; between 0 and 1 a whole task, between -1 and 0 minus one.
            change = round(math.copysign(1, exact)) if 0 < abs(exact) < 1 else math.trunc(exact)
            least = self.policy.minimum_adjustment
            if least is not None and change and abs(change) < least:
                change = round(math.copysign(least, change))
        return max(0, base + change)
