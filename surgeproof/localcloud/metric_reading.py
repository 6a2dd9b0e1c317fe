"""What a CloudWatch metric of a customized specification reads here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from surgeproof.scaling.metric import MetricQuery

MODELLED = MappingProxyType(
    {
        "ApproximateNumberOfMessagesVisible": "backlog",
        "ApproximateNumberOfMessagesNotVisible": "in_flight",
        "ApproximateAgeOfOldestMessage": "queue_age",
        "RunningTaskCount": "running",
        "DesiredTaskCount": "desired",
        "CPUUtilization": "cpu",
        "RequestCountPerTarget": "requests_per_task",
    }
)
"""CloudWatch metrics that customized metrics may be made of, by our keys."""


def reading(query: MetricQuery, values: Mapping[str, float | None], target_group: str | None) -> float | None:
    """Value of one metric in a period; None where CloudWatch would have no datapoint.

    Args:
        query: The metric.
        values: Our datapoints of the period, by our keys.
        target_group: ARN of the group that the service's tasks are in. Another one is that of a revision that is not
            there yet: it has no targets, and so no datapoint.
    """
    group = dict(query.dimensions).get("TargetGroup")
    if group is not None and not (target_group or "").endswith(f":{group}"):
        return None
    return values.get(MODELLED.get(query.name, ""))
