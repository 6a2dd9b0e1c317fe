"""Settings of one service: what its tasks run, how they take traffic and how they end."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, PositiveFloat, StringConstraints, model_validator

from infra.capacity_settings import SpotMix
from infra.deployment_settings import Deployment
from infra.quantities import Route, Seconds, WholeSeconds, complaint
from infra.scaling_settings import Scaling
from infra.strict import Strict
from infra.task_settings import TaskSettings

CONDITION_VALUES = 5
"""Values in the conditions of one rule (quotas of Application Load Balancers)."""

PathPattern = Annotated[str, StringConstraints(pattern=r"^/[\w.$/~\"'@:+*?&-]*$", max_length=128)]
HostPattern = Annotated[str, StringConstraints(pattern=r"^[a-z0-9*?.-]+$", max_length=128)]


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


class ServiceSettings(TaskSettings):
    """A program that runs as N identical tasks. With a port it serves the web; with a queue it works that off."""

    port: int | None = Field(
        default=None, ge=1, le=65535, description="Takes requests of the load balancer on this port"
    )
    paths: tuple[PathPattern, ...] = Field(
        default=(), description="Which requests it takes, `/api/*`; all others go to the one service without"
    )
    hosts: tuple[HostPattern, ...] = Field(default=(), description="And for which host names, `api.shop.example`")
    rule_priority: int = Field(
        default=100, ge=1, le=49_000, description="Which service is asked first where their paths overlap: the lowest"
    )
    cpu_ms: dict[Route, PositiveFloat] = Field(
        default_factory=dict, description="Declared CPU demand of a request by route, milliseconds of one vCPU"
    )
    health: Health = Health()
    request_timeout: Seconds = Field(default=10, description="Worst time that one request takes")
    deregistration_delay: WholeSeconds = Field(
        default=30, le=3600, description="Seconds in which a leaving task finishes its requests"
    )
    handler_timeout: Seconds = Field(
        default=60, description="Worst time that a worker takes for what it received in one go"
    )
    spot_from: int | None = Field(
        default=None, ge=1, description="Number of the first task that runs on Fargate Spot; those before it do not"
    )
    spot: SpotMix | None = Field(default=None, description="Instead of spot_from: a base and weights")
    deployment: Deployment = Deployment()
    scaling: Scaling

    @property
    def shape(self) -> Literal["web", "worker"]:
        """``web`` behind the load balancer, or ``worker`` on a queue."""
        return "web" if self.port is not None else "worker"

    @property
    def routed(self) -> bool:
        """Whether it takes some paths or hosts only."""
        return bool(self.paths or self.hosts)

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
        for key, given in (
            ("scaling.requests_per_task", self.scaling.requests_per_task is not None),
            ("scaling.response_time", self.scaling.response_time is not None),
            ("paths", bool(self.paths)),
            ("hosts", bool(self.hosts)),
            ("deployment.strategy", self.deployment.shifts),
            ("deployment.rollback.errors", self.deployment.rollback.errors is not None),
            ("deployment.rollback.response_time", self.deployment.rollback.response_time is not None),
        ):
            if self.port is None and given:
                raise complaint(
                    "needs a port: a worker gets no requests", fix=f"Remove {key.rpartition('.')[2]}", at=key
                )
        if self.port is not None and self.deployment.rollback.queue_age is not None:
            raise complaint(
                "is for a worker, and this service has a port",
                fix="Remove queue_age",
                at="deployment.rollback.queue_age",
            )
        if len(self.paths) + len(self.hosts) > CONDITION_VALUES:
            raise complaint(
                f"and hosts are more than a rule of the load balancer takes ({len(self.paths) + len(self.hosts)})",
                allowed=f"{CONDITION_VALUES} together",
                fix="Use wildcards",
                at="paths",
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
        return self

    @model_validator(mode="after")
    def _shares_out_tasks(self) -> ServiceSettings:
        if self.spot_from is not None and self.spot is not None:
            raise complaint(
                "says the same as spot", allowed="one of the two", fix="Keep spot_from, or spot", at="spot_from"
            )
        if self.spot_from is not None and self.spot_from > self.scaling.max_tasks:
            raise complaint(
                f"is never reached: there are at most {self.scaling.max_tasks} tasks (max_tasks)",
                allowed=f"1 to {self.scaling.max_tasks}",
                fix="Lower spot_from, or remove it",
                at="spot_from",
            )
        return self
