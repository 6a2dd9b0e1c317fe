"""The kept connections of a run: last in, first out, so that no more stay open than are needed; a cap, and a pace."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Any

import gevent
from greenlet import getcurrent, greenlet

from surgeproof.load.alarms import Alarms
from surgeproof.load.connection import Connection
from surgeproof.load.dial_pace import DialPace
from surgeproof.load.transport import RequestTimeoutError

Open = Callable[[float, Callable[[Connection], None]], Connection]
"""Opens a connection by a deadline; the second argument is to be called when it is closed."""

_MOMENT = 0.1
"""Real seconds of waiting for the pace that are not told."""


class _Ticket:
    """A place in the queue: served with a connection, or with the right to open one."""

    __slots__ = ("connection", "served", "waiter")

    def __init__(self, waiter: greenlet) -> None:
        self.waiter: greenlet | None = waiter
        self.connection: Connection | None = None
        self.served = False

    def wake(self) -> None:
        if self.waiter is not None:
            self.waiter.switch()


class Pool:
    """Connections to one origin.

    Args:
        dial: Opens one.
        most: Open at once; who comes when they are all in use waits, first come, first served.
        alarms: For the deadlines of who waits.
        pace: How fast new ones are opened.

    Attributes:
        idle: Those that are free, the last used one at the end. A closed one may be among them: skip it.
        queue: Who waits.
        open: Connections that are open, or being opened.
        queued: How many had to wait so far: at the cap, or noticeably long for the pace.
    """

    def __init__(self, dial: Open, most: int, alarms: Alarms, pace: DialPace) -> None:
        self.idle: list[Connection] = []
        self.queue: deque[_Ticket] = deque()
        self.open = 0
        self.queued = 0
        self._all: set[Connection] = set()
        self._dial = dial
        self._most = most
        self._alarms = alarms
        self._pace = pace
        self._alarm_set = False
        hub: Any = gevent.get_hub()
        self._soon = hub.loop.run_callback

    def take(self, deadline: float) -> Connection:
        """An idle connection, or a new one; waits while there are none to have.

        Raises:
            TransportError: None can be opened.
            RequestTimeoutError: None was to be had in time.
        """
        while self.idle:
            connection = self.idle.pop()
            if not connection.closed:
                return connection
        if self.open < self._most and self._pace.may():
            self.open += 1
        else:
            self._look_again()
            handed = self._wait(deadline)
            if handed is not None:
                return handed
        return self._open(deadline)

    def replace(self, stale: Connection, deadline: float) -> Connection:
        """A new connection in the place of one that is of no more use.

        Raises:
            TransportError: None can be opened.
            RequestTimeoutError: It took too long.
        """
        if stale in self._all:
            self._all.discard(stale)
        else:
            self.open += 1
        stale.close()
        return self._open(deadline)

    def give(self, connection: Connection) -> None:
        """Take one back that may be used again."""
        connection.kept = True
        if not self._serve(connection):
            self.idle.append(connection)

    def close(self) -> None:
        """Close all."""
        for connection in list(self._all):
            connection.close()
        self.idle.clear()

    def _open(self, deadline: float) -> Connection:
        try:
            connection = self._dial(deadline, self._closed)
        except BaseException:
            self._vacant()
            raise
        self._all.add(connection)
        return connection

    def _look_again(self) -> None:
        """Let those who wait open their own at the pace of it."""
        if not self._alarm_set and self.open < self._most:
            self._alarm_set = True
            self._alarms.at(self._pace.next_at, self._permit)

    def _permit(self) -> None:
        self._alarm_set = False
        while self.queue and self.open < self._most and self._pace.may():
            self.open += 1
            self._serve(None)
        if self.queue:
            self._look_again()

    def _closed(self, connection: Connection) -> None:
        if connection in self._all:
            self._all.discard(connection)
            self._vacant()

    def _vacant(self) -> None:
        """One fewer is open; the first in the queue may open its own."""
        if not self._serve(None):
            self.open -= 1

    def _serve(self, connection: Connection | None) -> bool:
        """Give the first in the queue a connection, or the place of one; whether there was somebody."""
        if not self.queue:
            return False
        ticket = self.queue.popleft()
        ticket.served, ticket.connection = True, connection
        self._soon(ticket.wake)
        return True

    def _wait(self, deadline: float) -> Connection | None:
        ticket = _Ticket(getcurrent())
        self.queue.append(ticket)
        begun, full = time.monotonic(), self.open >= self._most

        def late() -> None:
            if not ticket.served and ticket.waiter is not None:
                ticket.waiter.throw(RequestTimeoutError("no connection was free in time"))

        alarm = self._alarms.at(deadline, late)
        try:
            self._alarms.switch()
        except BaseException:
            if not ticket.served:
                self.queue.remove(ticket)
            elif ticket.connection is not None:
                self.give(ticket.connection)
            else:
                self._vacant()
            raise
        finally:
            ticket.waiter = None
            alarm[2] = None
            # At the pace's behest it is a moment; when it is longer, the generator has slowed the visitor down.
            if full or time.monotonic() - begun > _MOMENT:
                self.queued += 1
        return ticket.connection
