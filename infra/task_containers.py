"""The containers of a task: its program first, then what runs beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

from infra import telemetry
from infra.container import container_definition
from infra.errors import SettingsError
from infra.task_settings import TaskSettings


def containers(
    name: str,
    settings: TaskSettings,
    *,
    path: str,
    port: int | None,
    environment: Mapping[str, pulumi.Input[str]],
    secrets: Mapping[str, pulumi.Input[str]],
    namespace: str,
    log_group: pulumi.Input[str],
    log_group_name: str,
    region: str,
) -> list[dict[str, Any]]:
    """Definitions of all containers; the program's own is the first, and has the task's name.

    Args:
        name: Of the service or job.
        settings: Its settings.
        path: Where they stand, for errors: ``services.storefront``.
        port: That the program listens on.
        environment: Variables that the platform wires.
        secrets: Secrets that the platform wires.
        namespace: CloudWatch namespace of what the program measures itself.
        log_group: Where all of them log.
        log_group_name: Its name, known before it is made.
        region: Of the logs.

    Raises:
        SettingsError: The team sets a variable that the platform wires, or names a sidecar as the program.
    """
    if name in settings.sidecars:
        raise SettingsError(
            "is the name of the program's own container",
            path=f"{path}.sidecars.{name}",
            fix="Name the sidecar otherwise",
        )
    wired: dict[str, pulumi.Input[str]] = {**environment}
    if settings.telemetry is not None:
        wired |= telemetry.program_variables(name)
    _refuse_doubles(path, {*wired, *secrets}, settings)
    logs: dict[str, Any] = {"log_group": log_group, "region": region}
    beside = [
        container_definition(
            name=key,
            image=sidecar.image,
            command=sidecar.command,
            environment=sidecar.environment,
            secrets={},
            port=None,
            user=sidecar.user,
            stop_timeout=settings.stop_timeout,
            cpu=sidecar.cpu,
            memory=sidecar.memory,
            essential=sidecar.essential,
            **logs,
        )
        for key, sidecar in sorted(settings.sidecars.items())
    ]
    if settings.telemetry is not None:
        config = telemetry.collector_config(
            settings.telemetry, service=name, namespace=namespace, log_group=log_group_name, region=region
        )
        beside.append(
            container_definition(
                name=telemetry.NAME,
                image=settings.telemetry.image,
                command=[f"--config=env:{telemetry.CONFIG}"],
                environment={telemetry.CONFIG: config},
                secrets={},
                port=None,
                user="10002:10002",
                stop_timeout=settings.stop_timeout,
                cpu=settings.telemetry.cpu,
                memory=settings.telemetry.memory,
                essential=False,
                **logs,
            )
        )
    own = container_definition(
        name=name,
        image=settings.image,
        command=settings.command,
        environment={**wired, **settings.environment},
        secrets={**secrets, **settings.secrets},
        port=port,
        user=settings.user,
        stop_timeout=settings.stop_timeout,
        cpu=settings.cpu - sum(item["cpu"] for item in beside) if beside else 0,
        # What is started first is stopped last: the collector gets the program's last words.
        after=[telemetry.NAME] if settings.telemetry is not None else (),
        **logs,
    )
    return [own, *beside]


def _refuse_doubles(path: str, wired: set[str], settings: TaskSettings) -> None:
    for field, given in (("environment", settings.environment), ("secrets", settings.secrets)):
        for key, value in given.items():
            if key in wired:
                raise SettingsError(
                    "is set by the platform",
                    path=f"{path}.{field}.{key}",
                    got=value,
                    fix="Remove it, or name your own variable otherwise",
                )
