"""A container definition with every default key, sorted: what ECS would fill in is written already.

ECS answers with its own defaults, and a definition without them differs on every update, so that each task
definition would be replaced for no reason (pulumi/pulumi-aws#4576, #1985, #5256).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi


def container_definition(
    *,
    name: str,
    image: str,
    command: Sequence[str],
    environment: Mapping[str, pulumi.Input[str]],
    secrets: Mapping[str, pulumi.Input[str]],
    port: int | None,
    user: str,
    stop_timeout: int,
    log_group: pulumi.Input[str],
    region: str,
    cpu: int = 0,
    memory: int | None = None,
    essential: bool = True,
    after: Sequence[str] = (),
) -> dict[str, Any]:
    """Definition of one container.

    The root filesystem is read-only, no capability is kept, and the logs go to CloudWatch without blocking the program.

    Args:
        name: Of the container.
        image: Image reference.
        command: Instead of the image's own.
        environment: Variables; no secrets.
        secrets: Variable to the ARN of the secret that it is filled from.
        port: That it listens on.
        user: User and group ids.
        stop_timeout: Seconds from SIGTERM to SIGKILL.
        log_group: Name of the log group.
        region: Of the log group.
        cpu: CPU units of the task that are its share; 0 where it has the task for itself.
        memory: MiB that it may use at most; the task's own limit when left out.
        essential: Whether the task ends when it ends.
        after: Containers that are started before it, and so stopped after it.
    """
    definition: dict[str, Any] = {
        "command": list(command),
        "cpu": cpu,
        "dockerLabels": {},
        "environment": [{"name": key, "value": environment[key]} for key in sorted(environment)],
        "environmentFiles": [],
        "essential": essential,
        "image": image,
        "linuxParameters": {"capabilities": {"add": [], "drop": ["ALL"]}, "initProcessEnabled": True},
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": log_group,
                "awslogs-region": region,
                "awslogs-stream-prefix": name,
                # Blocking, the default, stops the program when CloudWatch is slow.
                "max-buffer-size": "25m",
                "mode": "non-blocking",
            },
            "secretOptions": [],
        },
        "mountPoints": [{"containerPath": "/tmp", "readOnly": False, "sourceVolume": "scratch"}],  # noqa: S108 - the container's own
        "name": name,
        "portMappings": []
        if port is None
        else [{"appProtocol": "http", "containerPort": port, "hostPort": port, "name": name, "protocol": "tcp"}],
        "privileged": False,
        "readonlyRootFilesystem": True,
        "secrets": [{"name": key, "valueFrom": secrets[key]} for key in sorted(secrets)],
        "startTimeout": 120,
        "stopTimeout": stop_timeout,
        "systemControls": [],
        "ulimits": [],
        "user": user,
        "volumesFrom": [],
    }
    if memory is not None:
        definition["memory"] = memory
    if after:
        definition["dependsOn"] = [{"condition": "START", "containerName": other} for other in sorted(after)]
    return {key: definition[key] for key in sorted(definition)}
