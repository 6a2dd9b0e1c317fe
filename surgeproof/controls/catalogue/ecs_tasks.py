"""Controls of task definitions: what a container may do, where its secrets and logs are."""

from __future__ import annotations

import re
from typing import Any

from surgeproof.controls.containers import each_container
from surgeproof.controls.context import ABSENT, UNKNOWN, Context
from surgeproof.controls.control import control
from surgeproof.controls.expectations import all_of, is_true
from surgeproof.controls.network_reach import reach
from surgeproof.controls.outcome import Outcome, failed, passed, unknown
from surgeproof.controls.published import published
from surgeproof.controls.secret_words import looks_secret
from surgeproof.graph.model import Resource

TASK = "task_definition"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
ROLES = ("aws:iam/role:Role",)
_OWN_REGISTRY = re.compile(r"^\d{12}\.dkr\.ecr[.-][a-z0-9.-]+\.amazonaws\.com(\.cn)?/")


@control(
    id="ECS-02",
    title="No container is privileged, gains capabilities or shares the host's namespaces",
    severity="crit",
    family=TASK,
    rationale="Such a container is root on its host, and reads its neighbours.",
    remediation="`privileged: False`, `capabilities: {'add': [], 'drop': ['ALL']}`, `network_mode='awsvpc'`",
    requirements=published("ECS.4 ECS.1 ECS.3", pci="7.2.2p 1.4.5c", nist="AC-6 CM-2"),
)
def stays_in_its_box(resource: Resource, context: Context) -> list[Outcome]:
    """Neither privileged, nor added capabilities, nor host network, pid or ipc."""
    modes = [
        failed(f"{key} is host", property=key)
        for key in ("networkMode", "pidMode", "ipcMode")
        if context.value(resource, key) == "host"
    ]

    def problem(container: dict[str, Any]) -> str | None:
        if is_true(container.get("privileged")):
            return "is privileged"
        added = ((container.get("linuxParameters") or {}).get("capabilities") or {}).get("add")
        return "adds Linux capabilities" if added else None

    return all_of(*modes, *each_container(context, resource, problem))


@control(
    id="ECS-03",
    title="Root filesystems are read-only",
    severity="high",
    family=TASK,
    rationale="What cannot be written cannot be left behind.",
    remediation="`'readonlyRootFilesystem': True`, and a volume for what the program writes.",
    requirements=published("ECS.5", pci="7.2.2c 10.3.2c", nist="AC-6"),
)
def root_is_read_only(resource: Resource, context: Context) -> list[Outcome]:
    """Each container has ``readonlyRootFilesystem``."""
    return each_container(
        context,
        resource,
        lambda item: None if is_true(item.get("readonlyRootFilesystem")) else "can write its root filesystem",
    )


@control(
    id="ECS-04",
    title="No secret stands in a container's environment",
    severity="crit",
    family=TASK,
    rationale="Who may describe a task definition reads its environment, in every revision, for ever.",
    remediation="`'secrets': [{'name': 'DB_PASSWORD', 'valueFrom': secret.arn}]`",
    requirements=published("ECS.8†", pci="8.6.2h", nist="IA-5(7)"),
)
def no_secret_in_environment(resource: Resource, context: Context) -> list[Outcome]:
    """Judged by name and by the value's shape; the value is never printed."""

    def problem(container: dict[str, Any]) -> str | None:
        for variable in container.get("environment") or []:
            if isinstance(variable, dict) and looks_secret(
                str(variable.get("name", "")), str(variable.get("value") or "")
            ):
                return f"the variable {variable.get('name')} looks like a secret"
        return None

    return each_container(context, resource, problem)


