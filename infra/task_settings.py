"""Settings of one task: what it runs, on how much CPU and memory, and how it ends. Services and jobs share them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from infra.quantities import ImageReference, Seconds, WholeSeconds, complaint
from infra.sidecar_settings import Sidecar, Telemetry
from infra.strict import Strict

FARGATE_MEMORY: dict[int, tuple[int, ...]] = {
    256: (512, 1024, 2048),
    512: tuple(range(1024, 4097, 1024)),
    1024: tuple(range(2048, 8193, 1024)),
    2048: tuple(range(4096, 16385, 1024)),
    4096: tuple(range(8192, 30721, 1024)),
    8192: tuple(range(16384, 61441, 4096)),
    16384: tuple(range(32768, 122881, 8192)),
}
"""CPU units to the MiB of memory that Fargate pairs with them (Amazon ECS Developer Guide, 'Task CPU and memory')."""

STOP_TIMEOUT_MAX = 120
"""Seconds that Fargate gives a container to stop, at most (ContainerDefinition, stopTimeout)."""
CONTAINERS_MAX = 10
"""Containers of one task definition (Amazon ECS service quotas)."""

SecretArn = Annotated[str, StringConstraints(pattern=r"^arn:aws[\w-]*:(secretsmanager|ssm):[\w-]+:\d{12}:\S+$")]
"""A secret of Secrets Manager, with ``:key::`` behind it for one key of its JSON, or a parameter of Systems Manager."""
KeyArn = Annotated[str, StringConstraints(pattern=r"^arn:aws[\w-]*:kms:[\w-]+:\d{12}:key/\S+$")]
SidecarName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,19}$")]


class TaskSettings(Strict):
    """What one task runs. Its root filesystem is read-only, its user is not root, and exec is off: these are no settings."""

    image: ImageReference = Field(description="By digest; a tag only where nothing ships")
    command: tuple[str, ...] = Field(default=(), description="The image's own when left out")
    cpu: int = Field(default=512, description="CPU units: 1024 is one vCPU")
    memory: int = Field(default=1024, description="MiB")
    architecture: Literal["arm64", "x86_64"] = "arm64"
    user: str = Field(
        default="10001:10001", pattern=r"^[1-9]\d*(:\d+)?$", description="User and group ids, never root's"
    )
    environment: dict[str, str] = Field(default_factory=dict, description="Further variables; no secrets")
    secrets: dict[str, SecretArn] = Field(
        default_factory=dict, description="Variable to the ARN of the secret that it is filled from"
    )
    secret_keys: tuple[KeyArn, ...] = Field(
        default=(), description="KMS keys of those secrets, where they are not under AWS's own key"
    )
    sidecars: dict[SidecarName, Sidecar] = Field(default_factory=dict, description="Containers beside the program")
    telemetry: Telemetry | None = Field(default=None, description="An OpenTelemetry collector beside the program")
    fault_injection: bool = Field(
        default=False, description="Let AWS Fault Injection Service slow or cut the task's network, for a game day"
    )
    handles_cards: bool = Field(
        default=False, description="Sees card numbers: its tasks lie alone, in the card-data subnets"
    )
    shutdown_time: Seconds = Field(default=30, description="Worst time that the program takes to end after SIGTERM")
    stop_timeout: WholeSeconds = Field(default=60, description="Seconds from SIGTERM to SIGKILL")
    log_retention_days: Literal[1, 3, 7, 14, 30, 60, 90, 180, 365, 400, 731] = 365

    @property
    def images(self) -> dict[str, str]:
        """All images of the task, by the setting that names each."""
        found = {"image": self.image} | {f"sidecars.{name}.image": item.image for name, item in self.sidecars.items()}
        return found | ({"telemetry.image": self.telemetry.image} if self.telemetry else {})

    @model_validator(mode="after")
    def _fits_fargate(self) -> TaskSettings:
        sizes = FARGATE_MEMORY.get(self.cpu)
        if sizes is None:
            raise complaint("is no size that Fargate has", allowed=", ".join(map(str, FARGATE_MEMORY)), at="cpu")
        if self.memory not in sizes:
            listed = (
                ", ".join(map(str, sizes))
                if len(sizes) < 5
                else f"{sizes[0]} to {sizes[-1]} in steps of {sizes[1] - sizes[0]}"
            )
            raise complaint(f"does not go with {self.cpu} CPU units on Fargate", allowed=listed, at="memory")
        return self

    @model_validator(mode="after")
    def _has_room_for_sidecars(self) -> TaskSettings:
        if "telemetry" in self.sidecars and self.telemetry is not None:
            raise complaint("is the name of the collector", fix="Name the sidecar otherwise", at="sidecars.telemetry")
        beside: list[Sidecar | Telemetry] = [*self.sidecars.values(), *([self.telemetry] if self.telemetry else [])]
        if len(beside) >= CONTAINERS_MAX:
            raise complaint(
                "are more containers than a task has", allowed=f"{CONTAINERS_MAX - 1} beside the program", at="sidecars"
            )
        for key, unit in (("cpu", "CPU units"), ("memory", "MiB")):
            taken, whole = sum(getattr(item, key) for item in beside), getattr(self, key)
            # Less than half of the task for its program is no sidecar any more; our limit, not AWS's.
            if taken * 2 > whole:
                raise complaint(
                    f"leaves the program less than half of the task: its sidecars take {taken} {unit}",
                    allowed=f"{taken * 2} or more",
                    fix=f"Raise {key}, or give the sidecars less",
                    at=key,
                )
        return self

    @model_validator(mode="after")
    def _ends_in_time(self) -> TaskSettings:
        if self.stop_timeout > STOP_TIMEOUT_MAX:
            raise complaint("is more than Fargate gives", allowed=f"at most {STOP_TIMEOUT_MAX} s", at="stop_timeout")
        if self.shutdown_time > self.stop_timeout:
            raise complaint(
                "kills the program before it has ended",
                allowed=f"shutdown_time ({self.shutdown_time:g} s) or more",
                fix="Raise stop_timeout, or let the program end sooner",
                at="stop_timeout",
            )
        return self

    @model_validator(mode="after")
    def _fills_each_variable_once(self) -> TaskSettings:
        both = sorted(set(self.environment) & set(self.secrets))
        if both:
            raise complaint(
                "is given as a variable, too",
                fix="Remove it from environment, or from secrets",
                at=f"secrets.{both[0]}",
            )
        return self
