"""One target tracking policy: its two managed alarms, and how many tasks it asks for."""

from __future__ import annotations

import math

from surgeproof.scaling.alarm import Alarm
from surgeproof.scaling.proposal import Proposal
from surgeproof.scaling.publication import DATAPOINTS_IN, DATAPOINTS_OUT
from surgeproof.scaling.targets import TargetTracking

LOW_SHARE = 0.9
"""AlarmLow stands at about this share of the target (guide: scale-in only when 'usually more than 10% lower')."""


class TrackingState:
    """State machine of a target tracking policy.

    Out: 3 of 3 datapoints over the target; the wish is ``ceil(base x metric / target)``, computed from the
    newest datapoint. AWS does not publish its formula; this one is proportional and rounds up, as the guide
    says.

    In: 15 of 15 datapoints under 0.9 x target. AWS scales in 'gradually' and does not say how. Our rule errs
    to the careful side twice: the need is computed from the *highest* of the 15 datapoints, and one activity
    goes half of the way from the running count to that need, at least one task. (Going all the way at once
    would be too harsh on the run; one task at a time would flatter it after the peak.)
    """

    def __init__(self, policy: TargetTracking) -> None:
        self.policy = policy
        self.high = Alarm(lambda value: value > policy.target, datapoints=DATAPOINTS_OUT, periods=DATAPOINTS_OUT)
        self._low = Alarm(
            lambda value: value < LOW_SHARE * policy.target, datapoints=DATAPOINTS_IN, periods=DATAPOINTS_IN
        )
        self._value: float | None = None

    @property
    def target(self) -> float:
        """The metric's target."""
        return self.policy.target

    @property
    def cooldown_out(self) -> float:
        """Seconds."""
        return self.policy.scale_out_cooldown

    @property
    def cooldown_in(self) -> float:
        """Seconds."""
        return self.policy.scale_in_cooldown

    def see(self, value: float | None) -> None:
        """Take a published datapoint; None is a missing one."""
        self._value = value
        self.high.see(value)
        self._low.see(value)

    def propose(self, *, base: int, running: int) -> Proposal:
        """What the policy asks for after the newest datapoint.

        Args:
            base: Tasks from which a scale-out is computed (see Cooldowns).
            running: Tasks that run now.
        """
        name, value, votes = self.policy.name, self._value, not self.policy.disable_scale_in
        if value is None:
            return Proposal(name, "none", vetoes_in=votes)
        if running == 0 and base == 0 and value > self.target:
            # From 0 tasks one datapoint is enough, and the smallest step is taken (ECS guide, service auto scaling).
            return Proposal(name, "out", 1, value, vetoes_in=True)
        if self.high.raised:
            return Proposal(name, "out", math.ceil(base * value / self.target - 1e-9), value, vetoes_in=True)
        if self._low.raised and votes:
            need = math.ceil(running * max(self._low.values) / self.target - 1e-9)
            if need < running:
                return Proposal(name, "in", running - max(1, (running - need) // 2), value)
        return Proposal(name, "none", value=value, vetoes_in=votes)
