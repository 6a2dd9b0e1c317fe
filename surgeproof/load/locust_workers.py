"""A distributed run: the master's crew, and what each worker does for it, over Locust's messages."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

import gevent
from locust.env import Environment
from locust.rpc import Message
from locust.runners import STATE_MISSING, MasterRunner, WorkerRunner

from surgeproof.errors import SurgeproofError
from surgeproof.load.collector import Collector
from surgeproof.load.crew import DrivenShare, epoch_of, monotonic_of
from surgeproof.load.errors import LoadError
from surgeproof.load.journey import Journey
from surgeproof.load.report import Report
from surgeproof.load.share import Share

PREPARE, PREPARED, START, STOP, REPORT, LEFT = (
    f"surgeproof_{word}" for word in ("prepare", "prepared", "go", "stop", "report", "left")
)
_PREPARE_TIMEOUT = 60.0
_SILENCE = 15.0
"""Real seconds without a report after which a worker is lost, though Locust still hears its heartbeat."""


def _nothing() -> None:
    """Before there is a run to wake."""


class MasterInbox:
    """Takes the workers' messages of whatever run is on; Locust lets each kind be registered once."""

    def __init__(self, runner: MasterRunner) -> None:
        self.prepared: dict[str, str | None] = {}
        self.left: set[str] = set()
        self.reports: list[tuple[str, Report]] = []
        self.on_final: Callable[[], None] = _nothing
        runner.register_message(PREPARED, self._on_prepared)
        runner.register_message(REPORT, self._on_report)
        runner.register_message(LEFT, self._on_left)

    def clear(self) -> None:
        """Before a run."""
        self.prepared.clear()
        self.left.clear()
        self.reports.clear()
        self.on_final = _nothing

    def _on_prepared(self, environment: Environment, msg: Message) -> None:
        del environment
        self.prepared[msg.node_id] = msg.data.get("refused")

    def _on_left(self, environment: Environment, msg: Message) -> None:
        del environment
        self.left.add(msg.node_id)

    def _on_report(self, environment: Environment, msg: Message) -> None:
        del environment
        report = Report.from_wire(msg.data)
        self.reports.append((msg.node_id, report))
        if report.final:
            self.on_final()


class MasterCrew:
    """The workers that were connected when the run began; a lost one is told, and its share is not driven again."""

    def __init__(self, runner: MasterRunner, inbox: MasterInbox) -> None:
        self.head_start = 0.5
        self._runner = runner
        self._inbox = inbox
        inbox.clear()
        clients = runner.clients.ready + runner.clients.spawning + runner.clients.running
        self.names = sorted((client.id for client in clients), key=runner.get_worker_index)
        self._heard = dict.fromkeys(self.names, 0.0)
        self._stopping = False

    def prepare(self, shares: Sequence[Share]) -> None:
        """Send each its share.

        Raises:
            LoadError: There is no worker, or one does not answer, or can't take its share.
        """
        if not shares:
            raise LoadError("no worker is connected", fix="Start workers, or run without --master")
        for name, share in zip(self.names, shares, strict=True):
            self._runner.send_message(PREPARE, share.to_wire(), client_id=name)
        deadline = time.monotonic() + _PREPARE_TIMEOUT
        while not self._inbox.prepared.keys() >= set(self.names):
            if time.monotonic() > deadline:
                silent = ", ".join(sorted(set(self.names) - self._inbox.prepared.keys()))
                raise LoadError("a load worker does not answer", got=silent, fix="Look at its log, and start again")
            gevent.sleep(0.02)
        for name, refused in self._inbox.prepared.items():
            if refused is not None:
                raise LoadError(f"a load worker refuses: {refused}", path=name)

    def start(self, started_at: float, on_over: Callable[[], None]) -> None:
        """Send the start, as wall clock."""
        self._inbox.on_final = on_over
        self._heard = dict.fromkeys(self.names, max(time.monotonic(), started_at))
        for name in self.names:
            self._runner.send_message(START, {"epoch": epoch_of(started_at)}, client_id=name)

    def stop(self) -> None:
        """Tell all to start no more journeys."""
        self._send_stop(abandon=False)

    def abandon(self) -> None:
        """Tell all to end what is open."""
        self._send_stop(abandon=True)

    def look(self, collector: Collector) -> None:
        """Hand the reports over, and say who is lost."""
        reports, self._inbox.reports = self._inbox.reports, []
        for name, report in reports:
            if name in self._heard and collector.workers[report.share].name == name:
                self._heard[name] = time.monotonic()
                collector.add(report)
        for worker in collector.workers:
            client = self._runner.clients.get(worker.name)
            gone = client is None or client.state == STATE_MISSING
            silent = gone or time.monotonic() - self._heard[worker.name] > _SILENCE
            # A worker that was ended before its share was, by whoever runs it, is lost too: its last report came.
            left = worker.name in self._inbox.left and not self._stopping
            if left or (silent and not worker.over):
                worker.lost = True

    def _send_stop(self, *, abandon: bool) -> None:
        self._stopping = True
        for name in self.names:
            if name in self._runner.clients:
                self._runner.send_message(STOP, {"abandon": abandon}, client_id=name)


class WorkerRole:
    """Drives the share that the master sends, and reports once a second."""

    def __init__(self, runner: WorkerRunner, journeys: Mapping[str, Journey]) -> None:
        self._runner = runner
        self._journeys = journeys
        self._driven: DrivenShare | None = None
        runner.register_message(PREPARE, self._on_prepare)
        runner.register_message(START, self._on_start)
        runner.register_message(STOP, self._on_stop, concurrent=True)

    def stop(self) -> None:
        """Start no more journeys."""
        if self._driven is not None:
            self._driven.stop()

    def quit(self, grace: float) -> None:
        """End what is open within so many real seconds, and tell the master."""
        driven = self._driven
        if driven is None or driven.over:
            return
        self._runner.send_message(LEFT, {})
        driven.stop()
        driven.wait(grace)
        if not driven.over:
            driven.abandon()
        self._report(final=True)

    def _on_prepare(self, environment: Environment, msg: Message) -> None:
        del environment
        try:
            self._driven = DrivenShare(Share.from_wire(msg.data), self._journeys)
        except SurgeproofError as error:
            self._runner.send_message(PREPARED, {"refused": str(error)})
        else:
            self._runner.send_message(PREPARED, {})

    def _on_start(self, environment: Environment, msg: Message) -> None:
        del environment
        if self._driven is not None:
            self._driven.start(monotonic_of(msg.data["epoch"]), _nothing)
            gevent.spawn(self._tell, self._driven)

    def _on_stop(self, environment: Environment, msg: Message) -> None:
        del environment
        if self._driven is not None:
            self._driven.stop()
            if msg.data["abandon"]:
                self._driven.abandon()

    def _tell(self, driven: DrivenShare) -> None:
        while not driven.over:
            driven.wait(1.0)
            if not driven.over:
                self._report(final=False)
        self._report(final=True)

    def _report(self, *, final: bool) -> None:
        report = self._driven.report(final=final) if self._driven is not None else None
        if report is not None:
            self._runner.send_message(REPORT, report.to_wire())
