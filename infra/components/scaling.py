"""ServiceScaling: a service's scaling target and what moves it, compiled from words of intent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from infra.components.component import Component, Transforms, component_options
from infra.errors import SettingsError
from infra.scaling_settings import QueueScaling, Scaling
from surgeproof.scaling.scheduled import CompiledAction

NAMESPACE = "ecs"
DIMENSION = "ecs:service:DesiredCount"
BACKLOG = "IF(m2 > 0, m1 / m2, m1)"
"""Messages that wait, for each running task (Application Auto Scaling User Guide, 'Metric math expressions')."""


@dataclass(frozen=True, kw_only=True)
class ServiceScalingArgs:
    """What a ServiceScaling is made from.

    Attributes:
        service: Name of the service in the settings.
        settings: Words of intent.
        cluster: The ECS cluster.
        ecs_service: The ECS service.
        balancer, target_group: Where its requests are counted; needed for ``requests_per_task``.
        queue: What it works off; needed for ``queue``.
        actions: Scheduled actions, compiled from the launch plan.
        transform: Changes to children.
    """

    service: str
    settings: Scaling
    cluster: aws.ecs.Cluster
    ecs_service: aws.ecs.Service
    balancer: aws.lb.LoadBalancer | None = None
    target_group: aws.lb.TargetGroup | None = None
    queue: aws.sqs.Queue | None = None
    actions: Sequence[CompiledAction] = ()
    transform: Transforms | None = None


class ServiceScaling(Component):
    """A scaling target, a target tracking policy for each word of intent, and the launch's scheduled actions.

    Attributes:
        target: The scaling target.
    """

    def __init__(self, name: str, args: ServiceScalingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("surgeproof:platform:ServiceScaling", name, {}, component_options(name, opts, args.transform))
        self._name = name
        self._args = args
        settings = args.settings
        self.target = aws.appautoscaling.Target(
            f"{name}-target",
            service_namespace=NAMESPACE,
            scalable_dimension=DIMENSION,
            resource_id=pulumi.Output.concat("service/", args.cluster.name, "/", args.ecs_service.name),
            min_capacity=settings.min_tasks,
            max_capacity=settings.max_tasks,
            suspended_state={
                "dynamic_scaling_in_suspended": settings.suspended,
                "dynamic_scaling_out_suspended": settings.suspended,
                "scheduled_scaling_suspended": settings.suspended,
            },
            opts=self._child(),
        )
        resolution = "HighResolution" if settings.high_resolution else ""
        if settings.cpu is not None:
            self._track("cpu", settings.cpu, f"ECSServiceAverageCPUUtilization{resolution}")
        if settings.memory is not None:
            self._track("memory", settings.memory, f"ECSServiceAverageMemoryUtilization{resolution}")
        if settings.requests_per_task is not None:
            label = self._resource_label()
            self._track("requests", settings.requests_per_task, "ALBRequestCountPerTarget", label)
        if settings.queue is not None:
            self._track_backlog(settings.queue)
        for action in args.actions:
            self._schedule(action)
        self._done({"resource_id": self.target.resource_id})

    def _track(self, key: str, value: float, metric: str, label: pulumi.Output[str] | None = None) -> None:
        specification: dict[str, Any] = {"predefined_metric_type": metric}
        if label is not None:
            specification["resource_label"] = label
        self._policy(key, value, predefined_metric_specification=specification)

    def _track_backlog(self, queue: QueueScaling) -> None:
        if self._args.queue is None:
            raise SettingsError(
                "names a queue that is not there",
                path=f"services.{self._args.service}.scaling.queue",
                fix="Remove queue",
            )
        waiting = _metric(
            "ApproximateNumberOfMessagesVisible", "AWS/SQS", [("QueueName", self._args.queue.name)], "Average"
        )
        # Reported by Container Insights, which the cluster has on.
        running = _metric(
            "RunningTaskCount",
            "ECS/ContainerInsights",
            [("ClusterName", self._args.cluster.name), ("ServiceName", self._args.ecs_service.name)],
            "Average",
        )
        self._policy(
            "backlog",
            queue.backlog_per_task,
            customized_metric_specification={
                "metrics": [
                    {"id": "m1", "label": "messages waiting", "metric_stat": waiting, "return_data": False},
                    {"id": "m2", "label": "tasks running", "metric_stat": running, "return_data": False},
                    {"id": "e1", "label": "backlog per task", "expression": BACKLOG, "return_data": True},
                ]
            },
        )

    def _policy(self, key: str, value: float, **specification: Any) -> None:
        settings = self._args.settings
        configuration: dict[str, Any] = {
            "target_value": value,
            "scale_out_cooldown": settings.scale_out_cooldown,
            "scale_in_cooldown": settings.scale_in_cooldown,
            "disable_scale_in": False,
            **specification,
        }
        aws.appautoscaling.Policy(
            f"{self._name}-{key}",
            name=key,
            policy_type="TargetTrackingScaling",
            service_namespace=self.target.service_namespace,
            scalable_dimension=self.target.scalable_dimension,
            resource_id=self.target.resource_id,
            target_tracking_scaling_policy_configuration=configuration,  # ty: ignore[invalid-argument-type] # the keys of its TypedDict
            opts=self._child(),
        )

    def _resource_label(self) -> pulumi.Output[str]:
        """``app/<balancer>/<id>/targetgroup/<group>/<id>``: what ALBRequestCountPerTarget counts by."""
        balancer, group = self._args.balancer, self._args.target_group
        if balancer is None or group is None:
            raise SettingsError(
                "needs a load balancer in front of the service",
                path=f"services.{self._args.service}.scaling.requests_per_task",
                fix="Give the service a port, or remove requests_per_task",
            )
        return pulumi.Output.concat(balancer.arn_suffix, "/", group.arn_suffix)

    def _schedule(self, action: CompiledAction) -> None:
        if action.warning:
            pulumi.log.warn(f"{self._args.service}: {action.warning}", self)
        aws.appautoscaling.ScheduledAction(
            f"{self._name}-{action.name}",
            name=action.name,
            service_namespace=self.target.service_namespace,
            scalable_dimension=self.target.scalable_dimension,
            resource_id=self.target.resource_id,
            schedule=action.schedule,
            timezone=action.timezone,
            scalable_target_action={"min_capacity": action.min_capacity, "max_capacity": action.max_capacity},
            opts=self._child(),
        )


def _metric(
    name: str, namespace: str, dimensions: Sequence[tuple[str, pulumi.Input[str]]], statistic: str
) -> dict[str, Any]:
    return {
        "metric": {
            "metric_name": name,
            "namespace": namespace,
            "dimensions": [{"name": key, "value": value} for key, value in dimensions],
        },
        "stat": statistic,
    }
