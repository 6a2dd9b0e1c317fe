"""Settings of the load generators: Locust on Fargate, there for a load test and gone after it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from infra.quantities import Cidr, ImageReference, complaint
from infra.scaling_settings import Strict
from infra.task_settings import FARGATE_MEMORY


class LoadGeneratorSettings(Strict):
    """A master and its workers. While no load test runs, no task does."""

    image: ImageReference = Field(description="With surgeproof and your loadtests folder in it")
    workers: int = Field(default=2, ge=1, le=100, description="Workers that a load test is driven by")
    cpu: int = Field(default=2048, description="CPU units of each task: 1024 is one vCPU")
    memory: int = Field(default=4096, description="MiB of each task")
    architecture: Literal["arm64", "x86_64"] = "arm64"
    spot: bool = Field(
        default=True, description="Workers on Fargate Spot; one that AWS takes back makes the load test INVALID"
    )
    target: str | None = Field(
        default=None, pattern=r"^https?://\S+$", description="What is loaded; left out, this stack's own front"
    )
    cidr: Cidr = Field(default="10.90.0.0/20", validate_default=True, description="Of their own VPC")
    peered: bool = Field(
        default=False,
        description="Behind CloudFront: reach the load balancer through the network, and load the shop without its edge",
    )
    artefact_days: int = Field(default=90, ge=1, le=3653, description="How long the results of a load test are kept")

    @model_validator(mode="after")
    def _fits_fargate(self) -> LoadGeneratorSettings:
        sizes = FARGATE_MEMORY.get(self.cpu)
        if sizes is None:
            raise complaint("is no size that Fargate has", allowed=", ".join(map(str, FARGATE_MEMORY)), at="cpu")
        if self.memory not in sizes:
            raise complaint(
                f"does not go with {self.cpu} CPU units on Fargate", allowed=f"{sizes[0]} to {sizes[-1]}", at="memory"
            )
        return self
