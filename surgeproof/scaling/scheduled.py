"""Pre-warm: the plan's extra capacity, compiled to scheduled actions of Application Auto Scaling."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from surgeproof.launch.plan import LaunchPlan


@dataclass(frozen=True, slots=True)
class CompiledAction:
    """A scheduled action for the program to deploy.

    Attributes:
        name: ``prewarm`` or ``prewarm-release``.
        schedule: ``at(...)``, wall-clock time of ``timezone``.
        timezone: IANA name.
        min_capacity: Floor from then on.
        max_capacity: Ceiling from then on: the service's own.
        clamped: Tasks that the plan asked for, where the ceiling cut them; None where it did not.
    """

    name: str
    schedule: str
    timezone: str
    min_capacity: int
    max_capacity: int
    clamped: int | None = None

    @property
    def warning(self) -> str | None:
        """What to tell the user when the ceiling cut the plan; None when it did not."""
        if self.clamped is None:
            return None
        return f"pre-warm asks for {self.clamped} tasks, max_tasks is {self.max_capacity}: it gets {self.max_capacity}"


def prewarm_actions(plan: LaunchPlan, service: str, *, min_tasks: int, max_tasks: int) -> list[CompiledAction]:
    """Scheduled actions that raise a service's floor before the launch and lower it after.

    A pre-warm below ``min_tasks`` changes nothing and is left out, as is one that is not enabled.

    Args:
        plan: The launch plan.
        service: Name as in ``prewarm.tasks``.
        min_tasks: The service's floor at other times.
        max_tasks: Its ceiling; no action exceeds it.
    """
    wanted = plan.prewarm.tasks.get(service, 0)
    if not plan.prewarm.enabled or wanted <= min_tasks:
        return []
    moment = plan.launch.moment
    start = _at(moment, -plan.prewarm.lead, plan.launch.zone)
    end = _at(moment, plan.prewarm.release, plan.launch.zone)
    clamped = wanted if wanted > max_tasks else None
    return [
        CompiledAction("prewarm", *start, min(wanted, max_tasks), max_tasks, clamped),
        CompiledAction("prewarm-release", *end, min_tasks, max_tasks),
    ]


def _at(moment: datetime, seconds: float, zone: str) -> tuple[str, str]:
    """Expression and zone of a moment; in UTC where the zone's clock shows that time twice."""
    utc = moment.astimezone(UTC) + timedelta(seconds=round(seconds))
    local = utc.astimezone(moment.tzinfo)
    if local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
        return f"at({utc:%Y-%m-%dT%H:%M:%S})", "UTC"
    return f"at({local:%Y-%m-%dT%H:%M:%S})", zone
