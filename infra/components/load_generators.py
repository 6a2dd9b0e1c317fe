"""LoadGenerators: a Locust master and its workers in a network of their own; no task runs while no load test does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import pulumi
import pulumi_aws as aws

from infra import names, policies
from infra.account import Account
from infra.components.cluster import Cluster, ClusterArgs
from infra.components.component import Component, Transforms, component_options
from infra.components.fargate import on_fargate
from infra.components.log_masking import LogMasking, LogMaskingArgs
from infra.components.network import ANYWHERE, Network, NetworkArgs
from infra.components.secure_bucket import SecureBucket, SecureBucketArgs
from infra.components.task_roles import TaskRoles, TaskRolesArgs
from infra.container import container_definition
from infra.load_generator_settings import LoadGeneratorSettings
from infra.tags import CLASSIFICATION

MASTER_PORT = 5557
"""Where workers report to their master (Locust, 'Distributed load generation')."""
USER = "10001:10001"
NAMESPACE = "load.internal"


@dataclass(frozen=True, kw_only=True)
class LoadGeneratorsArgs:
    """What LoadGenerators are made from.

    Attributes:
        account: Where they lie.
        settings: What runs, and how many.
        target: What is loaded.
        plan: Path of the launch plan in the image; None for the locustfile's own.
        key: KMS key of logs and results.
        access_log_bucket: Of the bucket of results.
        keep: Whether results are protected.
        transform: Changes to children.
    """

    account: Account
    settings: LoadGeneratorSettings
    target: pulumi.Input[str]
    plan: str | None
    key: pulumi.Input[str]
    access_log_bucket: pulumi.Input[str] | None
    keep: bool = True
    transform: Transforms | None = None


class LoadGenerators(Component):
    """Two ECS services at rest: a load test sets their numbers, and sets them back.

    Attributes:
        network: Their VPC.
        cluster: Their cluster.
        results: Bucket of the results.
        master, workers: The services.
    """

    def __init__(self, name: str, args: LoadGeneratorsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("surgeproof:platform:LoadGenerators", name, {}, component_options(name, opts, args.transform))
        self._name, self._args = name, args
        self.network = Network(
            f"{name}-network",
            NetworkArgs(
                account=args.account, cidr=args.settings.cidr, log_key=args.key, zones=2, nat="one", protect=args.keep
            ),
            opts=self._child(),
        )
        self.cluster = Cluster(f"{name}-cluster", ClusterArgs(log_key=args.key), opts=self._child())
        self.results = SecureBucket(
            f"{name}-results",
            SecureBucketArgs(
                classification="logs",
                key=args.key,
                access_log_bucket=args.access_log_bucket,
                retention_days=args.settings.artefact_days,
                keep=args.keep,
            ),
            opts=self._child(),
        )
        self._groups = self._wire()
        self._registry = self._discover()
        self.master = self._service("master", "FARGATE", ["--master", "--expect-workers", str(args.settings.workers)])
        address = f"master.{NAMESPACE}"
        spot = "FARGATE_SPOT" if args.settings.spot else "FARGATE"
        self.workers = self._service("worker", spot, ["--worker", "--master-host", address])
        self._done({"cluster": self.cluster.cluster.name, "results": self.results.bucket.bucket})

    def _wire(self) -> dict[str, aws.ec2.SecurityGroup]:
        """A group for each role; both reach the target, and workers their master."""
        groups = {
            role: aws.ec2.SecurityGroup(
                f"{self._name}-{role}-group",
                vpc_id=self.network.vpc.id,
                description=f"Load generators: {role}",
                tags={"Name": f"{self._name}-{role}"},
                opts=self._child(),
            )
            for role in ("master", "worker")
        }
        for role, group in groups.items():
            for port in (443, 80):
                aws.vpc.SecurityGroupEgressRule(
                    f"{self._name}-{role}-out-{port}",
                    security_group_id=group.id,
                    description="The target, and AWS" if port == 443 else "A target without TLS",
                    ip_protocol="tcp",
                    from_port=port,
                    to_port=port,
                    cidr_ipv4=ANYWHERE,
                    opts=self._child(),
                )
        for kind, rule, group, other in (
            ("in", aws.vpc.SecurityGroupIngressRule, "master", "worker"),
            ("out", aws.vpc.SecurityGroupEgressRule, "worker", "master"),
        ):
            rule(
                f"{self._name}-{group}-{kind}-{MASTER_PORT}",
                security_group_id=groups[group].id,
                description="Workers to their master",
                ip_protocol="tcp",
                from_port=MASTER_PORT,
                to_port=MASTER_PORT,
                referenced_security_group_id=groups[other].id,
                opts=self._child(),
            )
        return groups

    def _discover(self) -> aws.servicediscovery.Service:
        """The name by which workers find their master."""
        namespace = aws.servicediscovery.PrivateDnsNamespace(
            f"{self._name}-names",
            name=NAMESPACE,
            vpc=self.network.vpc.id,
            description="Load generators",
            opts=self._child(),
        )
        return aws.servicediscovery.Service(
            f"{self._name}-master-name",
            name="master",
            description="The master, while a load test runs",
            dns_config={
                "namespace_id": namespace.id,
                "dns_records": [{"type": "A", "ttl": 10}],
                "routing_policy": "MULTIVALUE",
            },
            opts=self._child(),
        )

    def _service(
        self, role: Literal["master", "worker"], provider: Literal["FARGATE", "FARGATE_SPOT"], command: list[str]
    ) -> aws.ecs.Service:
        more: dict[str, Any] = {}
        if role == "master":
            more["service_registries"] = {"registry_arn": self._registry.arn}
        return aws.ecs.Service(
            f"{self._name}-{role}",
            name=f"{self._name}-{role}",
            cluster=self.cluster.cluster.arn,
            task_definition=self._task(role, command).arn,
            # At rest. A load test sets the number, and sets it back.
            desired_count=0,
            capacity_provider_strategies=[{"capacity_provider": provider, "base": 0, "weight": 1}],
            network_configuration={
                "subnets": [subnet.id for subnet in self.network.app],
                "security_groups": [self._groups[role].id],
                "assign_public_ip": False,
            },
            deployment_circuit_breaker={"enable": True, "rollback": True},
            deployment_minimum_healthy_percent=100,
            deployment_maximum_percent=200,
            availability_zone_rebalancing="ENABLED",
            enable_execute_command=False,
            enable_ecs_managed_tags=True,
            propagate_tags="SERVICE",
            wait_for_steady_state=False,
            opts=self._child(ignore_changes=["desired_count"], depends_on=[self.cluster.providers]),
            **more,
        )

    def _task(self, role: Literal["master", "worker"], command: list[str]) -> aws.ecs.TaskDefinition:
        args, settings, name = self._args, self._args.settings, f"{self._name}-{role}"
        logs = aws.cloudwatch.LogGroup(
            f"{name}-log",
            name=f"/load/{name}",
            kms_key_id=args.key,
            retention_in_days=365,
            tags={CLASSIFICATION: "logs"},
            opts=self._child(),
        )
        LogMasking(f"{name}-masking", LogMaskingArgs(account=args.account, groups={role: logs}), opts=self._child())
        # Only the master has results to keep; workers may do nothing in AWS.
        objects = pulumi.Output.concat(self.results.bucket.arn, "/*")
        keeps = [
            policies.allow("KeepResults", ["s3:PutObject"], [objects]),
            policies.allow("EncryptResults", ["kms:GenerateDataKey"], [args.key]),
        ]
        roles = TaskRoles(
            f"{name}-roles",
            TaskRolesArgs(
                account=args.account,
                images=[settings.image],
                log_group_arn=logs.arn,
                statements=keeps if role == "master" else [],
            ),
            opts=self._child(),
        )
        plan = ["--plan", args.plan] if args.plan and role == "master" else []
        environment: dict[str, pulumi.Input[str]] = {"LOCUST_HOST": args.target}
        if role == "master":
            environment["RESULTS_BUCKET"] = self.results.bucket.bucket
        container = container_definition(
            name=role,
            image=settings.image,
            command=["locust", "--locustfile", "loadtests/locustfile.py", *command, *plan],
            environment=environment,
            secrets={},
            port=MASTER_PORT if role == "master" else None,
            user=USER,
            stop_timeout=120,
            log_group=logs.name,
            region=args.account.region,
        )
        return aws.ecs.TaskDefinition(
            f"{name}-task",
            family=names.fit(name, 255),
            container_definitions=pulumi.Output.json_dumps([container], separators=(",", ":")),
            **on_fargate(settings),
            task_role_arn=roles.task.arn,
            execution_role_arn=roles.execution.arn,
            volumes=[{"name": "scratch"}],
            opts=self._child(depends_on=[roles]),
        )
