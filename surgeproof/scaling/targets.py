"""Scaling targets, policies and scheduled actions as Application Auto Scaling describes them (boto3 dictionaries)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from surgeproof.scaling.metric import MetricSpec

ECS_COOLDOWN = 300.0
"""Seconds, when a target tracking policy of an ECS service names none (API_TargetTrackingScalingPolicyConfiguration)."""


@dataclass(frozen=True, slots=True)
class ScalableTarget:
    """The floor, the ceiling, and what of scaling is suspended, of one service."""

    resource_id: str
    minimum: int
    maximum: int
    suspended_out: bool = False
    suspended_in: bool = False
    suspended_scheduled: bool = False

    @property
    def service(self) -> str:
        """Name of the ECS service: ``service/<cluster>/<service>``."""
        return self.resource_id.rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True)
class TargetTracking:
    """Keep a metric at its target. Cooldowns in seconds."""

    name: str
    metric: MetricSpec
    target: float
    scale_out_cooldown: float = ECS_COOLDOWN
    scale_in_cooldown: float = ECS_COOLDOWN
    disable_scale_in: bool = False


@dataclass(frozen=True, slots=True)
class StepAdjustment:
    """What to add when the metric is within ``lower <= metric - threshold < upper`` (mirrored below it)."""

    adjustment: int
    lower: float | None = None
    upper: float | None = None


AdjustmentType = Literal["ChangeInCapacity", "PercentChangeInCapacity", "ExactCapacity"]


@dataclass(frozen=True, slots=True)
class StepScaling:
    """Add or remove tasks by how far the metric is over a threshold. Its alarm is the team's own."""

    name: str
    metric: MetricSpec
    threshold: float
    comparison: Literal[">", ">=", "<", "<="]
    steps: tuple[StepAdjustment, ...]
    adjustment_type: AdjustmentType = "ChangeInCapacity"
    minimum_adjustment: int | None = None
    cooldown: float = 0.0
    datapoints: int = 1
    evaluation_periods: int = 1


Policy = TargetTracking | StepScaling


@dataclass(frozen=True, slots=True)
class ScheduledAction:
    """Move the floor, the ceiling or both at a time. ``schedule`` is at(), cron() or rate()."""

    name: str
    schedule: str
    zone: str = "UTC"
    start: datetime | None = None
    end: datetime | None = None
    minimum: int | None = None
    maximum: int | None = None


def parse_targets(described: Iterable[Mapping[str, Any]]) -> dict[str, ScalableTarget]:
    """Targets by resource id, from ``describe_scalable_targets()['ScalableTargets']``."""
    targets: dict[str, ScalableTarget] = {}
    for item in described:
        suspended = item.get("SuspendedState") or {}
        target = ScalableTarget(
            resource_id=item["ResourceId"],
            minimum=int(item["MinCapacity"]),
            maximum=int(item["MaxCapacity"]),
            suspended_out=bool(suspended.get("DynamicScalingOutSuspended", False)),
            suspended_in=bool(suspended.get("DynamicScalingInSuspended", False)),
            suspended_scheduled=bool(suspended.get("ScheduledScalingSuspended", False)),
        )
        targets[target.resource_id] = target
    return targets


def parse_actions(described: Iterable[Mapping[str, Any]]) -> list[ScheduledAction]:
    """Actions, from ``describe_scheduled_actions()['ScheduledActions']``."""
    actions: list[ScheduledAction] = []
    for item in described:
        change = item.get("ScalableTargetAction") or {}
        low, high = change.get("MinCapacity"), change.get("MaxCapacity")
        actions.append(
            ScheduledAction(
                name=item["ScheduledActionName"],
                schedule=item["Schedule"],
                zone=item.get("Timezone") or "UTC",
                start=item.get("StartTime"),
                end=item.get("EndTime"),
                minimum=None if low is None else int(low),
                maximum=None if high is None else int(high),
            )
        )
    return actions
