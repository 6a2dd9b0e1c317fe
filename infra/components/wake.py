"""Wake: what starts a worker's first task when a message waits and none runs, which no target could."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_aws as aws

from infra import scaling_metrics
from infra.components.component import Component
from infra.scaling_metrics import Dimensions


class Wake(Component):
    """A step policy that adds one task, and the alarm behind it: messages wait, and no task runs.

    Target tracking scales what runs by what it is measured at; of no task nothing is measured, and one message is less
    than any target (aws/copilot-cli#3376).

    Args:
        name: Logical name.
        target: The scaling target.
        queue: Name of the queue.
        service: Dimensions of the service in Container Insights.
    """

    def __init__(
        self,
        name: str,
        target: aws.appautoscaling.Target,
        *,
        queue: pulumi.Output[str],
        service: Dimensions,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("surgeproof:platform:Wake", name, {}, opts)
        policy = aws.appautoscaling.Policy(
            name,
            name="wake",
            policy_type="StepScaling",
            service_namespace=target.service_namespace,
            scalable_dimension=target.scalable_dimension,
            resource_id=target.resource_id,
            step_scaling_policy_configuration={
                "adjustment_type": "ChangeInCapacity",
                # A task needs about a minute to start and to be counted; until then the alarm stays, and must not add more.
                "cooldown": 180,
                "metric_aggregation_type": "Maximum",
                "step_adjustments": [{"metric_interval_lower_bound": "0", "scaling_adjustment": 1}],
            },
            opts=self._child(),
        )
        aws.cloudwatch.MetricAlarm(
            f"{name}-alarm",
            name=f"{name}-alarm",
            alarm_description="Messages wait and no task runs: start one",
            comparison_operator="GreaterThanOrEqualToThreshold",
            threshold=1,
            evaluation_periods=1,
            datapoints_to_alarm=1,
            treat_missing_data="notBreaching",
            metric_queries=[
                _query("m1", "AWS/SQS", "ApproximateNumberOfMessagesVisible", {"QueueName": queue}),
                _query("m2", "ECS/ContainerInsights", "RunningTaskCount", service),
                {
                    "id": "e1",
                    "label": "messages that wait while no task runs",
                    "expression": scaling_metrics.ASLEEP,
                    "return_data": True,
                },
            ],
            alarm_actions=[policy.arn],
            opts=self._child(),
        )
        self._done({})


def _query(key: str, namespace: str, name: str, dimensions: Dimensions) -> Any:
    metric = {
        "namespace": namespace,
        "metric_name": name,
        "period": 60,
        "stat": "Maximum",
        "dimensions": dict(dimensions),
    }
    return {"id": key, "metric": metric, "return_data": False}
