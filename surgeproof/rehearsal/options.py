"""What the user asked for: the options of a rehearsal and of a load test."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from surgeproof.launch.seed import DEFAULT_SEED
from surgeproof.rehearsal.errors import RehearsalError

DEFAULT_PLAN = Path("loadtests/plans/spring.yaml")
FASTEST = 120.0
"""Launch seconds in a real second beyond which a metric period is shorter than half a second."""


@dataclass(frozen=True, slots=True)
class TraceOptions:
    """A traffic history that takes the place of the plan's curve."""

    file: Path
    label: str | None = None
    zone: str | None = None
    window: str | None = None
    growth: str = "auto"


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What a rehearsal and a load test have in common.

    Attributes:
        plan: Path of the launch plan.
        scale: Share of the plan's arrivals that is driven, above 0 to 1.
        seed: Seed of arrivals and of every visitor's choices.
        sets: `path=value` settings of plan or stack, in the order given.
        out: Folder for the evidence; None for a new one under `evidence/`.
        as_json: Whether stdout is to be the verdict document and nothing else.
    """

    plan: Path = DEFAULT_PLAN
    scale: float = 1.0
    seed: int = DEFAULT_SEED
    sets: tuple[str, ...] = ()
    trace: TraceOptions | None = None
    out: Path | None = None
    as_json: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.scale <= 1:
            raise RehearsalError(
                "not a share of the plan's arrivals",
                path="--scale",
                got=self.scale,
                allowed="above 0, up to 1",
                fix="For more arrivals than planned raise the plan's rates, or --growth with a trace",
            )
        if not 0 <= self.seed < 2**63:
            raise RehearsalError(
                "not a seed",
                path="--seed",
                got=self.seed,
                allowed="0 to 2^63 - 1",
                fix=f"Give a whole number, such as {DEFAULT_SEED}",
            )


@dataclass(frozen=True, slots=True)
class RehearsalOptions(RunOptions):
    """What `surgeproof rehearse` was asked for.

    Attributes:
        stack: Whose settings are deployed.
        speed: Launch seconds in one real second.
        keep: Leave shop and embedded AWS running after the verdict, until Ctrl-C.
        port: Port of the shop's front door; None for a free one.
    """

    stack: str = "production"
    speed: float = 30.0
    keep: bool = False
    port: int | None = None
    processes: int = 1

    def __post_init__(self) -> None:
        super(RehearsalOptions, self).__post_init__()
        if not 1 <= self.speed <= FASTEST:
            raise RehearsalError(
                "out of range",
                path="--speed",
                got=self.speed,
                allowed=f"1 to {FASTEST:g}",
                fix="30 runs an hour in two minutes; 1 runs it in real time",
            )
        if self.port is not None and not 0 < self.port < 65536:
            raise RehearsalError(
                "not a port",
                path="--port",
                got=self.port,
                allowed="1 to 65535",
                fix="Leave it out, and a free one is taken",
            )
        if self.processes < 1:
            raise RehearsalError(
                "too few",
                path="--processes",
                got=self.processes,
                allowed="1 or more",
                fix="One drives the shipped plans",
            )


@dataclass(frozen=True, slots=True)
class LoadTestOptions(RunOptions):
    """What `surgeproof loadtest` was asked for.

    Attributes:
        host: Base URL of the target.
        max_rate: Most arrivals a second that may be driven; the run is refused when the plan needs more.
        abort_if: Gates over the last ten seconds that stop the run (`error_rate>5%`).
        confirmed_host: The host's name, given again by the user; needed when it is not this machine.
    """

    host: str = ""
    max_rate: float | None = None
    abort_if: tuple[str, ...] = field(default=())
    confirmed_host: str | None = None

    def __post_init__(self) -> None:
        super(LoadTestOptions, self).__post_init__()
        if self.max_rate is not None and not self.max_rate > 0:
            raise RehearsalError(
                "not a rate",
                path="--max-rate",
                got=self.max_rate,
                allowed="above 0, arrivals a second",
                fix="Leave it out for no limit",
            )
