"""Settings of a service's scaling, in words of intent."""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from infra.quantities import PositiveSeconds, TaskCount, WholeSeconds, complaint

_RANGE = re.compile(r"\s*(\d+)\s*-\s*(\d+)\s*")
_POLICY_WORDS = "cpu, memory, requests_per_task or queue"


class Strict(BaseModel):
    """Base of all settings: frozen, and strict about unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class QueueScaling(Strict):
    """Scale a worker so that a message waits no longer than this."""

    acceptable_latency: PositiveSeconds = Field(description="Longest wait of a message that is still fine")
    processing_time: PositiveSeconds = Field(description="Time that one task spends on one message, on average")

    @model_validator(mode="after")
    def _is_reachable(self) -> QueueScaling:
        if self.acceptable_latency < self.processing_time:
            raise complaint(
                "is shorter than processing_time, so that no number of tasks reaches it",
                allowed=f"{self.processing_time:g} s or more",
                fix="Raise acceptable_latency",
                at="acceptable_latency",
            )
        return self

    @property
    def backlog_per_task(self) -> float:
        """Messages that may wait for each running task: acceptable latency / processing time.

        Source: Application Auto Scaling User Guide, 'Scaling based on Amazon SQS'.
        """
        return self.acceptable_latency / self.processing_time


class Scaling(Strict):
    """How many tasks a service has, and what moves the number.

    Give `min_tasks` and `max_tasks`, or `range: 2-20` for both.
    """

    min_tasks: TaskCount = Field(description="Tasks that always run")
    max_tasks: TaskCount = Field(description="The ceiling: no policy and no scheduled action goes above it")
    cpu: float | None = Field(default=None, ge=10, le=95, description="Target of the average CPU utilisation, percent")
    memory: float | None = Field(
        default=None, ge=10, le=95, description="Target of the average memory utilisation, percent"
    )
    requests_per_task: float | None = Field(
        default=None, gt=0, description="Target of requests a task gets in one minute"
    )
    queue: QueueScaling | None = Field(
        default=None, description="Target of the backlog each running task has before it"
    )
    scale_out_cooldown: WholeSeconds = Field(default=60, description="Seconds between two scale-outs of one policy")
    scale_in_cooldown: WholeSeconds = Field(default=300, description="Seconds between two scale-ins of one policy")
    high_resolution: bool = Field(
        default=False,
        description="Track CPU and memory by 20 s metrics: 86 s to a decision instead of 363 s, billed apart",
    )
    suspended: bool = Field(default=False, description="Switch scaling off without taking it away")

    @model_validator(mode="before")
    @classmethod
    def _open_range(cls, data: Any) -> Any:
        if not isinstance(data, dict) or "range" not in data:
            return data
        rest = dict(data)
        text = rest.pop("range")
        both = [key for key in ("min_tasks", "max_tasks") if key in rest]
        if both:
            raise complaint(
                f"says the same as {' and '.join(both)}", fix=f"Keep range, or {' and '.join(both)}", at="range"
            )
        match = _RANGE.fullmatch(str(text))
        if match is None:
            raise complaint("is not a range of tasks", allowed="2-20", at="range")
        return {**rest, "min_tasks": int(match[1]), "max_tasks": int(match[2])}

    @model_validator(mode="after")
    def _is_possible(self) -> Scaling:
        if self.min_tasks > self.max_tasks:
            raise complaint(
                f"is above max_tasks ({self.max_tasks})",
                allowed=f"1 to {self.max_tasks}",
                fix="Raise max_tasks, or lower min_tasks",
                at="min_tasks",
            )
        if not self.suspended and self.cpu is self.memory is self.requests_per_task is self.queue is None:
            raise complaint("says no target, so that nothing would scale", allowed=_POLICY_WORDS, fix="Add `cpu: 50`")
        if self.high_resolution and self.cpu is None and self.memory is None:
            raise complaint(
                "needs a target that has 20 s metrics",
                allowed="cpu or memory",
                fix="Add `cpu: 50`",
                at="high_resolution",
            )
        return self
