"""Gates: limits on measured figures in phases, from which the verdict is made."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, ValidationInfo, WithJsonSchema, field_validator, model_validator

from surgeproof.launch.phases import PlanPart
from surgeproof.launch.quantities import complaint, parse_duration, parse_share

LatencyMetric = Literal["p50", "p95", "p99", "p99.9"]
Metric = Literal["p50", "p95", "p99", "p99.9", "error_rate", "orders", "queue_age", "shortfall", "tasks"]
LATENCIES: dict[str, float] = {"p50": 0.50, "p95": 0.95, "p99": 0.99, "p99.9": 0.999}
"""Latency metrics and their quantiles."""
EVERY = "*"
"""Every phase, every step."""

_LIMIT_SCHEMA = {"anyOf": [{"type": "number"}, {"type": "string"}, {"type": "null"}]}
Limit = Annotated[float | None, Field(ge=0, allow_inf_nan=False), WithJsonSchema(_LIMIT_SCHEMA)]
_SHARES = {"error_rate", "orders", "tasks"}


class Gate(PlanPart):
    """One limit. Percentiles in real seconds, over all samples of the named phases together.

    ``orders``: placed against expected, a share, with ``min``. ``tasks``: the most tasks serving against
    max_tasks, a share. ``queue_age`` and ``shortfall``: launch seconds. All but ``orders`` have ``max``.
    A shortfall above 0 falls whether a gate names it or not.
    """

    phase: str | tuple[str, ...] = Field(default=EVERY, description="One phase, several that are pooled, or * for all")
    step: str = Field(default=EVERY, description="Journey step, for percentiles and error_rate; * for all together")
    metric: Metric
    max: Limit = None
    min: Limit = None
    service: str | None = Field(default=None, description="For queue_age, shortfall and tasks; default: every service")

    @field_validator("phase", mode="before")
    @classmethod
    def _phases_named(cls, phase: object) -> object:
        items = phase if isinstance(phase, list | tuple) else [phase]
        if not items or not all(isinstance(item, str) and item for item in items):
            raise complaint("names no phase", allowed="a phase, a list of phases, or *")
        if isinstance(phase, list | tuple) and (EVERY in phase or len(set(phase)) < len(phase)):
            raise complaint("names a phase twice", allowed="each phase once, or * alone")
        return phase

    @field_validator("max", "min", mode="before")
    @classmethod
    def _in_the_unit_of_its_metric(cls, value: object, info: ValidationInfo) -> object:
        metric = info.data.get("metric")
        if value is None or metric is None:  # a metric that is wrong is told by its own error
            return value
        if metric not in _SHARES:
            return parse_duration(value)
        share = parse_share(value)
        if not 0 <= share <= 1:
            raise complaint("is not between 0 and 1", allowed='a share from 0 to 1 (0.01), or in percent ("1%")')
        return share

    @model_validator(mode="after")
    def _has_its_limit(self) -> Self:
        bound, other = ("min", "max") if self.metric == "orders" else ("max", "min")
        if getattr(self, other) is not None:
            raise complaint(f"{self.metric} has no {other}", allowed=bound, fix=f"Write {bound} instead of {other}")
        if getattr(self, bound) is None:
            raise complaint(f"{self.metric} has no limit", fix=f"Add {bound}")
        if self.step != EVERY and self.metric not in LATENCIES and self.metric != "error_rate":
            raise complaint(f"{self.metric} is not counted by step", fix="Take step out")
        if self.service is not None and self.metric not in {"queue_age", "shortfall", "tasks"}:
            raise complaint(f"{self.metric} is not counted by service", fix="Take service out")
        return self

    @property
    def phases(self) -> tuple[str, ...]:
        """The phases that it pools; ``("*",)`` for all."""
        return (self.phase,) if isinstance(self.phase, str) else self.phase

    @property
    def limit(self) -> float:
        """The limit, whichever side it is on: seconds or a share."""
        return (self.min if self.metric == "orders" else self.max) or 0.0

    @property
    def quantile(self) -> float | None:
        """Quantile of a latency metric (0.95 of p95); None of another."""
        return LATENCIES.get(self.metric)
