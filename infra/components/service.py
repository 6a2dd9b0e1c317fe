"""Service: a program as N identical Fargate tasks, behind the load balancer or on a queue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from infra import names
from infra.account import Account
from infra.components.cluster import Cluster
from infra.components.component import Component, Transforms, component_options
from infra.components.load_balancer import LoadBalancer
from infra.components.network import ANYWHERE, Network
from infra.components.scaling import ServiceScaling, ServiceScalingArgs
from infra.components.task_roles import TaskRoles, TaskRolesArgs
from infra.components.work_queue import WorkQueue
from infra.container import container_definition
from infra.errors import SettingsError
from infra.policies import Statement
from infra.service_settings import ServiceSettings
from infra.tags import CLASSIFICATION
from surgeproof.scaling.scheduled import CompiledAction


@dataclass(frozen=True, kw_only=True)
class ServiceArgs:
    """What a Service is made from.

    Attributes:
        service: Its name in the settings; the container's name too.
        settings: Its settings.
        account: Where it lies.
        network: The VPC; tasks lie in the app subnets.
        cluster: The cluster.
        log_key: KMS key of its logs.
        environment: Variables that the platform wires, on top of those of the settings.
        secrets: Variable to the ARN of the secret that it is filled from.
        secrets_key: KMS key of those.
        statements: What the program may do in AWS.
        balancer: For the web shape.
        queue: For the worker shape.
        actions: Scheduled actions, compiled from the launch plan.
        transform: Changes to children.
    """

    service: str
    settings: ServiceSettings
    account: Account
    network: Network
    cluster: Cluster
    log_key: pulumi.Input[str]
    environment: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    secrets: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    secrets_key: pulumi.Input[str] | None = None
    statements: Sequence[Statement] = ()
    balancer: LoadBalancer | None = None
    queue: WorkQueue | None = None
    actions: Sequence[CompiledAction] = ()
    transform: Transforms | None = None


class Service(Component):
    """An ECS service with its roles, logs, security group and scaling.

    Attributes:
        service: The ECS service.
        group: Security group of its tasks.
        target_group: Where its tasks take requests; None for a worker.
        scaling: Its scaling.
    """

    def __init__(self, name: str, args: ServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("surgeproof:platform:Service", name, {}, component_options(name, opts, args.transform))
        self._name = name
        self._args = args
        self.group = self._group()
        self.target_group = self._target_group()
        definition = self._task_definition()
        self.service = self._service(definition)
        self.scaling = ServiceScaling(
            f"{name}-scaling",
            ServiceScalingArgs(
                service=args.service,
                settings=args.settings.scaling,
                cluster=args.cluster.cluster,
                ecs_service=self.service,
                balancer=args.balancer.balancer if args.balancer else None,
                target_group=self.target_group,
                queue=args.queue.queue if args.queue else None,
                actions=args.actions,
            ),
            opts=self._child(),
        )
        self._done({"name": self.service.name})

    def _group(self) -> aws.ec2.SecurityGroup:
        name, args = self._name, self._args
        group = aws.ec2.SecurityGroup(
            f"{name}-group",
            vpc_id=args.network.vpc.id,
            description=f"Tasks of {args.service}",
            tags={"Name": name},
            opts=self._child(),
        )
        for port, what, where in (
            (443, "AWS APIs and payment gateways", ANYWHERE),
            (5432, "The database", args.network.cidr),
            (6379, "The cache", args.network.cidr),
        ):
            aws.vpc.SecurityGroupEgressRule(
                f"{name}-out-{port}",
                security_group_id=group.id,
                description=what,
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                cidr_ipv4=where,
                opts=self._child(),
            )
        return group

    def _target_group(self) -> aws.lb.TargetGroup | None:
        name, args, settings = self._name, self._args, self._args.settings
        if args.balancer is None or settings.port is None:
            return None
        for key, rule, group, other in (
            ("in", aws.vpc.SecurityGroupIngressRule, self.group, args.balancer.group),
            ("balancer-out", aws.vpc.SecurityGroupEgressRule, args.balancer.group, self.group),
        ):
            rule(
                f"{name}-{key}",
                security_group_id=group.id,
                description=f"Requests to {args.service}",
                ip_protocol="tcp",
                from_port=settings.port,
                to_port=settings.port,
                referenced_security_group_id=other.id,
                opts=self._child(),
            )
        health = settings.health
        return aws.lb.TargetGroup(
            names.logical("aws:lb/targetGroup:TargetGroup", name),
            vpc_id=args.network.vpc.id,
            target_type="ip",
            port=settings.port,
            protocol="HTTP",
            protocol_version="HTTP1",
            deregistration_delay=settings.deregistration_delay,
            # Tasks are alike; a slow one gets fewer requests.
            load_balancing_algorithm_type="least_outstanding_requests",
            health_check={
                "enabled": True,
                "path": health.path,
                "port": "traffic-port",
                "protocol": "HTTP",
                "interval": health.interval,
                "timeout": health.timeout,
                "healthy_threshold": health.healthy_threshold,
                "unhealthy_threshold": health.unhealthy_threshold,
                "matcher": "200",
            },
            opts=self._child(),
        )

    def _task_definition(self) -> aws.ecs.TaskDefinition:
        name, args, settings = self._name, self._args, self._args.settings
        logs = aws.cloudwatch.LogGroup(
            f"{name}-log",
            name=f"/aws/ecs/{name}",
            kms_key_id=args.log_key,
            retention_in_days=settings.log_retention_days,
            tags={CLASSIFICATION: "logs"},
            opts=self._child(),
        )
        roles = TaskRoles(
            f"{name}-roles",
            TaskRolesArgs(
                account=args.account,
                image=settings.image,
                log_group_arn=logs.arn,
                secrets=list(args.secrets.values()),
                secrets_key=args.secrets_key,
                statements=args.statements,
            ),
            opts=self._child(),
        )
        container = container_definition(
            name=args.service,
            image=settings.image,
            command=settings.command,
            environment=self._environment(),
            secrets=args.secrets,
            port=settings.port,
            user=settings.user,
            stop_timeout=settings.stop_timeout,
            log_group=logs.name,
            region=args.account.region,
        )
        return aws.ecs.TaskDefinition(
            f"{name}-task",
            family=name,
            container_definitions=pulumi.Output.json_dumps([container], separators=(",", ":")),
            cpu=str(settings.cpu),
            memory=str(settings.memory),
            network_mode="awsvpc",
            requires_compatibilities=["FARGATE"],
            runtime_platform={
                "operating_system_family": "LINUX",
                "cpu_architecture": "ARM64" if settings.architecture == "arm64" else "X86_64",
            },
            task_role_arn=roles.task.arn,
            execution_role_arn=roles.execution.arn,
            # Writable, empty, and gone with the task: the root filesystem is read-only.
            volumes=[{"name": "scratch"}],
            opts=self._child(depends_on=[roles]),
        )

    def _environment(self) -> dict[str, pulumi.Input[str]]:
        args = self._args
        wired = {*args.environment, *args.secrets}
        for key, value in args.settings.environment.items():
            if key in wired:
                raise SettingsError(
                    "is set by the platform",
                    path=f"services.{args.service}.environment.{key}",
                    got=value,
                    fix="Remove it, or name your own variable otherwise",
                )
        return {**args.environment, **args.settings.environment}

    def _service(self, definition: aws.ecs.TaskDefinition) -> aws.ecs.Service:
        args, settings = self._args, self._args.settings
        balancers = (
            [
                aws.ecs.ServiceLoadBalancerArgs(
                    target_group_arn=self.target_group.arn,
                    container_name=args.service,
                    container_port=settings.port,
                )
            ]
            if self.target_group is not None and settings.port is not None
            else None
        )
        depends_on: list[pulumi.Resource] = []
        if args.balancer is not None and self.target_group is not None:
            args.balancer.serve(self.target_group)
            # ECS refuses a target group that no listener uses.
            depends_on.append(args.balancer.listener)
        return aws.ecs.Service(
            self._name,
            name=self._name,
            cluster=args.cluster.cluster.arn,
            task_definition=definition.arn,
            # What runs at the first deployment; from then on the number belongs to scaling.
            desired_count=settings.scaling.min_tasks,
            launch_type="FARGATE",
            platform_version="LATEST",
            network_configuration={
                "subnets": [subnet.id for subnet in args.network.app],
                "security_groups": [self.group.id],
                "assign_public_ip": False,
            },
            load_balancers=balancers,
            health_check_grace_period_seconds=settings.health.grace if balancers else None,
            deployment_minimum_healthy_percent=100,
            deployment_maximum_percent=200,
            deployment_circuit_breaker={"enable": True, "rollback": True},
            availability_zone_rebalancing="ENABLED",
            enable_execute_command=False,
            enable_ecs_managed_tags=True,
            propagate_tags="SERVICE",
            # The circuit breaker decides; waiting for a steady state would fight it
            # (hashicorp/terraform-provider-aws#19519).
            wait_for_steady_state=False,
            opts=self._child(ignore_changes=["desired_count"], depends_on=depends_on),
        )
