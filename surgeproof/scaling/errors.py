"""What can be wrong with a deployed scaling policy or schedule: one sentence and the mend."""

from __future__ import annotations

from surgeproof.errors import SurgeproofError


class ScalingError(SurgeproofError):
    """Root of this room's errors."""


class PolicyError(ScalingError):
    """A scaling target or policy that AWS would refuse, or that this model does not know."""


class ScheduleError(ScalingError):
    """A schedule expression (at, cron, rate) that AWS would refuse."""


class ExpressionError(ScalingError):
    """Metric math that cannot be read."""


class ReplayError(ScalingError):
    """A replay that cannot be made from what the run left behind."""


class PriceError(ScalingError):
    """A price table that cannot be read."""
