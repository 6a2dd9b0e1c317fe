"""The engine: starts each journey of a share at its time, open arrivals, and counts what became of it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import gevent

from surgeproof.launch.records import StepInfo
from surgeproof.load.journey import Journey
from surgeproof.load.live_client import CheckFailedError, CurveEndedError, LiveClient, Row, StepFailedError
from surgeproof.load.share import Share
from surgeproof.load.transport import Transport
from surgeproof.load.visitor import Popularity, Visitor

MOST_FAILURES = 20
"""Failures that are kept in words."""
_BREATH = 100
"""Overdue arrivals that are started before the loop turns once."""
_NAP = 0.25
"""Real seconds after which a waiting engine looks whether it was stopped."""


@dataclass
class Counts:
    """What the engine counted so far. Lists are by phase of the arrival."""

    delivered: list[int]
    orders: list[int]
    failed: list[int]
    in_flight: int = 0
    in_flight_max: int = 0
    refused: int = 0
    cut: int = 0
    checks: int = 0
    blocked: int = 0
    failures: list[str] = field(default_factory=list)


class Engine:
    """Drives one share.

    Args:
        share: The arrivals.
        journeys: By name.
        transport: What carries the requests.
        started_at: ``time.monotonic()`` at launch second 0.
    """

    def __init__(
        self, share: Share, journeys: Mapping[str, Journey], transport: Transport, *, started_at: float
    ) -> None:
        settings = share.settings
        self.share = share
        self.transport = transport
        self.started_at = started_at
        self.speed = settings.speed
        self.duration = settings.duration
        self.host = settings.host
        self.request_timeout = settings.request_timeout
        self.steps: list[StepInfo] = []
        phases = len(settings.phases)
        self.counts = Counts(delivered=[0] * phases, orders=[0] * phases, failed=[0] * phases)
        self.received: dict[str, int] = {}
        self.stopping = False
        self._journeys = [journeys[name] for name in settings.journeys]
        self._popularity = Popularity(settings.catalogue)
        self._index: dict[str, int] = {}
        self._rows: list[Row] = []
        self._open: set[gevent.Greenlet] = set()

    @property
    def cap_hit(self) -> bool:
        """Whether an arrival was not started because too many journeys were open."""
        return self.counts.refused > 0

    def run(self) -> None:
        """Drive all arrivals, then wait for what is open; returns when nothing is."""
        share, counts = self.share, self.counts
        phases = share.settings.phase_index(share.arrivals).tolist()
        rows = zip(share.numbers.tolist(), share.arrivals.tolist(), share.kinds.tolist(), phases, strict=True)
        for turn, (number, at, kind, phase) in enumerate(rows):
            if turn % _BREATH == 0:
                gevent.sleep(0)
            while (wait := self.started_at + at / self.speed - time.monotonic()) > 0 and not self.stopping:
                gevent.sleep(min(wait, _NAP))
            if self.stopping:
                break
            if counts.in_flight >= share.settings.max_in_flight:
                counts.refused += 1
                continue
            counts.in_flight += 1
            counts.in_flight_max = max(counts.in_flight_max, counts.in_flight)
            greenlet = gevent.spawn(self._visit, number, at, kind, phase)
            self._open.add(greenlet)
            greenlet.rawlink(self._open.discard)
        self._wait_for_the_open()

    def stop(self) -> None:
        """Start no more journeys. Those that are open go on until ``abandon``."""
        self.stopping = True

    def abandon(self) -> None:
        """End what is open, at once."""
        self.stopping = True
        gevent.killall(list(self._open), block=True, timeout=5)

    def drain(self) -> tuple[list[Row], dict[str, int]]:
        """Rows finished since the last time, and bytes of body by step."""
        rows, self._rows = self._rows, []
        received, self.received = self.received, {}
        return rows, received

    def _wait_for_the_open(self) -> None:
        # No step starts after the curve's end, so all is over one request timeout later.
        end = self.started_at + self.duration / self.speed
        while time.monotonic() < end + self.request_timeout + 1.0:
            left = end - time.monotonic()
            if self.stopping or (not self._open and left <= 0):
                break
            if self._open and left <= 0:
                gevent.joinall(list(self._open), timeout=_NAP)
            else:
                gevent.sleep(min(left, _NAP))
        if not self.stopping:
            self.abandon()

    def _visit(self, number: int, at: float, kind: int, phase: int) -> None:
        settings, counts = self.share.settings, self.counts
        counts.delivered[phase] += 1

        def ordered() -> None:
            counts.orders[phase] += 1

        visitor = Visitor(
            seed=settings.seed,
            number=number,
            popularity=self._popularity,
            think=settings.think,
            run_id=settings.run_id,
        )
        client = LiveClient(self, visitor, kind=kind, arrived_at=at, order_step=settings.order_step, on_order=ordered)
        try:
            self._journeys[kind].run(client, visitor)
        except (CurveEndedError, gevent.GreenletExit):
            counts.cut += 1
        except StepFailedError:
            counts.failed[phase] += 1
        except CheckFailedError:
            counts.checks += 1
            counts.failed[phase] += 1
        except Exception as error:  # noqa: BLE001 -- an answer that the journey can't read is a failed check
            client.spoil(f"{self._journeys[kind].name}: {type(error).__name__}: {error}")
            counts.checks += 1
            counts.failed[phase] += 1
        finally:
            client.settle()
            counts.in_flight -= 1

    def step(self, name: str, method: str, path: str) -> int:
        """Index of a step, noted when it is new."""
        index = self._index.get(name)
        if index is None:
            index = self._index[name] = len(self.steps)
            self.steps.append(StepInfo(name=name, method=method, path=path.partition("?")[0]))
        return index

    def keep(self, row: Row, received: int) -> None:
        """Take a finished row, and how many bytes of body came with it."""
        self._rows.append(row)
        name = self.steps[row[2]].name
        self.received[name] = self.received.get(name, 0) + received

    def failed(self, words: str) -> None:
        """Keep the first few failures in words."""
        if len(self.counts.failures) < MOST_FAILURES:
            self.counts.failures.append(words)

    def blocked(self) -> None:
        """Count an answer that looks like an edge's."""
        self.counts.blocked += 1
