"""Takes one run from its schedule to its files: prepare, start, look once a second, finish."""

from __future__ import annotations

import time
from collections.abc import Mapping

import gevent
from gevent.event import Event

from surgeproof.launch.records import LoadResult
from surgeproof.load.collector import Collector, OnRows
from surgeproof.load.crew import Crew
from surgeproof.load.evidence_files import write_evidence
from surgeproof.load.journey import Journey
from surgeproof.load.progress import ProgressFile
from surgeproof.load.report import warm_up
from surgeproof.load.run_config import RunConfig
from surgeproof.load.schedule import compile_schedule
from surgeproof.load.start_files import READY, read_start, write_json

_LAST_REPORTS = 5.0
"""Real seconds that a stopped run waits for the last reports of its workers."""


class RunDriver:
    """One run; ``drive`` is its greenlet, ``stop`` may be called from any other.

    Attributes:
        result: When the run is over.
        aborted_by: What ended it early.
    """

    def __init__(self, config: RunConfig, journeys: Mapping[str, Journey], crew: Crew, on_rows: OnRows) -> None:
        self.config = config
        self.result: LoadResult | None = None
        self.aborted_by: str | None = None
        self._journeys = journeys
        self._crew = crew
        self._on_rows = on_rows
        self._held: str | None = None
        self._wake = Event()
        self._done = Event()

    def drive(self) -> LoadResult | None:
        """Run to the end.

        Returns:
            The result; None when it was stopped before it began.

        Raises:
            SurgeproofError: The plan, the journeys or the workers are not as they should be.
        """
        try:
            return self._drive()
        finally:
            self._done.set()

    def hold(self, reason: str) -> None:
        """Start no more journeys; what is open goes on until it ends, or until ``stop``."""
        if not self.over:
            self._held = self._held or reason
            self._crew.stop()

    @property
    def over(self) -> bool:
        """Whether the run has ended and its files are written."""
        return self._done.is_set()

    def stop(self, reason: str, *, grace: float = 0.0) -> None:
        """End the run, and return when its files are written.

        Args:
            reason: Told in the result.
            grace: Real seconds that open journeys are given to end by themselves.
        """
        if self.over:
            return
        if grace > 0:
            self.hold(reason)
            self._done.wait(timeout=grace)
        if not self.over:
            self.aborted_by = self.aborted_by or reason
            self._wake.set()
            self._done.wait(timeout=_LAST_REPORTS + 10)

    def _drive(self) -> LoadResult | None:
        schedule = compile_schedule(self.config, self._journeys)
        folder = self.config.folder
        folder.mkdir(parents=True, exist_ok=True)
        self._crew.prepare(schedule.shares(len(self._crew.names)))
        collector = Collector(schedule, self._crew.names, self._on_rows)
        started_at = self._started_at(len(schedule.arrivals))
        if started_at is None:
            return None
        warm_up()
        self._crew.start(started_at, self._wake.set)
        progress = ProgressFile(folder)
        try:
            self._watch(collector, progress, started_at)
        finally:
            progress.close()
        self.aborted_by = self.aborted_by or self._held
        self.result = write_evidence(collector, folder, aborted_by=self.aborted_by)
        return self.result

    def _started_at(self, arrivals: int) -> float | None:
        if self.aborted_by is not None or self._held is not None:
            return None
        if not self.config.wait_for_start:
            return time.monotonic() + self._crew.head_start
        ready = {"run_id": self.config.run_id, "arrivals": arrivals, "workers": len(self._crew.names)}
        write_json(self.config.folder / READY, ready)
        while self.aborted_by is None and self._held is None:
            started_at = read_start(self.config.folder)
            if started_at is not None:
                return started_at
            gevent.sleep(0.02)
        return None

    def _watch(self, collector: Collector, progress: ProgressFile, started_at: float) -> None:
        settings = collector.schedule.settings
        look = started_at
        while True:
            look = max(look + 1.0, time.monotonic())
            self._wake.wait(timeout=look - time.monotonic())
            self._wake.clear()
            at = min((time.monotonic() - started_at) * settings.speed, settings.duration)
            self._crew.look(collector)
            progress.write(collector.progress(at))
            if collector.over:
                return
            self.aborted_by = self.aborted_by or collector.broken_gate()
            if self.aborted_by is not None:
                self._end_early(collector)
                progress.write(collector.progress(at))
                return

    def _end_early(self, collector: Collector) -> None:
        self._crew.stop()
        self._crew.abandon()
        deadline = time.monotonic() + _LAST_REPORTS
        while not collector.over and time.monotonic() < deadline:
            gevent.sleep(0.05)
            self._crew.look(collector)
        for worker in collector.workers:
            worker.lost = worker.lost or not worker.over
