"""Scaling events as Application Auto Scaling tells its activities (DescribeScalingActivities)."""

from __future__ import annotations

from typing import Any

from surgeproof.launch.clock import LaunchClock
from surgeproof.launch.records import ScalingEvent
from surgeproof.localcloud.deployed_scaling import DIMENSION


def activity(event: ScalingEvent, *, resource_id: str, clock: LaunchClock) -> dict[str, Any] | None:
    """The activity that AWS would record for an event; None for one that it records nothing for."""
    at = clock.date(event.at).timestamp()
    base = {"ServiceNamespace": "ecs", "ResourceId": resource_id, "ScalableDimension": DIMENSION, "StartTime": at}
    alarm = f"monitor alarm of {event.metric} in state ALARM triggered policy {event.policy}"
    if event.kind == "at_max":
        # As in the user guide's example of an activity that did not scale.
        reason = {"Code": "AlreadyAtMaxCapacity", "MaxCapacity": event.after, "CurrentCapacity": event.before}
        told = {"Description": "Attempting to scale due to alarm triggered", "Cause": alarm, "StatusCode": "Failed"}
        return {**base, **told, "NotScaledReasons": [reason]}
    if event.kind == "scheduled":
        cause = f"scheduled action name {event.policy} was triggered"
    elif event.kind == "decision":
        cause = alarm
    else:
        return None
    return {
        **base,
        "Description": f"Setting desired count to {event.after}.",
        "Cause": cause,
        "EndTime": at,
        "StatusCode": "Successful",
        "StatusMessage": f"Successfully set desired count to {event.after}. Change successfully fulfilled by ecs.",
    }
