"""Metrics of target tracking that AWS has no predefined one for, as customized metric specifications."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

BACKLOG = "IF(m2 > 0, m1 / m2, m1)"
"""Messages that wait, for each running task (Application Auto Scaling User Guide, 'Metric math expressions')."""
ASLEEP = "IF(FILL(m2, 0) < 1, m1, 0)"
"""Messages that wait while no task runs; Container Insights has no datapoint for a service without tasks."""

Dimensions = Mapping[str, pulumi.Input[str]]


def stat(key: str, namespace: str, name: str, dimensions: Dimensions, statistic: str, label: str) -> dict[str, Any]:
    """One CloudWatch metric of a customized specification; its value is not what is tracked."""
    metric = {
        "metric_name": name,
        "namespace": namespace,
        "dimensions": [{"name": dimension, "value": value} for dimension, value in dimensions.items()],
    }
    return {"id": key, "label": label, "metric_stat": {"metric": metric, "stat": statistic}, "return_data": False}


def math(expression: str, label: str) -> dict[str, Any]:
    """What is tracked, computed of the others."""
    return {"id": "e1", "label": label, "expression": expression, "return_data": True}


def backlog_per_task(queue: pulumi.Input[str], service: Dimensions) -> list[dict[str, Any]]:
    """Messages that wait for each running task; counts of tasks are Container Insights', which the cluster has on."""
    return [
        stat(
            "m1",
            "AWS/SQS",
            "ApproximateNumberOfMessagesVisible",
            {"QueueName": queue},
            "Average",
            "messages waiting",
        ),
        stat("m2", "ECS/ContainerInsights", "RunningTaskCount", service, "Average", "tasks running"),
        math(BACKLOG, "backlog per task"),
    ]


def requests_of_both(balancer: pulumi.Input[str], groups: Sequence[pulumi.Input[str]]) -> list[dict[str, Any]]:
    """Requests a target gets in one minute, summed over the target groups of two revisions.

    While requests shift, each group sees a part of them, and the one without targets has no datapoint at all, so that
    the predefined metric would stop scaling in the middle of a deployment (aws/containers-roadmap#1681).
    """
    counts = [
        stat(
            f"m{number}",
            "AWS/ApplicationELB",
            "RequestCountPerTarget",
            {"LoadBalancer": balancer, "TargetGroup": group},
            "Sum",
            f"requests per target of group {number}",
        )
        for number, group in enumerate(groups, 1)
    ]
    total = " + ".join(f"FILL({item['id']}, 0)" for item in counts)
    return [*counts, math(total, "requests per target")]


def response_time(balancer: pulumi.Input[str], groups: Sequence[pulumi.Input[str]]) -> list[dict[str, Any]]:
    """Average seconds to answer; of the slower revision while there are two."""
    times = [
        stat(
            f"m{number}",
            "AWS/ApplicationELB",
            "TargetResponseTime",
            {"LoadBalancer": balancer, "TargetGroup": group},
            "Average",
            f"seconds to answer of group {number}",
        )
        for number, group in enumerate(groups, 1)
    ]
    return [*times, math(f"MAX([{', '.join(item['id'] for item in times)}])", "seconds to answer")]
