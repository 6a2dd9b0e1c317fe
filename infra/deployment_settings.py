"""Settings of how a new revision of a service takes over, and what makes it roll back."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, JsonValue, StringConstraints, model_validator

from infra.quantities import PositiveSeconds, Share, WholeSeconds, complaint
from infra.strict import Strict

Strategy = Literal["rolling", "blue_green", "canary", "linear"]
Stage = Literal[
    "reconcile_service",
    "pre_scale_up",
    "post_scale_up",
    "test_traffic_shift",
    "post_test_traffic_shift",
    "pre_production_traffic_shift",
    "production_traffic_shift",
    "post_production_traffic_shift",
]
"""Where a deployment may ask (API_DeploymentLifecycleHook, lifecycleStages)."""
TESTED = frozenset({"test_traffic_shift", "post_test_traffic_shift"})
"""Stages that only a deployment with a test port has."""
FunctionArn = Annotated[
    str, StringConstraints(pattern=r"^arn:aws[\w-]*:lambda:[a-z0-9-]+:\d{12}:function:[\w-]{1,64}(:[\w$-]{1,128})?$")
]
"""ARN of a Lambda function, with or without version or alias."""
LONGEST_BAKE = 86_400
"""Seconds; ECS bakes for a day at most (API_DeploymentConfiguration, bakeTimeInMinutes)."""


class CanaryShift(Strict):
    """A small share of the requests first, then all of them."""

    percent: float = Field(default=10, ge=0.1, lt=100, description="Share of the requests that come first, percent")
    bake_time: WholeSeconds = Field(default=600, ge=60, le=LONGEST_BAKE, description="Seconds until the rest follows")


class LinearShift(Strict):
    """The requests in equal steps."""

    percent: float = Field(default=10, ge=3, lt=100, description="Share of the requests in each step, percent")
    bake_time: WholeSeconds = Field(default=180, ge=60, le=LONGEST_BAKE, description="Seconds between two steps")


class RollbackAlarms(Strict):
    """Alarms that roll a deployment back: those that exist, by name, and those that are made here, by threshold."""

    names: tuple[str, ...] = Field(default=(), description="Alarms that exist in CloudWatch")
    errors: Share | None = Field(default=None, gt=0, description="Share of requests that a task answers with 5xx")
    response_time: PositiveSeconds | None = Field(default=None, description="p95 of the time to answer")
    cpu: float | None = Field(default=None, gt=0, le=100, description="Average CPU utilisation, percent")
    memory: float | None = Field(default=None, gt=0, le=100, description="Average memory utilisation, percent")
    queue_age: PositiveSeconds | None = Field(default=None, description="Age of the oldest message")

    @property
    def thresholds(self) -> bool:
        """Whether an alarm has to be made."""
        return any(
            value is not None for value in (self.errors, self.response_time, self.cpu, self.memory, self.queue_age)
        )


class DeploymentHook(Strict):
    """A Lambda function that is asked at stages of a deployment, and lets it go on or rolls it back."""

    function: FunctionArn = Field(description="ARN of the Lambda function; ECS asks it again until it knows")
    stages: tuple[Stage, ...] = Field(min_length=1, description="When it is asked")
    details: dict[str, JsonValue] = Field(default_factory=dict, description="What it is told besides")


class Deployment(Strict):
    """How a new revision takes over. The circuit breaker is always on, and rolls back."""

    strategy: Strategy = Field(
        default="rolling",
        description="`blue_green`, `canary` and `linear` start the new tasks beside the old and shift the requests",
    )
    bake_time: WholeSeconds = Field(
        default=300, ge=0, le=LONGEST_BAKE, description="Seconds for which the old tasks stay after the shift"
    )
    canary: CanaryShift | None = Field(default=None, description="For the strategy `canary`")
    linear: LinearShift | None = Field(default=None, description="For the strategy `linear`")
    test_port: int | None = Field(
        default=None,
        ge=1,
        le=65535,
        description="Port of the load balancer, from inside the VPC alone, on which the new tasks are tried first",
    )
    hooks: tuple[DeploymentHook, ...] = Field(
        default=(), description="Functions of yours that are asked whether the deployment may go on"
    )
    minimum_healthy_percent: int = Field(default=100, ge=0, le=100, description="Tasks that serve meanwhile")
    maximum_percent: int = Field(default=200, ge=101, le=200, description="Tasks that run meanwhile")
    rollback: RollbackAlarms = RollbackAlarms()

    @property
    def shifts(self) -> bool:
        """Whether requests move from one target group to another."""
        return self.strategy != "rolling"

    @model_validator(mode="after")
    def _is_of_its_strategy(self) -> Deployment:
        for shift in ("canary", "linear"):
            if getattr(self, shift) is not None and self.strategy != shift:
                raise complaint(
                    f"is for the strategy {shift}, and this is {self.strategy}",
                    fix=f"Set strategy to {shift}, or remove {shift}",
                    at=shift,
                )
        if self.test_port is not None and not self.shifts:
            raise complaint(
                "needs a second target group, which a rolling deployment does not have",
                allowed="with the strategies blue_green, canary, linear",
                fix="Set strategy to blue_green, or remove test_port",
                at="test_port",
            )
        if self.hooks and not self.shifts:
            raise complaint(
                "are asked at stages that a rolling deployment does not have",
                allowed="with the strategies blue_green, canary, linear",
                fix="Set strategy to blue_green, or remove hooks",
                at="hooks",
            )
        for number, hook in enumerate(self.hooks):
            if self.test_port is None and TESTED & set(hook.stages):
                raise complaint(
                    "has a stage of test traffic, and there is none without a test port",
                    fix="Add test_port, or ask at post_scale_up",
                    at=f"hooks.{number}.stages",
                )
        for key, seconds in (
            ("bake_time", self.bake_time),
            ("canary.bake_time", self.canary.bake_time if self.canary else 0),
            ("linear.bake_time", self.linear.bake_time if self.linear else 0),
        ):
            if seconds % 60:
                raise complaint("ECS takes whole minutes here", allowed='60, "5m", "1h"', at=key)
        return self