@control(
    id="ECS-05",
    title="Every container logs to an encrypted, retained group",
    severity="high",
    family=TASK,
    rationale="A task that is gone leaves nothing but its logs.",
    remediation="`logConfiguration` with `awslogs` and a `aws.cloudwatch.LogGroup(kms_key_id=, retention_in_days=)`.",
    requirements=published("ECS.9", pci="10.2.1c", nist="AU-2"),
)
def containers_log(resource: Resource, context: Context) -> list[Outcome]:
    """awslogs to a group of this program with a key and a retention, or FireLens."""
    groups = context.once(
        "log groups by name",
        lambda: {
            name: group
            for group in context.graph.of_type(LOG_GROUP)
            for name in (context.value(group, "name"), group.outputs.get("name"))
            if isinstance(name, str)
        },
    )

    def problem(container: dict[str, Any]) -> str | None:
        configuration = container.get("logConfiguration") or {}
        driver = configuration.get("logDriver")
        if driver == "awsfirelens":
            return None
        if driver != "awslogs":
            return "does not log to CloudWatch or FireLens"
        group = groups.get((configuration.get("options") or {}).get("awslogs-group"))
        if group is None:
            return "logs to a group that is not of this program"
        for key in ("kmsKeyId", "retentionInDays"):
            if not group.inputs.get(key) and key not in group.property_dependencies:
                return f"logs to {group.name}, which lacks {key}"
        return None

    return each_container(context, resource, problem)


@control(
    id="ECS-06",
    title="Containers run as a user that is not root",
    severity="high",
    family=TASK,
    rationale="Most ways out of a container need root in it.",
    remediation="`'user': '10001:10001'`",
    requirements=published("ECS.20", pci="7.2.2p", nist="AC-6"),
)
def user_is_not_root(resource: Resource, context: Context) -> list[Outcome]:
    """A user is set, and it is not root or 0."""

    def problem(container: dict[str, Any]) -> str | None:
        user = str(container.get("user") or "").split(":", maxsplit=1)[0]
        # Any number of zeros is nought.
        return "runs as root" if user == "root" or not user.strip("0") else None

    return each_container(context, resource, problem)


@control(
    id="ECS-08",
    title="A task has a role of its own, other than its execution role",
    severity="high",
    family=TASK,
    rationale="With the execution role a program can read every secret and image that ECS may.",
    remediation="`task_role_arn=task.arn, execution_role_arn=execution.arn`",
    requirements=published(pci="7.2.5j", nist="AC-6"),
)
def roles_are_two(resource: Resource, context: Context) -> Outcome:
    """``taskRoleArn`` is set and differs from ``executionRoleArn``."""
    task, execution = (context.value(resource, key) for key in ("taskRoleArn", "executionRoleArn"))
    if task in (ABSENT, ""):
        return failed("has no task role", property="taskRoleArn")
    ways = reach(context)
    own = ways.linked(resource, "taskRoleArn", ROLES)
    if own and own == ways.linked(resource, "executionRoleArn", ROLES):
        return failed("its task role is its execution role", property="taskRoleArn")
    if task is not UNKNOWN and task == execution:
        return failed("its task role is its execution role", property="taskRoleArn")
    if UNKNOWN in (task, execution) and not own:
        return unknown("its roles are known only after deployment", property="taskRoleArn")
    return passed()


@control(
    id="ECS-09",
    title="Images are pinned and come from a private ECR registry",
    severity="high",
    family=TASK,
    rationale="A tag that moves deploys what nobody reviewed.",
    remediation="`image=f'{repository}@sha256:...'`",
    requirements=published(pci="6.3.2j 11.5.2p", nist="CM-2"),
)
def image_is_pinned(resource: Resource, context: Context) -> list[Outcome]:
    """By digest, or by a tag of a repository of this program whose tags cannot move; never latest."""
    frozen = context.once(
        "repositories whose tags stay",
        lambda: {
            str(item.outputs.get("name") or item.inputs.get("name"))
            for item in context.graph.of_type("aws:ecr/repository:Repository")
            if context.value(item, "imageTagMutability") == "IMMUTABLE"
        },
    )

    def problem(container: dict[str, Any]) -> str | None:
        image = str(container.get("image") or "")
        if not _OWN_REGISTRY.match(image):
            return "its image does not come from a private ECR registry"
        if "@sha256:" in image:
            return None
        repository, _, tag = image.partition("/")[2].partition(":")
        if tag in {"", "latest"} or repository not in frozen:
            return "its image is pinned neither by digest nor by a tag that cannot move"
        return None

    return each_container(context, resource, problem)
