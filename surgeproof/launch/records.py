"""The records that cross rooms: what load and local cloud write, and what scaling and verdict read.

Times called ``at`` are launch seconds from the start of the curve. Latencies are real seconds in
arrays and whole microseconds in histograms. Every record is written to the evidence folder as JSON.
"""

from __future__ import annotations

from typing import Literal, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

SAMPLE_DTYPE = np.dtype(
    [
        ("arrival", "i4"),  # number of the arrival in the whole schedule, from 0
        ("journey", "i2"),  # index into LoadResult.journeys
        ("step", "i2"),  # index into LoadResult.steps
        ("sequence", "i2"),  # 0 for a journey's first request, and so on
        ("arrived_at", "f8"),  # launch second at which the journey was due to start
        ("due_at", "f8"),  # launch second at which this request was due: the intended start
        ("think", "f4"),  # launch seconds of think time before this request, as drawn
        ("latency", "f4"),  # corrected: real seconds from the intended start to the last byte
        ("raw", "f4"),  # real seconds from the actual send to the last byte
        ("waited", "f4"),  # real seconds in the virtual CPU's queue (Server-Timing: vcpu-wait); nan if not told
        ("status", "i2"),  # HTTP status; 0 for a transport error, -1 for a timeout
        ("ok", "?"),  # the journey accepted the answer
    ]
)
"""One row a request. What the load engine saves as ``samples.npz`` (key ``samples``) and the replay reads."""


class Record(BaseModel):
    """Base of all records: frozen, and strict about unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SampleHistogram(Record):
    """Latencies of one step in one phase, merged over all workers."""

    phase: str
    step: str = Field(description="Name of the journey step, or '*' for all steps together")
    kind: Literal["corrected", "raw"]
    count: int = Field(ge=0)
    errors: int = Field(ge=0, description="Of count: requests that failed (transport, timeout, HTTP, or check)")
    hdr: str = Field(description="HdrHistogram V2 compressed, base64; whole microseconds, 3 digits, 1 us to 1 h")


class SupplyPoint(Record):
    """Tasks of one service from this moment on, until the next point."""

    at: float
    service: str
    desired: int = Field(ge=0)
    running: int = Field(ge=0, description="Started, healthy or not, and not draining")
    serving: int = Field(ge=0, description="Healthy and taking traffic")
    minimum: int = Field(ge=0, description="min capacity of the scaling target in force")
    maximum: int = Field(ge=0, description="max capacity of the scaling target in force")


ScalingEventKind = Literal[
    "crossed",  # the true (unpublished) metric crossed its target
    "alarm",  # the published datapoints breach: alarm
    "decision",  # desired count raised or lowered by a policy
    "at_max",  # a policy wanted more than max_tasks
    "scheduled",  # a scheduled action moved min and max
    "started",  # a task is running
    "healthy",  # a task is serving
    "recovered",  # the metric is back under its target
    "draining",  # a task was taken out to be stopped
    "stopped",  # a task ended as planned
    "died",  # a task ended and nobody had asked it to
    "part_died",  # the database or the cache ended and was restarted
]


class ScalingEvent(Record):
    """One thing that happened to a service's number of tasks."""

    at: float
    service: str
    kind: ScalingEventKind
    policy: str | None = Field(default=None, description="Name of the policy or scheduled action")
    metric: str | None = None
    value: float | None = None
    target: float | None = None
    before: int | None = Field(default=None, description="desired count before")
    after: int | None = Field(default=None, description="desired count after")
    wanted: int | None = Field(default=None, description="desired count without the ceiling")
    task: str | None = None
    note: str | None = None


class MetricPoint(Record):
    """One datapoint of one service, over the period that ends at ``at``."""

    at: float
    service: str
    metric: str = Field(
        description="cpu, requests_per_task (a launch minute), requests (a real = launch second), "
        "backlog (messages at launch scale), queue_age (launch seconds), response_time (s), in_flight"
    )
    period: float
    value: float
    shrunk: float | None = Field(default=None, description="As the autoscaler read it, Poisson noise shrunk")


