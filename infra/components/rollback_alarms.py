"""RollbackAlarms: alarms by threshold that roll a deployment of a service back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from infra.components.component import Component
from infra.deployment_settings import RollbackAlarms as Settings

PERIODS = 3
"""Minutes in a row above a threshold: one bad minute of a task that starts is no bad revision; our choice, not AWS's."""


class RollbackAlarms(Component):
    """One alarm for each threshold that is set. They page nobody: they undo a deployment.

    Args:
        name: Logical name.
        settings: Names and thresholds.
        cluster, service: Names in ECS of what is deployed.
        balancer: Where requests are counted; None for a worker.
        groups: Target groups of the service: two, where requests shift between them.
        queue: What a worker works off.

    Attributes:
        names: Of all alarms, those that exist included.
    """

    def __init__(
        self,
        name: str,
        settings: Settings,
        *,
        cluster: pulumi.Output[str],
        service: str,
        balancer: aws.lb.LoadBalancer | None,
        groups: Sequence[aws.lb.TargetGroup],
        queue: aws.sqs.Queue | None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("surgeproof:platform:RollbackAlarms", name, {}, opts)
        self._name = name
        self.names: list[pulumi.Input[str]] = list(settings.names)
        task = {"ClusterName": cluster, "ServiceName": service}
        for key, metric, limit in (
            ("cpu", "CPUUtilization", settings.cpu),
            ("memory", "MemoryUtilization", settings.memory),
        ):
            if limit is not None:
                self._alarm(key, limit, metric_name=metric, namespace="AWS/ECS", dimensions=task, statistic="Average")
        if settings.queue_age is not None and queue is not None:
            self._alarm(
                "queue-age",
                settings.queue_age,
                metric_name="ApproximateAgeOfOldestMessage",
                namespace="AWS/SQS",
                dimensions={"QueueName": queue.name},
                statistic="Maximum",
            )
        if balancer is not None:
            places = [{"LoadBalancer": balancer.arn_suffix, "TargetGroup": group.arn_suffix} for group in groups]
            if settings.errors is not None:
                self._alarm("errors", settings.errors, metric_queries=_error_share(places))
            if settings.response_time is not None:
                self._alarm("response-time", settings.response_time, metric_queries=_slowest(places))
        self._done({})

    def _alarm(self, key: str, threshold: float, **metric: Any) -> None:
        if "metric_queries" not in metric:
            metric["period"] = 60
        alarm = aws.cloudwatch.MetricAlarm(
            f"{self._name}-{key}",
            name=f"{self._name}-{key}",
            alarm_description="Rolls a deployment back; it pages nobody",
            comparison_operator="GreaterThanThreshold",
            threshold=threshold,
            evaluation_periods=PERIODS,
            datapoints_to_alarm=PERIODS,
            treat_missing_data="notBreaching",
            **metric,
            opts=self._child(),
        )
        self.names.append(alarm.name)


def _query(key: str, metric: str, stat: str, place: dict[str, Any]) -> dict[str, Any]:
    told = {"namespace": "AWS/ApplicationELB", "metric_name": metric, "period": 60, "stat": stat, "dimensions": place}
    return {"id": key, "metric": told, "return_data": False}


def _error_share(places: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Share of all requests that a task answered with 5xx, over all target groups."""
    errors = [_query(f"e{n}", "HTTPCode_Target_5XX_Count", "Sum", place) for n, place in enumerate(places, 1)]
    requests = [_query(f"r{n}", "RequestCount", "Sum", place) for n, place in enumerate(places, 1)]
    bad = " + ".join(f"FILL({item['id']}, 0)" for item in errors)
    every = " + ".join(f"FILL({item['id']}, 0)" for item in requests)
    share = {
        "id": "share",
        "label": "share of requests answered with 5xx",
        "expression": f"IF({every} > 0, ({bad}) / ({every}), 0)",
        "return_data": True,
    }
    return [*errors, *requests, share]


def _slowest(places: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The worse p95 of all target groups."""
    times = [_query(f"t{n}", "TargetResponseTime", "p95", place) for n, place in enumerate(places, 1)]
    slowest = {
        "id": "slowest",
        "label": "p95 of the time to answer",
        "expression": f"MAX([{', '.join(item['id'] for item in times)}])",
        "return_data": True,
    }
    return [*times, slowest]
