"""What a worker tells once a second: requests, histograms, counts, and how good the generator was."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surgeproof.launch.records import SAMPLE_DTYPE, StepInfo
from surgeproof.load.buckets import Buckets, micros_of
from surgeproof.load.engine import Counts, Engine
from surgeproof.load.honesty import GeneratorMeter
from surgeproof.load.tally import Tally


@dataclass(frozen=True, slots=True)
class GeneratorFigures:
    """Of one worker, since its start. CPU is a share of one core; lag is in real seconds."""

    cpu_now: float
    cpu_mean: float
    cpu_max: float
    lag_p99: float
    lag_max: float
    clock_jump: float


@dataclass(frozen=True, eq=False, slots=True)
class Report:
    """Requests, bytes and histograms are new since the last report; counts and figures are since the start."""

    share: int
    final: bool
    steps: list[StepInfo]
    rows: NDArray[Any]
    received: dict[str, int]
    histograms: list[list[Any]]
    counts: Counts
    generator: GeneratorFigures

    def to_wire(self) -> dict[str, Any]:
        """As msgpack carries it in one of Locust's messages."""
        return {
            "share": self.share,
            "final": self.final,
            "steps": [step.model_dump() for step in self.steps],
            "rows": self.rows.tobytes(),
            "received": self.received,
            "histograms": self.histograms,
            "counts": asdict(self.counts),
            "generator": asdict(self.generator),
        }

    @classmethod
    def from_wire(cls, wire: dict[str, Any]) -> Report:
        """The inverse of ``to_wire``."""
        return cls(
            share=wire["share"],
            final=wire["final"],
            steps=[StepInfo(**step) for step in wire["steps"]],
            rows=np.frombuffer(wire["rows"], SAMPLE_DTYPE),
            received=wire["received"],
            histograms=wire["histograms"],
            counts=Counts(**wire["counts"]),
            generator=GeneratorFigures(**wire["generator"]),
        )


def warm_up() -> None:
    """Do once what is slow the first time: numpy loads parts of itself on its first use of some (45 ms here)."""
    np.unique(np.zeros(1, dtype=np.int64), return_counts=True)
    np.percentile(np.zeros(1), 95)
    buckets = Buckets()
    buckets.add(micros_of(np.ones(3)))
    buckets.percentile(99)


class Reporter:
    """Makes the reports of one engine.

    Args:
        engine: Whose.
        waiting_is_wished: The cap on connections was asked for; else waiting for one is this machine's fault.
    """

    def __init__(self, engine: Engine, *, waiting_is_wished: bool = True) -> None:
        self._waiting_is_wished = waiting_is_wished
        self._engine = engine
        self._tally = Tally(engine.share.settings)
        self._meter = GeneratorMeter()

    def report(self, *, final: bool = False) -> Report:
        """All that is new."""
        rows, received = self._engine.drain()
        array = np.frombuffer(rows, dtype=SAMPLE_DTYPE)
        self._tally.add(array, [step.name for step in self._engine.steps])
        self._meter.tick(array)
        if not self._waiting_is_wished and not self._engine.counts.starved and self._engine.transport.queued:
            self._engine.failed(
                "the generator made visitors wait for a connection: it has no room for more, or can't open them as fast"
            )
        self._engine.counts.starved = 0 if self._waiting_is_wished else self._engine.transport.queued
        meter = self._meter
        return Report(
            share=self._engine.share.index,
            final=final,
            steps=list(self._engine.steps),
            rows=array,
            received=received,
            histograms=self._tally.take(),
            counts=self._engine.counts,
            generator=GeneratorFigures(
                cpu_now=meter.cpu_now,
                cpu_mean=meter.cpu_mean,
                cpu_max=max(meter.cpu_max, meter.cpu_mean),
                lag_p99=meter.lag_p99,
                lag_max=meter.lag_max,
                clock_jump=meter.clock_jump,
            ),
        )
