"""One connection to the site: its socket, who waits for it, and until when."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

from greenlet import getcurrent, greenlet

from surgeproof.load.alarms import Alarms
from surgeproof.load.poller import Poller
from surgeproof.load.transport import RequestTimeoutError

BLOCK = 64 * 1024
"""Bytes of one read."""


class Connection:
    """A non-blocking socket under a poller. Its methods are for the greenlet that has taken it.

    Attributes:
        waiter: The greenlet that sleeps until it can be read.
        deadline: ``time.monotonic()`` at which its exchange is late.
        armed: When its alarm rings next; infinity when there is none.
        kept: Whether it has carried an exchange: its peer may have closed it by now.
        closed: Whether it is of no more use.
        recv: Reads what is there; ``b""`` at the end.
        send: Takes what it can, and returns how much that was; what it could not take is for ``finish``.
    """

    __slots__ = (
        "_alarms",
        "_on_close",
        "_poller",
        "_switch",
        "armed",
        "closed",
        "deadline",
        "fd",
        "kept",
        "recv",
        "send",
        "sock",
        "waiter",
    )

    def __init__(self, sock: Any, poller: Poller, alarms: Alarms, on_close: Callable[[Connection], None]) -> None:
        self.sock = sock
        self.fd: int = sock.fileno()
        self.recv: Callable[[int], bytes] = sock.recv
        self.send: Callable[[bytes], int] = sock.send
        self.waiter: greenlet | None = None
        self.deadline = math.inf
        self.armed = math.inf
        self.kept = False
        self.closed = False
        self._poller = poller
        self._alarms = alarms
        self._on_close = on_close
        self._switch = alarms.switch
        poller.attach(self)

    def due(self, deadline: float) -> None:
        """Let whoever waits for it from now on be late at ``deadline``."""
        self.deadline = deadline
        if deadline < self.armed:
            self.armed = deadline
            self._alarms.at(deadline, self._ring)

    def wait(self) -> None:
        """Sleep until it can be read.

        Raises:
            RequestTimeoutError: The deadline is past.
        """
        self.waiter = getcurrent()
        self._switch()

    def read(self) -> bytes:
        """The next bytes; ``b""`` at the end.

        Raises:
            RequestTimeoutError: The deadline is past.
            OSError: It broke.
        """
        while True:
            self.wait()
            try:
                return self.recv(BLOCK)
            except BlockingIOError:
                continue

    def write(self, data: bytes) -> None:
        """Send all.

        Raises:
            RequestTimeoutError: The deadline is past.
            OSError: It broke.
        """
        view = memoryview(data)
        while view:
            try:
                sent = self.sock.send(view)
            except BlockingIOError:
                self._poller.wait_writable(self)
            else:
                view = view[sent:]

    def finish(self, data: bytes, sent: int) -> None:
        """Send what ``send`` has left of ``data``.

        Raises:
            RequestTimeoutError: The deadline is past.
            OSError: It broke.
        """
        self.write(data[sent:])

    def is_stale(self) -> bool:
        """Whether its peer has closed it or said something unasked, though nobody had time to notice."""
        try:
            self.recv(1)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return True

    def close(self) -> None:
        """Close it, once."""
        if not self.closed:
            self.closed = True
            self._poller.detach(self)
            self.sock.close()
            self._on_close(self)

    def disturbed(self) -> None:
        """An idle connection that can be read was closed by its peer, or is out of step: no more use."""
        self.close()

    def _ring(self) -> None:
        self.armed = math.inf
        waiter = self.waiter
        if self.closed or waiter is None:
            return
        if self.deadline > time.monotonic():
            self.due(self.deadline)
        else:
            self.waiter = None
            waiter.throw(RequestTimeoutError("no full answer in time"))
