"""Everything that a verdict rests on, gathered by whoever drove the run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from surgeproof.launch.curve import Curve
from surgeproof.launch.plan import LaunchPlan
from surgeproof.launch.records import (
    Assumption,
    InvariantReading,
    LoadResult,
    MetricPoint,
    SampleHistogram,
    ScalingEvent,
    SupplyPoint,
    ValidityReading,
)
from surgeproof.scaling.shortfall import Shortfall
from surgeproof.verdict.verdict import RunKind, Scope


@dataclass(frozen=True, kw_only=True)
class RunEvidence:
    """What one run left behind.

    Attributes:
        kind: A rehearsal, or a load test (where what the server did is not observed).
        needed: For each service, (launch second, tasks needed from then on), sorted.
        shortfalls: For each service that serves or works, launch seconds with too few tasks.
        samples: All requests (`SAMPLE_DTYPE`), for the timeline and for when a gate first fell; None when not kept.
        replays: Resamples of the launch replayed at speed 1 and scale 1; None when it was not replayed.
        own_speed_replay: The launch replayed at the run's own speed and scale; None when it was not.
        validity: Readings by the platform and by the launch itself; the judge adds those of the load.
        settings: Settings of the stack, nested; paths in `Change` are relative to it.
        locate: File and line of a setting's path (of stack or plan); None where it is written nowhere.
        worker_services: Services that work a queue off instead of answering requests.
    """

    kind: RunKind
    scope: Scope
    plan: LaunchPlan
    curve: Curve
    load: LoadResult
    samples: np.ndarray | None = None
    replays: Sequence[Sequence[SampleHistogram]] | None = None
    own_speed_replay: Sequence[SampleHistogram] | None = None
    supply: Sequence[SupplyPoint] = ()
    events: Sequence[ScalingEvent] = ()
    metrics: Sequence[MetricPoint] = ()
    needed: Mapping[str, Sequence[tuple[float, int]]] = field(default_factory=dict)
    shortfalls: Mapping[str, Shortfall] = field(default_factory=dict)
    invariants: Sequence[InvariantReading] = ()
    validity: Sequence[ValidityReading] = ()
    assumed: Sequence[Assumption] = ()
    not_covered: Sequence[str] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    locate: Callable[[str], tuple[str, int] | None] = lambda _path: None
    worker_services: frozenset[str] = frozenset()

    @property
    def observed(self) -> bool:
        """Whether what the server did was seen: in a rehearsal always, in a load test never."""
        return self.kind == "rehearsal"

    @property
    def must_replay(self) -> bool:
        """Whether measured latencies flatter the launch, so that a replay has to judge them."""
        return self.kind == "rehearsal" and (self.load.speed != 1 or self.load.scale != 1)

    @property
    def to_launch(self) -> float:
        """Factor from a real count of this run to the count of the whole launch."""
        return self.load.speed / self.load.scale

    @property
    def services(self) -> tuple[str, ...]:
        """Services that were seen to have tasks, sorted."""
        return tuple(sorted({point.service for point in self.supply} | set(self.shortfalls)))

    def setting(self, path: str) -> object:
        """Value of a stack setting by its path; None when it is not set."""
        value: object = self.settings
        for key in path.split("."):
            if not isinstance(value, Mapping) or key not in value:
                return None
            value = value[key]
        return value
