"""The launch plan of a stack, and the scheduled actions that it asks of each service."""

from __future__ import annotations

from pathlib import Path

from infra.errors import SettingsError
from infra.settings import Settings
from surgeproof.launch.plan import LaunchPlan, load_plan
from surgeproof.scaling.scheduled import CompiledAction, prewarm_actions


def stack_plan(settings: Settings, root: Path) -> LaunchPlan | None:
    """The plan that the settings name, with their overrides; None when they name none.

    Args:
        settings: The stack's.
        root: Root of the project; the plan's path is relative to it.

    Raises:
        PlanError: As `load_plan`.
        SettingsError: When the plan pre-warms a service that the stack does not have.
    """
    if settings.launch_plan is None:
        return None
    plan = load_plan(root / settings.launch_plan, settings.plan_overrides)
    unknown = sorted(set(plan.prewarm.tasks) - set(settings.services))
    if unknown:
        raise SettingsError(
            "pre-warms a service that the stack does not have",
            path=f"{settings.launch_plan} prewarm.tasks",
            got=unknown[0],
            allowed=", ".join(sorted(settings.services)),
        )
    return plan


def launch_actions(plan: LaunchPlan | None, settings: Settings, service: str) -> list[CompiledAction]:
    """Scheduled actions of one service; none without a plan."""
    if plan is None:
        return []
    scaling = settings.services[service].scaling
    return prewarm_actions(plan, service, min_tasks=scaling.min_tasks, max_tasks=scaling.max_tasks)
