"""Puts the reports of all workers together: one result, one set of samples, one line of progress a second."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from hdrh.histogram import HdrHistogram
from numpy.typing import NDArray

from surgeproof.launch.records import SAMPLE_DTYPE, LoadResult, PhaseCount, StepInfo, WorkerReport
from surgeproof.load.abort import WINDOW, AbortGate
from surgeproof.load.buckets import Buckets, micros_of
from surgeproof.load.engine import MOST_FAILURES
from surgeproof.load.honesty import lag_of
from surgeproof.load.live_client import BROKEN, TIMED_OUT
from surgeproof.load.progress import RECENT, ProgressLine
from surgeproof.load.report import Report
from surgeproof.load.schedule import Schedule
from surgeproof.load.tally import Key, Tally

OnRows = Callable[[NDArray[Any], Sequence[StepInfo], dict[str, int]], None]
"""Told of new requests: rows, steps behind their indexes, bytes of body by step."""


class _Recent(NamedTuple):
    """Requests of one report: rows only where a condition to stop wants them."""

    at: float
    rows: NDArray[Any]
    latency: Buckets
    lag: Buckets


class Worker:
    """What is known of one worker."""

    def __init__(self, name: str, planned: int) -> None:
        self.name = name
        self.planned = planned
        self.report: Report | None = None
        self.lost = False

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""
        return self.lost or (self.report is not None and self.report.final)

    def record(self) -> WorkerReport:
        """As the result tells it."""
        report = self.report
        generator = report.generator if report else None
        return WorkerReport(
            name=self.name,
            planned=self.planned,
            delivered=sum(report.counts.delivered) if report else 0,
            cpu_mean=generator.cpu_mean if generator else 0.0,
            cpu_max=generator.cpu_max if generator else 0.0,
            lag_p99_ms=generator.lag_p99 * 1000 if generator else 0.0,
            lag_max_ms=generator.lag_max * 1000 if generator else 0.0,
            lost=self.lost,
        )


class Collector:
    """Of one run.

    Args:
        schedule: All arrivals.
        workers: Names, by the index of their share.
        on_rows: Told of each report's requests; their step indexes are the collector's.
    """

    def __init__(self, schedule: Schedule, workers: Sequence[str], on_rows: OnRows) -> None:
        self.schedule = schedule
        self.workers = [
            Worker(name, len(share.arrivals))
            for name, share in zip(workers, schedule.shares(len(workers)), strict=True)
        ]
        self.steps: list[StepInfo] = []
        self.tally = Tally(schedule.settings)
        self._on_rows = on_rows
        self._gates = [AbortGate.parse(text) for text in schedule.config.abort_if]
        self._index: dict[str, int] = {}
        self._rows: list[NDArray[Any]] = []
        self._recent: deque[_Recent] = deque()
        self._statuses: Counter[int] = Counter()
        self._in_flight_max = 0
        self._requests = 0
        self._errors = 0

    @property
    def over(self) -> bool:
        """Whether every worker has finished or is lost."""
        return all(worker.over for worker in self.workers)

    def add(self, report: Report) -> None:
        """Take in a report; one of a worker that was lost, or is done, is too late and left out."""
        worker = self.workers[report.share]
        if worker.over:
            return
        worker.report = report
        self.tally.merge(report.histograms)
        self._in_flight_max = max(self._in_flight_max, sum(c.in_flight for c in self._counts()))
        if not len(report.rows):
            return
        rows = report.rows.copy()
        rows["step"] = np.array([self._step(step) for step in report.steps], dtype=np.int16)[rows["step"]]
        self._rows.append(rows)
        self._recent.append(_Recent(time.monotonic(), rows if self._gates else rows[:0], *_latency_and_lag(rows)))
        self._requests += len(rows)
        self._errors += int(np.count_nonzero(~rows["ok"]))
        counts = np.bincount(rows["status"].astype(np.int64) - TIMED_OUT)
        statuses = np.flatnonzero(counts)
        self._statuses.update(dict(zip((statuses + TIMED_OUT).tolist(), counts[statuses].tolist(), strict=True)))
        self._on_rows(rows, self.steps, report.received)

    def broken_gate(self) -> str | None:
        """The condition to stop that is met, if any."""
        if not self._gates:
            return None
        rows = [recent.rows for recent in self._within(WINDOW)]
        together = np.concatenate(rows) if rows else np.zeros(0, dtype=SAMPLE_DTYPE)
        return next((gate.text for gate in self._gates if gate.holds(together)), None)

    def progress(self, at: float) -> ProgressLine:
        """The state of the run at a launch second."""
        latency, lag = Buckets(), Buckets()
        for recent in self._within(RECENT):
            latency.merge(recent.latency)
            lag.merge(recent.lag)
        generators = [worker.report.generator for worker in self.workers if worker.report]
        return ProgressLine(
            at=at,
            planned=int(np.searchsorted(self.schedule.arrivals, at, side="right")),
            delivered=sum(sum(counts.delivered) for counts in self._counts()),
            in_flight=sum(counts.in_flight for counts in self._counts()),
            connections=sum(counts.connections for counts in self._counts()),
            waiting=sum(counts.waiting for counts in self._counts()),
            requests=self._requests,
            errors=self._errors,
            p95_ms=latency.percentile(95) / 1000 if latency.total else None,
            lag_p99_ms=lag.percentile(99) / 1000 if lag.total else None,
            cpu=max((generator.cpu_now for generator in generators), default=0.0),
        )

    def samples(self) -> NDArray[Any]:
        """All requests, by arrival and sequence."""
        if not self._rows:
            return np.zeros(0, dtype=SAMPLE_DTYPE)
        rows = np.concatenate(self._rows)
        return rows[np.lexsort((rows["sequence"], rows["arrival"]))]

    def result(self, histograms: Mapping[Key, HdrHistogram], *, aborted_by: str | None) -> LoadResult:
        """What came of the run."""
        schedule, counts = self.schedule, self._counts()
        config, settings = schedule.config, schedule.settings
        phases = [
            PhaseCount(
                phase=phase.name,
                arrivals_planned=planned,
                arrivals_delivered=sum(each.delivered[number] for each in counts),
                orders_expected=schedule.sketch.orders_by_phase.get(phase.name, 0),
                orders_placed=sum(each.orders[number] for each in counts),
                journeys_failed=sum(each.failed[number] for each in counts),
            )
            for number, (phase, planned) in enumerate(zip(settings.phases, schedule.planned_by_phase(), strict=True))
        ]
        generators = [worker.report.generator for worker in self.workers if worker.report]
        return LoadResult(
            run_id=config.run_id,
            seed=config.seed,
            speed=config.speed,
            scale=config.scale,
            journeys=list(settings.journeys),
            steps=self.steps,
            phases=phases,
            histograms=self.tally.records(histograms),
            status_counts=self._status_counts(),
            blocked=sum(each.blocked for each in counts),
            workers=[worker.record() for worker in self.workers],
            in_flight_max=max(self._in_flight_max, *(each.in_flight_max for each in counts), 0),
            in_flight_cap_hit=any(each.refused or each.starved for each in counts),
            clock_jump_s=max((generator.clock_jump for generator in generators), default=0.0),
            aborted_by=aborted_by,
            failures=[words for each in counts for words in each.failures][:MOST_FAILURES],
        )

    def _counts(self) -> list[Any]:
        return [worker.report.counts for worker in self.workers if worker.report]

    def _status_counts(self) -> dict[str, int]:
        words = {TIMED_OUT: "timeout", BROKEN: "transport"}
        found = {words.get(status, str(status)): count for status, count in sorted(self._statuses.items())}
        checks = sum(counts.checks for counts in self._counts())
        return {**found, "check": checks} if checks else found

    def _step(self, step: StepInfo) -> int:
        index = self._index.get(step.name)
        if index is None:
            index = self._index[step.name] = len(self.steps)
            self.steps.append(step)
        return index

    def _within(self, seconds: float) -> list[_Recent]:
        now = time.monotonic()
        while self._recent and self._recent[0].at < now - WINDOW:
            self._recent.popleft()
        return [recent for recent in self._recent if recent.at >= now - seconds]


def _latency_and_lag(rows: NDArray[Any]) -> tuple[Buckets, Buckets]:
    latency, lag = Buckets(), Buckets()
    latency.add(micros_of(rows["latency"]))
    lag.add(micros_of(lag_of(rows)))
    return latency, lag
