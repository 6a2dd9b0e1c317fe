"""TaskRoles: what a service's tasks may do, and, apart from it, what ECS may do to start them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import names, policies
from infra.account import Account
from infra.components.component import Component, Transforms, component_options
from infra.policies import Statement

AGENT = "aws-guardduty-agent-fargate"
"""Repository of GuardDuty's agent for Fargate."""


@dataclass(frozen=True, kw_only=True)
class TaskRolesArgs:
    """What TaskRoles are made from.

    Attributes:
        account: Where they lie.
        images: Of the containers, for the repositories that ECS pulls from.
        log_group_arn: Of the service's log group.
        secrets: ARNs of the secrets and parameters that the containers are filled from.
        secrets_keys: KMS keys of those.
        statements: What the program itself may do.
        transform: Changes to children.
    """

    account: Account
    images: Sequence[str]
    log_group_arn: pulumi.Input[str]
    secrets: Sequence[pulumi.Input[str]] = ()
    secrets_keys: Sequence[pulumi.Input[str]] = ()
    statements: Sequence[Statement] = ()
    transform: Transforms | None = None


class TaskRoles(Component):
    """A task role and an execution role, each for one service.

    Attributes:
        task: The program's own.
        execution: Of ECS, to pull the image, read secrets and write logs.
    """

    def __init__(self, name: str, args: TaskRolesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("surgeproof:platform:TaskRoles", name, {}, component_options(name, opts, args.transform))
        self._name = name
        self._account = args.account
        self.task = self._role("task", "What the program may do")
        if args.statements:
            self._policy("task", self.task, args.statements)
        self.execution = self._role("execution", "What ECS may do to start the program")
        self._policy("execution", self.execution, _start(args))
        self._done({"task": self.task.arn, "execution": self.execution.arn})

    def _role(self, kind: str, description: str) -> aws.iam.Role:
        return aws.iam.Role(
            names.logical("aws:iam/role:Role", f"{self._name}-{kind}"),
            description=description,
            assume_role_policy=policies.trust(self._account, "ecs-tasks.amazonaws.com", self._account.arn("ecs", "*")),
            opts=self._child(),
        )

    def _policy(self, kind: str, role: aws.iam.Role, statements: Sequence[Statement]) -> None:
        aws.iam.RolePolicy(
            f"{self._name}-{kind}-policy",
            role=role.id,
            policy=policies.document(*statements),
            opts=self._child(),
        )


def _start(args: TaskRolesArgs) -> list[Statement]:
    streams = pulumi.Output.concat(args.log_group_arn, ":*")
    statements = [
        policies.allow("WriteLogs", ["logs:CreateLogStream", "logs:PutLogEvents"], [streams]),
        # A token belongs to no repository (Service Authorization Reference, Amazon ECR).
        policies.allow("LogInToRegistry", ["ecr:GetAuthorizationToken"], "*"),
    ]
    repositories = [
        found for image in sorted(set(args.images)) if (found := repository_arn(image, args.account)) is not None
    ]
    if repositories:
        pull = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        statements.append(policies.allow("PullImage", pull, repositories))
        # GuardDuty puts its agent into each task, from a registry of its own in each region (Amazon GuardDuty User
        # Guide, 'Prerequisites for AWS Fargate (Amazon ECS only) support').
        agent = pulumi.Output.format(
            "arn:{0}:ecr:{1}:*:repository/{2}", args.account.partition, args.account.region, AGENT
        )
        statements.append(policies.allow("PullGuardDutyAgent", pull, [agent]))
    parameters = [arn for arn in args.secrets if isinstance(arn, str) and ":ssm:" in arn]
    secrets = [arn for arn in args.secrets if arn not in parameters]
    if secrets:
        statements.append(policies.allow("ReadSecrets", ["secretsmanager:GetSecretValue"], secrets))
    if parameters:
        statements.append(policies.allow("ReadParameters", ["ssm:GetParameters"], parameters))
    if args.secrets and args.secrets_keys:
        statements.append(policies.allow("OpenSecrets", ["kms:Decrypt"], list(args.secrets_keys)))
    return statements


def repository_arn(image: str, account: Account) -> pulumi.Output[str] | None:
    """ARN of the ECR repository of an image; None for another registry's, which needs no permission of ours."""
    host, _, path = image.partition("/")
    parts = host.split(".")
    if len(parts) < 6 or parts[1:3] != ["dkr", "ecr"]:
        return None
    repository = path.partition("@")[0].partition(":")[0]
    return account.partition.apply(
        lambda partition: f"arn:{partition}:ecr:{parts[3]}:{parts[0]}:repository/{repository}"
    )
