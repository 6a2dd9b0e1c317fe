"""Task: what one task of a service or job is: its containers, logs, roles and security group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi_aws as aws

from infra import telemetry
from infra.account import Account
from infra.components.component import Component
from infra.components.fargate import on_fargate
from infra.components.network import ANYWHERE, Network
from infra.components.task_roles import TaskRoles, TaskRolesArgs
from infra.policies import Statement
from infra.tags import CLASSIFICATION, SCOPE
from infra.task_containers import containers
from infra.task_settings import TaskSettings


@dataclass(frozen=True, kw_only=True)
class TaskArgs:
    """What a Task is made from.

    Attributes:
        program: Name of the service or job; the container's name too.
        settings: Its settings.
        path: Where they stand: ``services.storefront``.
        account: Where it lies.
        network: The VPC.
        log_key: KMS key of its logs.
        port: That its program listens on.
        environment: Variables that the platform wires.
        secrets: Variable to the ARN of the secret that it is filled from.
        secrets_key: KMS key of those.
        statements: What the program may do in AWS.
    """

    program: str
    settings: TaskSettings
    path: str
    account: Account
    network: Network
    log_key: pulumi.Input[str]
    port: int | None = None
    environment: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    secrets: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    secrets_key: pulumi.Input[str] | None = None
    statements: Sequence[Statement] = ()


class Task(Component):
    """A task definition with all that it needs.

    Attributes:
        definition: The task definition.
        roles: Its roles.
        log_group: Where its containers log.
        group: Security group of its tasks.
        placement: Where its tasks lie, as ECS and the scheduler take it: app subnets, or card-data where it handles
            cards.
    """

    def __init__(self, name: str, args: TaskArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("surgeproof:platform:Task", name, {}, opts)
        self._name, self._args = name, args
        self._log_name = f"/aws/ecs/{name}"
        cards = args.settings.handles_cards
        # Whoever shares a tag of the card-data environment is in its scope; all others say nothing.
        self.tags = {SCOPE: "cde"} if cards else None
        self.group = self._group()
        subnets = args.network.card_data if cards else args.network.app
        self.placement: Any = {
            "subnets": [subnet.id for subnet in subnets],
            "security_groups": [self.group.id],
            "assign_public_ip": False,
        }
        self.log_group = aws.cloudwatch.LogGroup(
            f"{name}-log",
            name=self._log_name,
            kms_key_id=args.log_key,
            retention_in_days=args.settings.log_retention_days,
            tags={CLASSIFICATION: "logs"},
            opts=self._child(),
        )
        self.roles, self.definition = self._define()
        self._done({"task_definition": self.definition.arn})

    def _group(self) -> aws.ec2.SecurityGroup:
        name, args = self._name, self._args
        group = aws.ec2.SecurityGroup(
            f"{name}-group",
            vpc_id=args.network.vpc.id,
            description=f"Tasks of {args.program}",
            tags={"Name": name, **(self.tags or {})},
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

    def _define(self) -> tuple[TaskRoles, aws.ecs.TaskDefinition]:
        name, args, settings = self._name, self._args, self._args.settings
        logs = self.log_group
        statements = list(args.statements)
        if settings.telemetry is not None:
            statements += telemetry.statements(settings.telemetry, logs.arn)
        own_secrets = sorted({_secret(arn) for arn in settings.secrets.values()})
        roles = TaskRoles(
            f"{name}-roles",
            TaskRolesArgs(
                account=args.account,
                images=list(settings.images.values()),
                log_group_arn=logs.arn,
                secrets=[*args.secrets.values(), *own_secrets],
                secrets_keys=[*([args.secrets_key] if args.secrets_key is not None else []), *settings.secret_keys],
                statements=statements,
            ),
            opts=self._child(),
        )
        described = containers(
            args.program,
            settings,
            path=args.path,
            port=args.port,
            environment=args.environment,
            secrets=args.secrets,
            namespace=name,
            log_group=logs.name,
            log_group_name=self._log_name,
            region=args.account.region,
        )
        definition = aws.ecs.TaskDefinition(
            f"{name}-task",
            family=name,
            container_definitions=pulumi.Output.json_dumps(described, separators=(",", ":")),
            **on_fargate(settings),
            task_role_arn=roles.task.arn,
            execution_role_arn=roles.execution.arn,
            enable_fault_injection=True if settings.fault_injection else None,
            # Writable, empty, and gone with the task: the root filesystem is read-only.
            volumes=[{"name": "scratch"}],
            tags=self.tags,
            opts=self._child(depends_on=[roles]),
        )
        return roles, definition


def _secret(arn: str) -> str:
    """ARN of a secret without the key of its JSON, stage and version that may stand behind it."""
    parts = arn.split(":")
    return ":".join(parts[:7]) if parts[2] == "secretsmanager" else arn
