"""Settings of one service: what its tasks run, how they take traffic and how they end."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, PositiveFloat, model_validator

from infra.quantities import ImageReference, Route, Seconds, WholeSeconds, complaint
from infra.scaling_settings import Scaling, Strict

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


class Health(Strict):
    """When a task counts as able to serve."""

    path: str = Field(default="/healthz", pattern=r"^/\S*$")
    interval: WholeSeconds = Field(default=10, ge=5, le=300, description="Seconds between two checks")
    timeout: WholeSeconds = Field(default=5, ge=2, le=120)
    healthy_threshold: int = Field(default=2, ge=2, le=10, description="Checks in a row until a task serves")
    unhealthy_threshold: int = Field(default=2, ge=2, le=10, description="Checks in a row until a task is taken out")
    boot_time: Seconds = Field(default=30, description="Longest time from start to the first good answer")
    grace: WholeSeconds = Field(default=60, description="Seconds in which bad answers of a new task are passed over")

    @model_validator(mode="after")
    def _is_consistent(self) -> Health:
        if self.timeout >= self.interval:
            raise complaint(
                f"is not shorter than interval ({self.interval} s)",
                fix="Lower timeout, or raise interval",
                at="timeout",
            )
        if self.grace < self.boot_time:
            raise complaint(
                "ends before a task has started, so that every new task is killed",
                allowed=f"boot_time ({self.boot_time:g} s) or more",
                fix="Raise grace",
                at="grace",
            )
        return self


class ServiceSettings(Strict):
    """A program that runs as N identical tasks. With a port it serves the web; with a queue it works that off."""

    image: ImageReference = Field(description="By digest; a tag only where nothing ships")
    command: tuple[str, ...] = Field(default=(), description="The image's own when left out")
    port: int | None = Field(
        default=None, ge=1, le=65535, description="Takes requests of the load balancer on this port"
    )
    cpu: int = Field(default=512, description="CPU units: 1024 is one vCPU")
    memory: int = Field(default=1024, description="MiB")
    architecture: Literal["arm64", "x86_64"] = "arm64"
    user: str = Field(
        default="10001:10001", pattern=r"^[1-9]\d*(:\d+)?$", description="User and group ids, never root's"
    )
    cpu_ms: dict[Route, PositiveFloat] = Field(
        default_factory=dict, description="Declared CPU demand of a request by route, milliseconds of one vCPU"
    )
    environment: dict[str, str] = Field(default_factory=dict, description="Further variables; no secrets")
    health: Health = Health()
    request_timeout: Seconds = Field(default=10, description="Worst time that one request takes")
    deregistration_delay: WholeSeconds = Field(
        default=30, le=3600, description="Seconds in which a leaving task finishes its requests"
    )
    shutdown_time: Seconds = Field(default=30, description="Worst time that the program takes to end after SIGTERM")
    stop_timeout: WholeSeconds = Field(default=60, description="Seconds from SIGTERM to SIGKILL")
    handler_timeout: Seconds = Field(
        default=60, description="Worst time that a worker takes for what it received in one go"
    )
    log_retention_days: Literal[1, 3, 7, 14, 30, 60, 90, 180, 365, 400, 731] = 365
    scaling: Scaling

    @property
    def shape(self) -> Literal["web", "worker"]:
        """``web`` behind the load balancer, or ``worker`` on a queue."""
        return "web" if self.port is not None else "worker"

    @model_validator(mode="after")
    def _fits_fargate(self) -> ServiceSettings:
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
    def _has_one_shape(self) -> ServiceSettings:
        if self.port is not None and self.scaling.queue is not None:
            raise complaint(
                "is for a worker, and this service has a port", fix="Remove port, or queue", at="scaling.queue"
            )
        if self.port is None and self.scaling.queue is None:
            raise complaint(
                "neither port nor scaling.queue is given",
                fix="Add `port: 8080` for a web service, or scaling.queue for a worker",
            )
        if self.port is None and self.scaling.requests_per_task is not None:
            raise complaint(
                "needs a port: a worker gets no requests",
                fix="Remove requests_per_task",
                at="scaling.requests_per_task",
            )
        return self

    @model_validator(mode="after")
    def _ends_well(self) -> ServiceSettings:
        if self.port is not None and self.request_timeout > self.deregistration_delay:
            raise complaint(
                "cuts off the worst request of a leaving task",
                allowed=f"request_timeout ({self.request_timeout:g} s) or more",
                fix="Raise deregistration_delay, or lower request_timeout",
                at="deregistration_delay",
            )
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
