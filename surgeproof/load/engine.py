"""The engine: starts each journey of a share at its time, open arrivals, and counts what became of it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import gevent
from gevent.event import Event

from surgeproof.launch.records import StepInfo
from surgeproof.load.alarms import Alarms
from surgeproof.load.exchange import Exchange
from surgeproof.load.journey import Journey
from surgeproof.load.live_client import CheckFailedError, CurveEndedError, LiveClient, Row, StepFailedError
from surgeproof.load.origin import Origin
from surgeproof.load.request_bytes import RequestWriter
from surgeproof.load.runners import Runners
from surgeproof.load.share import Share
from surgeproof.load.transport import Transport
from surgeproof.load.visitor import Popularity, Visitor

MOST_FAILURES = 20
"""Failures that are kept in words."""
_BREATH = 50
"""Overdue arrivals that are started before the loop turns once."""
_NAP = 0.25
"""Real seconds after which a waiting engine looks whether it was stopped."""


@dataclass
class Counts:
    """What the engine counted so far. Lists are by phase of the arrival.

    Attributes:
        refused: Arrivals that were not started, as too many journeys were open.
        cut: Journeys that the end of the curve, or of the run, ended.
        checks: Journeys that failed by a check.
        connections: Open now.
        waiting: Requests that wait for a connection now.
        starved: Requests that had to wait for one, as this machine has no room for more.
    """

    delivered: list[int]
    orders: list[int]
    failed: list[int]
    in_flight: int = 0
    in_flight_max: int = 0
    refused: int = 0
    cut: int = 0
    checks: int = 0
    blocked: int = 0
    connections: int = 0
    waiting: int = 0
    starved: int = 0
    failures: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Equipment:
    """What carries the requests of an engine, all of one thread."""

    transport: Transport
    requests: RequestWriter
    alarms: Alarms
    origin: Origin

    def close(self) -> None:
        """Close all connections, and ring no more."""
        self.transport.close()
        self.alarms.close()


class Engine:
    """Drives one share.

    Args:
        share: The arrivals.
        journeys: By name.
        equipment: What carries the requests.
        started_at: ``time.monotonic()`` at launch second 0.
    """

    def __init__(
        self, share: Share, journeys: Mapping[str, Journey], equipment: Equipment, *, started_at: float
    ) -> None:
        settings = share.settings
        self.share = share
        self.transport = equipment.transport
        self.requests = equipment.requests
        self.alarms = equipment.alarms
        self.started_at = started_at
        self.speed = settings.speed
        self.duration = settings.duration
        self.request_timeout = settings.request_timeout
        self.order_step = settings.order_step
        self.steps: list[StepInfo] = []
        self.step_of: dict[str, int] = {}
        phases = len(settings.phases)
        self.counts = Counts(delivered=[0] * phases, orders=[0] * phases, failed=[0] * phases)
        self.stopping = False
        self._origin = equipment.origin
        self._journeys = [journeys[name] for name in settings.journeys]
        self._popularity = Popularity(settings.catalogue)
        self._rows = bytearray()
        self._received: list[int] = []
        self._hub: Any = gevent.get_hub()
        self._bug: BaseException | None = None
        self._changed = Event()
        self._runners = Runners(self._hub, self.visit, self._over)
        self._open = self._runners.busy

    @property
    def cap_hit(self) -> bool:
        """Whether an arrival was not started because too many journeys were open."""
        return self.counts.refused > 0

    def run(self) -> None:
        """Drive all arrivals, then wait for what is open; returns when nothing is."""
        share = self.share
        phases = share.settings.phase_index(share.arrivals).tolist()
        self._arrivals = iter(
            zip(share.numbers.tolist(), share.arrivals.tolist(), share.kinds.tolist(), phases, strict=True)
        )
        self._launch(self._arrivals, None)
        try:
            self._wait_for_the_open()
        finally:
            self._runners.close()
        if self._bug is not None:
            raise self._bug

    def stop(self) -> None:
        """Start no more journeys. Those that are open go on until ``abandon``."""
        self.stopping = True
        self._changed.set()

    def abandon(self) -> None:
        """End what is open, at once."""
        self.stop()
        for journey in list(self._open):
            self._hub.loop.run_callback(journey.throw, gevent.GreenletExit)
        deadline = time.monotonic() + 5.0
        while self._open and time.monotonic() < deadline:
            gevent.sleep(0.005)

    def drain(self) -> tuple[bytes, dict[str, int]]:
        """Rows (``SAMPLE_DTYPE``) finished since the last time, and bytes of body by step."""
        rows, self._rows = self._rows, bytearray()
        received, self._received = self._received, [0] * len(self.steps)
        self.counts.connections, self.counts.waiting = self.transport.connections, self.transport.waiting
        return bytes(rows), {step.name: count for step, count in zip(self.steps, received, strict=True) if count}

    def step(self, name: str, method: str, path: str) -> int:
        """Index of a step, noted when it is new."""
        index = self.step_of[name] = len(self.steps)
        self.steps.append(StepInfo(name=name, method=method, path=path.partition("?")[0]))
        self._received.append(0)
        return index

    def keep(self, row: Row, step: int, received: int) -> None:
        """Take a finished row, and how many bytes of body came with it."""
        self._rows += row
        self._received[step] += received

    def failed(self, words: str) -> None:
        """Keep the first few failures in words."""
        if len(self.counts.failures) < MOST_FAILURES:
            self.counts.failures.append(words)

    def blocked(self) -> None:
        """Count an answer that looks like an edge's."""
        self.counts.blocked += 1

    def begin(self, number: int, at: float, kind: int, phase: int) -> None:
        """Start a journey; call it in the hub. It runs until it first waits."""
        counts = self.counts
        counts.in_flight += 1
        counts.in_flight_max = max(counts.in_flight_max, counts.in_flight)
        self._runners.start(number, at, kind, phase)

    def _launch(self, arrivals: Iterator[tuple[int, float, int, int]], first: Any) -> None:
        """Start all that are due, and come back for the next one; runs in the hub but for the first time."""
        if first is None:
            first = next(arrivals, None)
            if first is not None:
                self._at(first, arrivals)
            else:
                self._done_launching()
            return
        try:
            self._start_due(arrivals, first)
        except Exception as error:  # noqa: BLE001 -- a bug of ours: the hub would only print it
            self._bug = error
            self.stop()

    def _start_due(self, arrivals: Iterator[tuple[int, float, int, int]], first: tuple[int, float, int, int]) -> None:
        counts, most = self.counts, self.share.settings.max_in_flight
        due: tuple[int, float, int, int] | None = first
        for _ in range(_BREATH):
            if self.stopping:
                return
            if due is None:
                self._done_launching()
                return
            if self.started_at + due[1] / self.speed > time.monotonic():
                break
            if counts.in_flight >= most:
                counts.refused += 1
            else:
                self.begin(*due)
            due = next(arrivals, None)
        if due is None:
            self._done_launching()
        else:
            self._at(due, arrivals)

    def _at(self, due: tuple[int, float, int, int], arrivals: Iterator[tuple[int, float, int, int]]) -> None:
        self.alarms.at(self.started_at + due[1] / self.speed, lambda: self._launch(arrivals, due))

    def _done_launching(self) -> None:
        self._changed.set()

    def _wait_for_the_open(self) -> None:
        # No step starts after the curve's end, so all is over one request timeout later. A run that was stopped ends
        # with its last open journey: who stopped it abandons them when they take too long.
        end = self.started_at + self.duration / self.speed
        while time.monotonic() < end + self.request_timeout + 1.0:
            left = 0.0 if self.stopping else end - time.monotonic()
            if not self._open and left <= 0:
                return
            self._changed.clear()
            self._changed.wait(timeout=_NAP if self._open and left <= 0 else max(0.0, min(left, _NAP)))
        self.abandon()

    def _over(self) -> None:
        self.counts.in_flight -= 1
        if not self._open:
            self._changed.set()

    def visit(self, number: int, at: float, kind: int, phase: int) -> None:
        """One journey, from its arrival to its end, in the current greenlet.

        Args:
            number: Of the arrival.
            at: Launch second at which it was due.
            kind: Index of the journey.
            phase: Index of the phase of the arrival.
        """
        settings, counts = self.share.settings, self.counts
        counts.delivered[phase] += 1

        def ordered() -> None:
            counts.orders[phase] += 1

        journey = self._journeys[kind]
        visitor = Visitor(
            seed=settings.seed,
            number=number,
            popularity=self._popularity,
            think=settings.think,
            run_id=settings.run_id,
        )
        exchange = Exchange(self.transport, self.requests, self._origin, journey.hooks, visitor)
        client = LiveClient(self, visitor, exchange, kind=kind, arrived_at=at, on_order=ordered)
        try:
            journey.run(client, visitor)
        except (CurveEndedError, gevent.GreenletExit):
            counts.cut += 1
        except StepFailedError:
            counts.failed[phase] += 1
        except CheckFailedError:
            counts.checks += 1
            counts.failed[phase] += 1
        except Exception as error:  # noqa: BLE001 -- an answer that the journey can't read is a failed check
            client.spoil(f"{journey.name}: {type(error).__name__}: {error}")
            counts.checks += 1
            counts.failed[phase] += 1
        finally:
            client.settle()
