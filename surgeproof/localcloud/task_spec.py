"""How a registered task definition runs on this machine: command, environment, secrets, CPU share."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from surgeproof.localcloud.aws_access import AwsAccess
from surgeproof.localcloud.errors import TaskDefinitionError

UNITS = 1024
"""CPU units of one vCPU (ECS developer guide, task definition parameters)."""
STOP_TIMEOUT = 30.0
"""Seconds between SIGTERM and SIGKILL when the container names none (same)."""


@dataclass(frozen=True, slots=True)
class TaskSpec:
    """One container that does the work, out of a registered task definition.

    Attributes:
        definition: ARN of the task definition.
        command: Entry point and command.
        environment: Variables, those of secrets among them, as deployed.
        share: vCPU of the task.
        port: Port of the container that the load balancer sends to; None for a worker.
        stop_timeout: Real seconds between SIGTERM and SIGKILL.
        health_interval: Seconds between two runs of the container's own health check; None without one.
        sidecars: Names of the other containers of the task, which are not run.
    """

    definition: str
    command: tuple[str, ...]
    environment: dict[str, str]
    share: float
    port: int | None
    stop_timeout: float
    health_interval: float | None
    sidecars: tuple[str, ...] = ()


def read_task_spec(aws: AwsAccess, definition: str, *, service: str, container: str | None = None) -> TaskSpec:
    """Read what was registered, with its secrets.

    Args:
        aws: The embedded AWS.
        definition: ARN or ``family:revision``.
        service: Name for error messages.
        container: Which container takes the traffic; when left out, the one that is named as the service, or else
            the first essential one. All others are sidecars, which do not run here.

    Raises:
        TaskDefinitionError: It has no command, no CPU, or a secret that isn't there.
    """
    described = aws.client("ecs").describe_task_definition(taskDefinition=definition)["taskDefinition"]
    chosen = _container(described["containerDefinitions"], container, service)
    where = f"services.{service}"
    command = (*(chosen.get("entryPoint") or ()), *(chosen.get("command") or ()))
    if not command:
        raise TaskDefinitionError(
            "the container has no command, and an image's own can't be run on this machine",
            path=f"{where}.command",
            fix="Write the command of the container into the settings",
        )
    units = float(chosen.get("cpu") or 0) or float(described.get("cpu") or 0)
    if not units:
        raise TaskDefinitionError(
            "the task has no CPU", path=f"{where}.cpu", fix="Give it CPU units: 512 is half a vCPU"
        )
    environment = {pair["name"]: pair["value"] for pair in chosen.get("environment") or ()}
    for secret in chosen.get("secrets") or ():
        environment[secret["name"]] = _secret(aws, secret["valueFrom"], where)
    ports = [mapping["containerPort"] for mapping in chosen.get("portMappings") or ()]
    check = chosen.get("healthCheck")
    return TaskSpec(
        definition=described["taskDefinitionArn"],
        command=command,
        environment=environment,
        share=units / UNITS,
        port=int(ports[0]) if ports else None,
        stop_timeout=float(chosen.get("stopTimeout") or STOP_TIMEOUT),
        health_interval=float(check.get("interval", 30)) if check else None,
        sidecars=tuple(item["name"] for item in described["containerDefinitions"] if item is not chosen),
    )


def _container(containers: Sequence[Mapping[str, Any]], name: str | None, service: str) -> Mapping[str, Any]:
    named = [container for container in containers if container["name"] == (service if name is None else name)]
    if named or name is not None:
        return named[0]
    return next((container for container in containers if container.get("essential", True)), containers[0])


def _secret(aws: AwsAccess, value_from: str, where: str) -> str:
    """Value of ``arn``, ``arn:json-key:stage:version`` (Secrets Manager), or a parameter of Systems Manager."""
    try:
        if ":secretsmanager:" not in value_from:
            name = value_from.split(":parameter", 1)[-1]
            return aws.client("ssm").get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
        parts = value_from.split(":")
        arn, (key, stage, version) = ":".join(parts[:7]), [*parts[7:], "", "", ""][:3]
        chosen = {"VersionStage": stage} if stage else {"VersionId": version} if version else {}
        text = aws.client("secretsmanager").get_secret_value(SecretId=arn, **chosen)["SecretString"]
        return str(json.loads(text)[key]) if key else text
    except (KeyError, ValueError, aws_errors()) as error:
        raise TaskDefinitionError(
            f"a secret of the container can't be read ({error})",
            path=f"{where}.secrets",
            got=value_from,
            fix="Deploy the secret, and name a key that its JSON has",
        ) from error


def aws_errors() -> type[Exception]:
    """Root of what boto3 raises when AWS refuses."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - slow to import, and seldom needed

    return ClientError