class InvariantReading(Record):
    """One relation that must hold when the run is over, and the readings behind it."""

    name: str
    relation: str = Field(description="In words and signs: 'orders stored = orders paid'")
    readings: dict[str, int | float]
    holds: bool
    note: str | None = None


class ValidityReading(Record):
    """One figure that tells whether the test itself was good enough to tell."""

    name: str
    value: float | None = Field(description="None when it could not be read, which is invalid")
    limit: float
    unit: str = ""
    valid: bool
    note: str | None = Field(default=None, description="What it means, and what to do when it is invalid")

    @classmethod
    def against(
        cls, name: str, value: float | None, limit: float, *, unit: str = "", note: str | None, least: bool = False
    ) -> Self:
        """A figure against its limit; the note stays only where it is needed. Not read is not valid.

        Args:
            name: Of the figure.
            value: As read; None when it could not be read.
            limit: The most that is valid, or the least.
            unit: Of both.
            note: What it means, and what to do.
            least: Whether the limit is the least.
        """
        valid = value is not None and (value >= limit if least else value <= limit)
        return cls(name=name, value=value, limit=limit, unit=unit, valid=valid, note=None if valid else note)


class Assumption(Record):
    """A value that the verdict rests on and that was not measured."""

    name: str
    value: str
    source: str


class WorkerReport(Record):
    """What one load worker did."""

    name: str
    planned: int
    delivered: int
    cpu_mean: float = Field(description="Share of one core, 0 to 1, over the whole run")
    cpu_max: float = Field(description="Worst second")
    lag_p99_ms: float
    lag_max_ms: float
    lost: bool = False


class StepInfo(Record):
    """One named step of the journeys: the request behind the name."""

    name: str
    method: str = "GET"
    path: str = Field(description="An example of its path, without the host: /products/SERUM-001")


SKETCH_DTYPE = np.dtype(
    [
        ("journey", "i2"),  # index into Sketch.journeys
        ("number", "i4"),  # number of the sketched journey, from 0
        ("step", "i2"),  # index into Sketch.steps
        ("delay", "f4"),  # launch seconds of think time from the arrival to this request
    ]
)
"""One row a request of a journey that was sketched: run against a client that answers at once, without a server."""


class Endpoints(Record):
    """Where the deployed stack's parts are reached from this machine; given to the scaffold's hooks."""

    shop_url: str
    database_url: str = Field(description="postgresql://user:password@host:port/name")
    cache_url: str = Field(description="redis://host:port/0")
    aws_endpoint_url: str
    region: str
    exports: dict[str, object] = Field(default_factory=dict, description="Stack outputs of the program")


class PhaseCount(Record):
    """Counts of one phase, of arrivals due in it. Real counts of this run, not converted."""

    phase: str
    arrivals_planned: int
    arrivals_delivered: int
    orders_expected: int = Field(description="Journeys due in this phase whose sketch places an order")
    orders_placed: int = Field(description="Orders that the shop acknowledged to those journeys")
    journeys_failed: int


class LoadResult(Record):
    """What the load engine reports at the end of a run (``result.json``)."""

    run_id: str
    seed: int
    speed: float
    scale: float
    journeys: list[str]
    steps: list[StepInfo]
    phases: list[PhaseCount]
    histograms: list[SampleHistogram]
    status_counts: dict[str, int] = Field(description="HTTP status, 'timeout', 'transport' or 'check' to count")
    blocked: int = Field(description="Answers that look like an edge's: 403, 429, or a captcha page")
    workers: list[WorkerReport]
    in_flight_max: int
    in_flight_cap_hit: bool = False
    clock_jump_s: float = Field(description="Largest difference of wall clock and monotonic clock, seconds")
    aborted_by: str | None = None
    failures: list[str] = Field(default_factory=list, description="First few failures, in words")
