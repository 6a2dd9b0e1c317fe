"""The launch plan of a stack, and the scheduled actions of each service: the plan's and those of its windows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from infra.errors import SettingsError
from infra.floor_windows import edges_between, floor_at, window_actions
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
    """Scheduled actions of one service: those of its windows, and, with a plan, the pre-warm and its release.

    Raises:
        SettingsError: A window begins or ends between pre-warm and release, and would set the launch's floor back.
    """
    scaling = settings.services[service].scaling
    limits = {"min_tasks": scaling.min_tasks, "max_tasks": scaling.max_tasks}
    windows = window_actions(scaling.windows, **limits)
    if plan is None:
        return windows
    launch = prewarm_actions(plan, service, **limits)
    if not launch or not scaling.windows:
        return [*windows, *launch]
    start = plan.launch.moment - timedelta(seconds=plan.prewarm.lead)
    end = plan.launch.moment + timedelta(seconds=plan.prewarm.release)
    for window, edge in edges_between(scaling.windows, start, end):
        raise SettingsError(
            f"begins or ends at {edge:%Y-%m-%d %H:%M} {window.zone}, in the middle of the launch's pre-warm",
            path=f"services.{service}.scaling.windows.{scaling.windows.index(window)}",
            got=window.name,
            fix="Move the window, or the pre-warm's lead and release in the launch plan",
        )
    # The release gives back what the windows ask for at that time, and no less.
    prewarm, release = launch
    floor = floor_at(scaling.windows, end, min_tasks=scaling.min_tasks)
    return [*windows, prewarm, replace(release, min_capacity=floor)]
