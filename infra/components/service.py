"""Service: a program as N identical Fargate tasks, behind the load balancer or on a queue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from infra.capacity_settings import capacity_strategy
from infra.components.component import Component, component_options
from infra.components.deployment_hooks import DeploymentHooks
from infra.components.load_balancer import LoadBalancer
from infra.components.program import ProgramArgs
from infra.components.rollback_alarms import RollbackAlarms
from infra.components.scaling import ServiceScaling, ServiceScalingArgs
from infra.components.task import Task
from infra.components.web_traffic import WebTraffic, WebTrafficArgs
from infra.components.work_queue import WorkQueue
from infra.deployment_settings import CanaryShift, Deployment, LinearShift
from infra.service_settings import ServiceSettings
from surgeproof.scaling.scheduled import CompiledAction


@dataclass(frozen=True, kw_only=True)
class ServiceArgs(ProgramArgs):
    """What a Service is made from, beside what every program is.

    Attributes:
        service: Its name in the settings; the container's name too.
        settings: Its settings.
        balancer: For the web shape.
        queue: For the worker shape.
        actions: Scheduled actions: of the launch plan, and of the settings' windows.
    """

    service: str
    settings: ServiceSettings
    balancer: LoadBalancer | None = None
    queue: WorkQueue | None = None
    actions: Sequence[CompiledAction] = ()


class Service(Component):
    """An ECS service with its task, traffic, rollback alarms and scaling.

    Attributes:
        service: The ECS service.
        cluster: Where it runs.
        task: What its tasks are.
        group: Security group of its tasks.
        log_group: Where its tasks log.
        traffic: How requests reach it; None for a worker.
        target_group: Where its tasks take requests; None for a worker.
        scaling: Its scaling.
    """

    def __init__(self, name: str, args: ServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("surgeproof:platform:Service", name, {}, component_options(name, opts, args.transform))
        self._name, self._args = name, args
        self.cluster = args.cluster
        settings = args.settings
        self.task = Task(
            name,
            args.task(args.service, settings, path=f"services.{args.service}", port=settings.port),
            opts=self._child(),
        )
        self.group = self.task.group
        self.log_group = self.task.log_group
        self.traffic = self._traffic()
        self.target_group = self.traffic.target_group if self.traffic else None
        self.service = self._service()
        self.scaling = ServiceScaling(
            f"{name}-scaling",
            ServiceScalingArgs(
                service=args.service,
                settings=settings.scaling,
                cluster=args.cluster.cluster,
                ecs_service=self.service,
                balancer=args.balancer.balancer if args.balancer else None,
                target_group=self.target_group,
                alternate=self.traffic.alternate if self.traffic else None,
                queue=args.queue.queue if args.queue else None,
                actions=args.actions,
            ),
            opts=self._child(),
        )
        self._done({"name": self.service.name})

    def _traffic(self) -> WebTraffic | None:
        args = self._args
        if args.balancer is None or args.settings.port is None:
            return None
        return WebTraffic(
            self._name,
            WebTrafficArgs(
                service=args.service,
                settings=args.settings,
                account=args.account,
                network=args.network,
                balancer=args.balancer,
                group=self.group,
            ),
            opts=self._child(),
        )

    def _service(self) -> aws.ecs.Service:
        args, settings, deployment = self._args, self._args.settings, self._args.settings.deployment
        strategy = capacity_strategy(settings.spot_from, settings.spot)
        where: dict[str, Any] = {"launch_type": "FARGATE"}
        if strategy is not None:
            # Without a new deployment the provider would replace the service to change its strategy.
            where = {"capacity_provider_strategies": strategy, "force_new_deployment": True}
        hooks = self._hooks()
        return aws.ecs.Service(
            self._name,
            name=self._name,
            cluster=args.cluster.cluster.arn,
            task_definition=self.task.definition.arn,
            # What runs at the first deployment; from then on the number belongs to scaling.
            desired_count=settings.scaling.min_tasks,
            platform_version="LATEST",
            network_configuration=self.task.placement,
            load_balancers=self.traffic.load_balancers if self.traffic else None,
            health_check_grace_period_seconds=settings.health.grace if self.traffic else None,
            deployment_minimum_healthy_percent=deployment.minimum_healthy_percent,
            deployment_maximum_percent=deployment.maximum_percent,
            deployment_circuit_breaker={"enable": True, "rollback": True},
            deployment_configuration=_shift(deployment, hooks),
            alarms=self._rollback_alarms(),
            availability_zone_rebalancing="ENABLED",
            enable_execute_command=False,
            enable_ecs_managed_tags=True,
            propagate_tags="SERVICE",
            # The circuit breaker decides; waiting for a steady state would fight it
            # (hashicorp/terraform-provider-aws#19519).
            wait_for_steady_state=False,
            tags=self.task.tags,
            **where,
            opts=self._child(
                ignore_changes=["desired_count"],
                depends_on=[
                    args.cluster.providers,
                    *(self.traffic.ready if self.traffic else []),
                    *([hooks.ready] if hooks else []),
                ],
            ),
        )

    def _hooks(self) -> DeploymentHooks | None:
        hooks = self._args.settings.deployment.hooks
        return DeploymentHooks(f"{self._name}-hooks", hooks, self._args.account, opts=self._child()) if hooks else None

    def _rollback_alarms(self) -> Any:
        args, settings = self._args, self._args.settings.deployment.rollback
        names: list[pulumi.Input[str]] = list(settings.names)
        if settings.thresholds:
            groups = [self.traffic.target_group, self.traffic.alternate] if self.traffic else []
            names = RollbackAlarms(
                f"{self._name}-rollback",
                settings,
                cluster=args.cluster.cluster.name,
                service=self._name,
                balancer=args.balancer.balancer if args.balancer and self.traffic else None,
                groups=[group for group in groups if group is not None],
                queue=args.queue.queue if args.queue else None,
                opts=self._child(),
            ).names
        return {"alarm_names": names, "enable": True, "rollback": True} if names else None


def _shift(deployment: Deployment, hooks: DeploymentHooks | None) -> Any:
    """Native blue/green, canary and linear deployments (Amazon ECS Developer Guide, 'Amazon ECS blue/green deployments')."""
    if not deployment.shifts:
        return None
    told: dict[str, Any] = {
        "strategy": deployment.strategy.upper(),
        "bake_time_in_minutes": str(deployment.bake_time // 60),
    }
    if hooks is not None:
        told["lifecycle_hooks"] = hooks.inputs
    if deployment.strategy == "canary":
        canary = deployment.canary or CanaryShift()
        told["canary_configuration"] = {
            "canary_percent": canary.percent,
            "canary_bake_time_in_minutes": str(canary.bake_time // 60),
        }
    if deployment.strategy == "linear":
        linear = deployment.linear or LinearShift()
        told["linear_configuration"] = {
            "step_percent": linear.percent,
            "step_bake_time_in_minutes": str(linear.bake_time // 60),
        }
    return told
