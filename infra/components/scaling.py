"""ServiceScaling: a service's scaling target and what moves it, compiled from words of intent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from infra import scaling_metrics
from infra.components.component import Component, Transforms, component_options
from infra.components.wake import Wake
from infra.errors import SettingsError
from infra.predictive_settings import Predictive
from infra.scaling_settings import QueueScaling, Scaling, Target
from surgeproof.scaling.scheduled import CompiledAction

NAMESPACE = "ecs"
DIMENSION = "ecs:service:DesiredCount"
FORECAST = {
    "cpu": "ECSServiceCPUUtilization",
    "memory": "ECSServiceMemoryUtilization",
    "requests_per_task": "ALBRequestCount",
}
"""Pairs of load and scaling metric that predictive scaling knows (API_PredictiveScalingPredefinedMetricPairSpecification)."""


@dataclass(frozen=True, kw_only=True)
class ServiceScalingArgs:
    """What a ServiceScaling is made from.

    Attributes:
        service: Name of the service in the settings.
        settings: Words of intent.
        cluster: The ECS cluster.
        ecs_service: The ECS service.
        balancer, target_group: Where its requests are counted; needed for ``requests_per_task`` and ``response_time``.
        alternate: Target group of the next revision, where requests shift between two.
        queue: What it works off; needed for ``queue``.
        actions: Scheduled actions: of the launch plan, and of the settings' windows.
        transform: Changes to children.
    """

    service: str
    settings: Scaling
    cluster: aws.ecs.Cluster
    ecs_service: aws.ecs.Service
    balancer: aws.lb.LoadBalancer | None = None
    target_group: aws.lb.TargetGroup | None = None
    alternate: aws.lb.TargetGroup | None = None
    queue: aws.sqs.Queue | None = None
    actions: Sequence[CompiledAction] = ()
    transform: Transforms | None = None


class ServiceScaling(Component):
    """A scaling target, a target tracking policy for each word of intent, and the scheduled actions.

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
        self._track_utilisation()
        self._track_requests()
        if settings.queue is not None:
            self._track_backlog(settings.queue)
        if settings.predictive is not None:
            self._forecast(settings.predictive)
        for action in args.actions:
            self._schedule(action)
        self._done({"resource_id": self.target.resource_id})

    @property
    def _in_insights(self) -> dict[str, pulumi.Input[str]]:
        """Dimensions of the service in Container Insights, which the cluster has on."""
        return {"ClusterName": self._args.cluster.name, "ServiceName": self._args.ecs_service.name}

    def _track_utilisation(self) -> None:
        settings = self._args.settings
        resolution = "HighResolution" if settings.high_resolution else ""
        if settings.high_resolution:
            self._tell_of_resolution()
        if settings.cpu is not None:
            self._track("cpu", "cpu", settings.cpu, f"ECSServiceAverageCPUUtilization{resolution}")
        if settings.memory is not None:
            self._track("memory", "memory", settings.memory, f"ECSServiceAverageMemoryUtilization{resolution}")

    def _tell_of_resolution(self) -> None:
        """The provider (pulumi-aws 7.51.1) has no `monitoring` of a service, without which ECS writes no 20 s metrics."""
        names = [
            name for name, on in (("CPUUtilization", "cpu"), ("MemoryUtilization", "memory"))
            if getattr(self._args.settings, on) is not None
        ]  # fmt: skip
        pulumi.log.warn(
            f"{self._args.service}: 20 s metrics have to be switched on once, outside of Pulumi, or nothing scales: "
            f"aws ecs update-service --cluster <cluster> --service <service> --monitoring "
            f"'metricConfigurations=[{{metricNames=[{','.join(names)}],resolutionSeconds=20}}]'",
            self,
        )

    def _track_requests(self) -> None:
        args, settings = self._args, self._args.settings
        if settings.requests_per_task is not None:
            balancer, groups = self._counted("requests_per_task")
            if args.alternate is None:
                label = self._resource_label("requests_per_task")
                self._track(
                    "requests", "requests_per_task", settings.requests_per_task, "ALBRequestCountPerTarget", label
                )
            else:
                self._track_math(
                    "requests",
                    "requests_per_task",
                    settings.requests_per_task,
                    scaling_metrics.requests_of_both(balancer, groups),
                )
        if settings.response_time is not None:
            balancer, groups = self._counted("response_time")
            self._track_math(
                "response-time",
                "response_time",
                settings.response_time,
                scaling_metrics.response_time(balancer, groups),
            )

    def _track_backlog(self, queue: QueueScaling) -> None:
        args = self._args
        if args.queue is None:
            raise SettingsError(
                "names a queue that is not there",
                path=f"services.{args.service}.scaling.queue",
                fix="Remove queue",
            )
        metrics = scaling_metrics.backlog_per_task(args.queue.name, self._in_insights)
        self._track_math("backlog", "queue", queue.backlog_per_task, metrics)
        if args.settings.min_tasks == 0:
            Wake(
                f"{self._name}-wake", self.target, queue=args.queue.name, service=self._in_insights, opts=self._child()
            )

    def _track(
        self, key: str, word: Target, value: float, metric: str, label: pulumi.Output[str] | None = None
    ) -> None:
        specification: dict[str, Any] = {"predefined_metric_type": metric}
        if label is not None:
            specification["resource_label"] = label
        self._policy(key, word, value, predefined_metric_specification=specification)

    def _track_math(self, key: str, word: Target, value: float, metrics: Sequence[dict[str, Any]]) -> None:
        self._policy(key, word, value, customized_metric_specification={"metrics": list(metrics)})

    def _policy(self, key: str, word: Target, value: float, **specification: Any) -> None:
        scale_out, scale_in = self._args.settings.cooldown(word)
        configuration: dict[str, Any] = {
            "target_value": value,
            "scale_out_cooldown": scale_out,
            "scale_in_cooldown": scale_in,
            "disable_scale_in": False,
            **specification,
        }
        self._put(key, "TargetTrackingScaling", target_tracking_scaling_policy_configuration=configuration)

    def _put(self, key: str, kind: str, **configuration: Any) -> None:
        aws.appautoscaling.Policy(
            f"{self._name}-{key}",
            name=key,
            policy_type=kind,
            service_namespace=self.target.service_namespace,
            scalable_dimension=self.target.scalable_dimension,
            resource_id=self.target.resource_id,
            **configuration,
            opts=self._child(),
        )

    def _forecast(self, predictive: Predictive) -> None:
        settings, metric = self._args.settings, predictive.metric
        pair: dict[str, Any] = {"predefined_metric_type": FORECAST[metric]}
        if metric == "requests_per_task":
            pair["resource_label"] = self._resource_label("predictive.metric")
        configuration: dict[str, Any] = {
            "mode": "ForecastOnly" if predictive.mode == "forecast_only" else "ForecastAndScale",
            "scheduling_buffer_time": predictive.buffer,
            "max_capacity_breach_behavior": "HonorMaxCapacity",
            "metric_specifications": [
                {"target_value": f"{getattr(settings, metric):g}", "predefined_metric_pair_specification": pair}
            ],
        }
        if predictive.above_max_percent is not None:
            configuration["max_capacity_breach_behavior"] = "IncreaseMaxCapacity"
            configuration["max_capacity_buffer"] = predictive.above_max_percent
        self._put("forecast", "PredictiveScaling", predictive_scaling_policy_configuration=configuration)

    def _counted(self, word: str) -> tuple[pulumi.Output[str], list[pulumi.Input[str]]]:
        """Where CloudWatch counts the service's requests: the load balancer and its target groups."""
        balancer, group, alternate = self._args.balancer, self._args.target_group, self._args.alternate
        if balancer is None or group is None:
            raise SettingsError(
                "needs a load balancer in front of the service",
                path=f"services.{self._args.service}.scaling.{word}",
                fix=f"Give the service a port, or remove {word}",
            )
        return balancer.arn_suffix, [item.arn_suffix for item in (group, alternate) if item is not None]

    def _resource_label(self, word: str) -> pulumi.Output[str]:
        """``app/<balancer>/<id>/targetgroup/<group>/<id>``: what ALBRequestCountPerTarget counts by."""
        balancer, groups = self._counted(word)
        return pulumi.Output.concat(balancer, "/", groups[0])

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
