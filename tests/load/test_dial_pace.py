"""New connections are opened at a pace; who waits for one takes what another journey gives back first."""

from __future__ import annotations

import time

import gevent
import pytest

from surgeproof.load import dial_pace
from surgeproof.load.alarms import Alarms
from surgeproof.load.dial_pace import BURST, PLAIN, SECURE, DialPace
from surgeproof.load.pool import Pool


@pytest.mark.parametrize("rate", [PLAIN, SECURE])
def test_permissions_come_at_their_rate_after_a_burst(rate: float, monkeypatch: pytest.MonkeyPatch):
    now = [100.0]
    monkeypatch.setattr(dial_pace.time, "monotonic", lambda: now[0])
    pace = DialPace(secure=rate == SECURE)
    assert sum(pace.may() for _ in range(1000)) == BURST
    assert pace.next_at == pytest.approx(now[0] + 1 / rate)
    now[0] += 10 / rate + 1e-9
    assert sum(pace.may() for _ in range(1000)) == 10
    now[0] += 3600
    assert sum(pace.may() for _ in range(1000)) == BURST, "no more than a burst is saved up"


class Fake:
    """A connection as the pool knows it."""

    closed = False
    kept = False


def test_many_that_come_at_once_share_few_connections():
    """2,000 journeys of 2 ms with TLS: 64 connections at once and 250 a second, where each had opened its own."""
    alarms = Alarms()
    opened: list[Fake] = []

    def dial(*_: object) -> Fake:
        opened.append(Fake())
        gevent.sleep(0.001)
        return opened[-1]

    pool = Pool(dial, 20_000, alarms, DialPace(secure=True))  # ty: ignore[invalid-argument-type]
    served = []

    def journey() -> None:
        connection = pool.take(time.monotonic() + 30)
        gevent.sleep(0.002)
        served.append(connection)
        pool.give(connection)

    begun = time.monotonic()
    gevent.joinall([gevent.spawn(journey) for _ in range(2000)], timeout=30)
    took = time.monotonic() - begun
    assert len(served) == 2000
    assert pool.open == len(opened) <= BURST + SECURE * took + 1
    assert len(opened) < 300
    assert not pool.queue


def test_without_answers_everyone_gets_a_connection_in_the_end():
    alarms = Alarms()

    def dial(*_: object) -> Fake:
        return Fake()

    pool = Pool(dial, 20_000, alarms, DialPace(secure=True))  # ty: ignore[invalid-argument-type]
    taken: list[object] = []
    waiting = [gevent.spawn(lambda: taken.append(pool.take(time.monotonic() + 30))) for _ in range(150)]
    begun = time.monotonic()
    gevent.joinall(waiting, timeout=10)
    assert len(set(map(id, taken))) == 150, "nobody gives one back: each has its own"
    assert time.monotonic() - begun > (150 - BURST) / SECURE * 0.9
