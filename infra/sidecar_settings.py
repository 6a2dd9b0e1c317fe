"""Settings of what runs in a task beside its program: sidecars of the team's own, and an OpenTelemetry collector."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from infra.quantities import ImageReference, Share, complaint
from infra.strict import Strict


class Sidecar(Strict):
    """A container beside the program, as locked down as the program's own: read-only root, no capability, no root user."""

    image: ImageReference = Field(description="By digest; a tag only where nothing ships")
    command: tuple[str, ...] = Field(default=(), description="The image's own when left out")
    environment: dict[str, str] = Field(default_factory=dict, description="Its variables; no secrets")
    user: str = Field(
        default="10002:10002", pattern=r"^[1-9]\d*(:\d+)?$", description="User and group ids, never root's"
    )
    cpu: int = Field(default=64, ge=16, description="CPU units of the task that are its share")
    memory: int = Field(default=128, ge=32, description="MiB of the task that it may use at most")
    essential: bool = Field(default=False, description="Whether the task ends when it ends")


class Telemetry(Strict):
    """An OpenTelemetry collector in each task: traces to X-Ray, metrics to CloudWatch, over OTLP on the task's loopback."""

    image: ImageReference = Field(
        description="A collector with the awsxray and awsemf exporters, such as the AWS Distro for OpenTelemetry"
    )
    cpu: int = Field(default=64, ge=16, description="CPU units of the task that are its share")
    memory: int = Field(default=128, ge=64, description="MiB of the task that it may use at most")
    sampled: Share = Field(default=0.05, description="Share of the traces that are kept")
    signals: tuple[Literal["traces", "metrics"], ...] = Field(default=("traces", "metrics"), min_length=1)

    @model_validator(mode="after")
    def _samples_something(self) -> Telemetry:
        if "traces" in self.signals and self.sampled == 0:
            raise complaint(
                "keeps no trace", allowed="above 0", fix="Raise sampled, or leave traces out of signals", at="sampled"
            )
        return self
