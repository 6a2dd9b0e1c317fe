"""Settings of a service's scaling, in words of intent."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from infra.floor_windows import overlap
from infra.predictive_settings import Predictive
from infra.quantities import PositiveSeconds, TaskCount, WholeSeconds, complaint
from infra.strict import Strict
from infra.window_settings import FloorWindow

_RANGE = re.compile(r"\s*(\d+)\s*-\s*(\d+)\s*")
Target = Literal["cpu", "memory", "requests_per_task", "response_time", "queue"]
TARGETS: tuple[Target, ...] = ("cpu", "memory", "requests_per_task", "response_time", "queue")
_POLICY_WORDS = "cpu, memory, requests_per_task, response_time or queue"
MinTasks = Annotated[int, Field(ge=0, le=5000)]
"""Tasks that always run. None at all is for workers: their queue wakes them."""


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


class Cooldown(Strict):
    """Cooldowns of one target, where they differ from the service's."""

    scale_out: WholeSeconds | None = Field(default=None, description="Seconds between two scale-outs")
    scale_in: WholeSeconds | None = Field(default=None, description="Seconds between two scale-ins")


class Scaling(Strict):
    """How many tasks a service has, and what moves the number.

    Give `min_tasks` and `max_tasks`, or `range: 2-20` for both.
    """

    min_tasks: MinTasks = Field(description="Tasks that always run; 0 for a worker that its queue wakes")
    max_tasks: TaskCount = Field(description="The ceiling: no policy and no scheduled action goes above it")
    cpu: float | None = Field(default=None, ge=10, le=95, description="Target of the average CPU utilisation, percent")
    memory: float | None = Field(
        default=None, ge=10, le=95, description="Target of the average memory utilisation, percent"
    )
    requests_per_task: float | None = Field(
        default=None, gt=0, description="Target of requests a task gets in one minute"
    )
    response_time: PositiveSeconds | None = Field(
        default=None, description="Target of the average time to answer; a rehearsal has no data for it"
    )
    queue: QueueScaling | None = Field(
        default=None, description="Target of the backlog each running task has before it"
    )
    scale_out_cooldown: WholeSeconds = Field(default=60, description="Seconds between two scale-outs of one policy")
    scale_in_cooldown: WholeSeconds = Field(default=300, description="Seconds between two scale-ins of one policy")
    cooldowns: dict[Target, Cooldown] = Field(default_factory=dict, description="By target, where one has its own")
    high_resolution: bool = Field(
        default=False,
        description="Track CPU and memory by 20 s metrics: 86 s to a decision instead of 363 s, billed apart",
    )
    windows: tuple[FloorWindow, ...] = Field(default=(), description="Hours of the week with another floor")
    predictive: Predictive | None = Field(default=None, description="A forecast from the days before")
    suspended: bool = Field(default=False, description="Switch scaling off without taking it away")

    def cooldown(self, target: Target) -> tuple[int, int]:
        """Seconds between two scale-outs, and between two scale-ins, of a target's policy."""
        own = self.cooldowns.get(target, Cooldown())
        return (
            self.scale_out_cooldown if own.scale_out is None else own.scale_out,
            self.scale_in_cooldown if own.scale_in is None else own.scale_in,
        )

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
        if self.min_tasks == 0 and self.queue is None:
            raise complaint(
                "leaves nothing that a metric could be measured of, so that the service would never wake",
                allowed="1 or more; 0 for a worker, which its queue wakes",
                fix="Raise min_tasks to 1",
                at="min_tasks",
            )
        tracked = [key for key in TARGETS if getattr(self, key) is not None]
        if not self.suspended and not tracked:
            raise complaint("says no target, so that nothing would scale", allowed=_POLICY_WORDS, fix="Add `cpu: 50`")
        if self.high_resolution and self.cpu is None and self.memory is None:
            raise complaint(
                "needs a target that has 20 s metrics",
                allowed="cpu or memory",
                fix="Add `cpu: 50`",
                at="high_resolution",
            )
        for key in self.cooldowns:
            if key not in tracked:
                raise complaint(
                    "is of a target that is not set", fix=f"Set {key}, or remove its cooldown", at=f"cooldowns.{key}"
                )
        if self.predictive is not None and self.predictive.metric not in tracked:
            raise complaint(
                "has no target that a forecast could keep",
                fix=f"Set {self.predictive.metric}, or name another metric",
                at="predictive.metric",
            )
        return self

    @model_validator(mode="after")
    def _has_windows_in_range(self) -> Scaling:
        for number, window in enumerate(self.windows):
            at = f"windows.{number}"
            ceiling = window.max_tasks or self.max_tasks
            if ceiling > self.max_tasks:
                raise complaint(
                    "is above the service's own, which nothing exceeds",
                    allowed=f"up to {self.max_tasks}",
                    fix="Raise the service's max_tasks",
                    at=f"{at}.max_tasks",
                )
            if window.min_tasks > ceiling:
                raise complaint(
                    f"is above max_tasks ({ceiling})", allowed=f"1 to {ceiling}", fix="Lower it", at=f"{at}.min_tasks"
                )
            for other in self.windows[:number]:
                if window.zone != other.zone:
                    raise complaint(
                        f"differs from that of {other.name}, so that they may overlap by an hour twice a year",
                        allowed=other.zone,
                        fix="Give all windows of a service one zone",
                        at=f"{at}.zone",
                    )
                if window.name == other.name:
                    raise complaint("is another window's name, too", fix="Name it otherwise", at=f"{at}.name")
                if overlap(window, other):
                    raise complaint(
                        f"overlaps or touches {other.name}, whose end would set the floor back",
                        fix="Leave a minute between them, or make them one",
                        at=f"{at}.start",
                    )
        return self
