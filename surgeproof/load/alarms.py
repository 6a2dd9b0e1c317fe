"""Wakes greenlets and rings deadlines at their time, all on one timer of gevent's loop."""

from __future__ import annotations

import time
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from typing import Any

import gevent
import greenlet
from gevent.hub import Hub

_AT_ONCE = 100
"""Alarms that ring before the loop turns, so that sockets are served too."""


class Alarms:
    """A heap of what is due, and one timer: half of what a timer each takes, for ten thousand who think.

    Must be used in the thread of its hub.

    Attributes:
        switch: Lets the current greenlet sleep until somebody wakes it.
    """

    def __init__(self) -> None:
        hub: Any = gevent.get_hub()
        self._hub: Hub = hub
        self.switch = to_hub(hub)
        self._heap: list[list[Any]] = []
        self._numbers = count()
        self._timer: Any = None
        self._timer_at = float("inf")

    def at(self, when: float, ring: Callable[[], object]) -> list[Any]:
        """Call ``ring`` in the hub at ``time.monotonic()`` = ``when``, never earlier. Setting ``[2] = None`` cancels."""
        entry = [when, next(self._numbers), ring]
        heappush(self._heap, entry)
        if when < self._timer_at:
            self._start(when)
        return entry

    def sleep_until(self, when: float) -> None:
        """Let the current greenlet sleep; with a time that is past, it lets others run once."""
        entry = self.at(when, greenlet.getcurrent().switch)
        try:
            self.switch()
        except BaseException:
            entry[2] = None
            raise

    def close(self) -> None:
        """Ring no more."""
        self._heap.clear()
        self._stop()

    def _start(self, when: float) -> None:
        self._stop()
        self._timer_at = when
        self._timer = self._hub.loop.timer(max(0.0, when - time.monotonic()))
        self._timer.start(self._due, update=True)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer.close()
            self._timer = None
            self._timer_at = float("inf")

    def _due(self) -> None:
        heap, now = self._heap, time.monotonic()
        # While it rings, nothing that is due later need start the timer.
        self._timer_at = float("-inf")
        try:
            for _ in range(_AT_ONCE):
                if not heap or heap[0][0] > now:
                    break
                ring = heappop(heap)[2]
                if ring is not None:
                    ring()
        finally:
            self._stop()
            if heap:
                self._start(heap[0][0])


def to_hub(hub: Hub) -> Callable[[], Any]:
    """Switches from a greenlet to the hub, past gevent's hook for greenlets that want to know it: nobody here does."""
    return greenlet.greenlet.switch.__get__(hub)
