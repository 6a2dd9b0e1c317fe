"""The verdict as a document: what `verdict.json` holds, and its JSON Schema."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field, JsonValue

from surgeproof.launch.records import Assumption, InvariantReading, Record, ValidityReading

VerdictWord = Literal["GO", "NO-GO", "INVALID"]
RunKind = Literal["rehearsal", "load test"]
Outcome = Literal["holds", "falls", "undecided", "not observed"]
Unit = Literal["s", "launch s", "share", "requests", "orders"]
CauseKind = Literal[
    "ceiling",
    "no_headroom",
    "target_too_high",
    "prewarm_off",
    "prewarm_too_small",
    "prewarm_too_late",
    "prewarm_too_short",
    "too_slow",
    "task_died",
    "part_died",
    "worker_behind",
    "errors",
    "invariant",
    "not_observed",
    "unidentified",
]
ExitCode = Literal[0, 1, 3]
EXIT_CODES: dict[VerdictWord, ExitCode] = {"GO": 0, "NO-GO": 1, "INVALID": 3}
SCHEMA_ID = "https://surgeproof.dev/schemas/verdict-1.json"


class Change(Record):
    """The line of configuration that would mend a fallen gate."""

    setting: str = Field(description="Path as `--set` takes it: services.storefront.scaling.max_tasks")
    old: JsonValue = Field(description="Value of this run; null when it was not set")
    new: JsonValue
    file: str | None = Field(default=None, description="File that holds the setting, from the project's root")
    line: int | None = Field(default=None, description="Its line, from 1")
    from_command_line: bool = Field(default=False, description="This run took the old value from `--set`")


class Cause(Record):
    """Why a gate fell, as far as the run shows it."""

    kind: CauseKind
    words: str
    service: str | None = None
    at: float | None = Field(default=None, description="Launch second from which it shows")
    date: datetime | None = None


class GateResult(Record):
    """One gate of the plan, or one that always applies, judged."""

    name: str = Field(description="'peak checkout p95'")
    phases: tuple[str, ...] = Field(description="Names of phases; ('*',) for the whole curve")
    step: str
    metric: str
    service: str | None = None
    sense: Literal["max", "min"]
    limit: float = Field(description="In `unit`")
    unit: Unit
    outcome: Outcome
    measured: float | None = Field(default=None, description="In `unit`, from this run; null when not read")
    replayed: float | None = Field(default=None, description="Median of the resamples at speed 1; null without replay")
    resamples: int | None = Field(default=None, description="Resamples with enough samples")
    resamples_holding: int | None = None
    samples: int | None = Field(default=None, description="Requests or orders behind `measured`")
    samples_needed: int | None = None
    applies_always: bool = Field(default=False, description="Judged even when the plan does not write it")
    first_at: float | None = Field(default=None, description="Launch second at which it first fell")
    first_date: datetime | None = None
    until_date: datetime | None = None
    when_from: Literal["measured", "tasks", "phase"] | None = Field(
        default=None,
        description="What `first_at` was read from: the figure itself, the shortfall, or the phase's start",
    )
    over_by: float | None = Field(
        default=None, description="How far beyond the limit, in `unit`, by the judging figure"
    )
    expected: float | None = Field(default=None, description="orders: expected, converted to the launch")
    reason: str | None = Field(default=None, description="In words, where it does not hold")
    cause: Cause | None = None
    change: Change | None = None
    prove: str | None = Field(default=None, description="The command that would prove the change")


class ScaleOut(Record):
    """One scale-out of one service, link by link. Launch seconds; null where a link did not occur."""

    service: str
    policy: str | None = None
    metric: str | None = None
    target: float | None = None
    before: int | None = Field(default=None, description="desired count before the first decision")
    after: int | None = Field(default=None, description="desired count after the last decision")
    wanted: int | None = Field(default=None, description="What a policy wanted beyond the ceiling")
    crossed_at: float | None
    crossed_date: datetime | None
    crossed_to_alarm: float | None
    alarm_to_decision: float | None
    decision_to_started: float | None
    started_to_healthy: float | None
    healthy_to_recovered: float | None
    chain: float | None = Field(description="Crossed to first healthy: how long new capacity took")


class ServiceMoment(Record):
    """One service in one slice of the timeline, at its worst moment (needed minus serving largest)."""

    needed: int | None
    serving: int | None
    desired: int | None
    maximum: int | None
    queue_age: float | None = Field(default=None, description="Worst in the slice, launch seconds")


class Moment(Record):
    """One slice of the timeline."""

    at: float = Field(description="Launch second at which the slice starts")
    date: datetime
    planned: float = Field(description="Arrivals per second at full scale, by the curve")
    delivered: float | None = Field(description="Arrivals per second at full scale, as delivered; null when not read")
    p95: float | None = Field(description="Measured, corrected, all steps, real seconds; null below 20 requests")
    services: dict[str, ServiceMoment]


class Percentiles(Record):
    """Latencies of all steps of a phase, real seconds; null where too few samples stand behind it."""

    p50: float | None
    p95: float | None
    p99: float | None
    p999: float | None
    requests: int
    errors: int


class PhaseSummary(Record):
    """One phase: counts (converted to the launch) and latencies."""

    name: str
    kind: str
    start: float
    end: float
    start_date: datetime
    end_date: datetime
    arrivals_planned: float
    arrivals_delivered: float
    orders_expected: float
    orders_placed: float
    measured: Percentiles
    replayed: Percentiles | None = Field(description="Medians of the resamples; null without replay")
    replayed_p95_low: float | None = Field(default=None, description="Lowest p95 of the resamples")
    replayed_p95_high: float | None = Field(default=None, description="Highest p95 of the resamples")


class Scope(Record):
    """What the verdict is about, and nothing else."""

    kind: RunKind
    plan: str = Field(description="File of the plan, as it was named")
    plan_name: str
    stack: str | None = Field(default=None, description="Name of the stack; null in a load test")
    host: str | None = Field(default=None, description="Target of a load test")
    commit: str | None = Field(default=None, description="Short commit, '+' when not all is committed")
    digests: dict[str, str] = Field(default_factory=dict, description="plan, stack, image:<service>: sha256 digests")
    speed: float
    scale: float
    growth: float | None = None
    seed: int
    run_id: str
    launch: datetime = Field(description="The launch moment, in the plan's zone")
    launch_zone: str | None = None
    curve_start: datetime
    started: datetime = Field(description="When the run itself started")
    wall_seconds: float | None = None
    tool_version: str
    overrides: dict[str, JsonValue] = Field(default_factory=dict, description="What `--set` changed in this run")
    arguments: tuple[str, ...] = Field(default=(), description="Other flags of the command, to repeat it")


class Verdict(Record):
    """One run, judged."""

    version: Literal[1] = 1
    verdict: VerdictWord
    exit_code: ExitCode
    kind: RunKind
    headline: str = Field(description="What a manager reads: one sentence")
    scope: Scope
    cause: Cause | None = None
    change: Change | None = None
    prove: str | None = None
    gates: tuple[GateResult, ...]
    validity: tuple[ValidityReading, ...]
    invariants: tuple[InvariantReading, ...]
    scale_out: tuple[ScaleOut, ...]
    phases: tuple[PhaseSummary, ...]
    timeline: tuple[Moment, ...]
    assumed: tuple[Assumption, ...]
    not_covered: tuple[str, ...]

    @property
    def fallen(self) -> tuple[GateResult, ...]:
        """Gates that fell."""
        return tuple(gate for gate in self.gates if gate.outcome == "falls")

    @property
    def undecided(self) -> tuple[GateResult, ...]:
        """Gates with too little behind them to tell."""
        return tuple(gate for gate in self.gates if gate.outcome == "undecided")

    @property
    def held(self) -> tuple[GateResult, ...]:
        """Gates that held."""
        return tuple(gate for gate in self.gates if gate.outcome == "holds")

    @property
    def failed_checks(self) -> tuple[ValidityReading, ...]:
        """Readings that say that the test was not good enough."""
        return tuple(reading for reading in self.validity if not reading.valid)

    @property
    def broken(self) -> tuple[InvariantReading, ...]:
        """Invariants that did not hold."""
        return tuple(reading for reading in self.invariants if not reading.holds)

    @property
    def launch_day(self) -> date:
        """The day of the launch, in the plan's zone."""
        return self.scope.launch.date()


def verdict_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of `verdict.json`, as published in `docs/schemas/verdict.schema.json`."""
    schema = Verdict.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID, **schema}
