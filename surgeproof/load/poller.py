"""Tells connections when their sockets can be read: one nested epoll on Linux, gevent's own watchers elsewhere.

A watcher of gevent's for each wait costs twice what the whole wait costs here: the kernel keeps a connection
registered from its first to its last byte, and gevent watches the one file that stands for them all.

What greenlets want to send while several of them are served goes out together, when all have been: the site's process
is then woken once for all of it and not for each, which in a virtual machine costs as much as the rest of a request.
"""

from __future__ import annotations

import select
from collections.abc import Callable
from typing import Any, Protocol

import gevent
import gevent.monkey
from greenlet import getcurrent, greenlet

from surgeproof.load.alarms import to_hub

READ, WRITE = 1, 2
"""As gevent's loop calls them."""
_AT_ONCE = 64
"""Sockets that are served before gevent's loop turns, so that timers are not late."""
_BATCH = 16
"""Sockets that are served before what they send goes out; until then it waits, which counts as latency."""


class Watched(Protocol):
    """A connection, as its poller sees it."""

    fd: int
    waiter: greenlet | None
    send: Callable[[bytes], int]

    def disturbed(self) -> None:
        """Called when there is something to read and nobody waits for it: the peer closed, or says what none asked."""
        ...


class Poller(Protocol):
    """Wakes who waits for a connection.

    Attributes:
        batching: Whether to put what is to be sent in the outbox, and then to wait for the answer.
        outbox: Connections, and what is to be sent on each; whoever waits for one is woken with how much of it was
            sent, in a tuple, if that was not all, and with what the socket raised if it broke.
    """

    batching: bool
    outbox: list[tuple[Watched, bytes]]

    def attach(self, watched: Watched) -> None:
        """Look at a new connection from now on."""
        ...

    def detach(self, watched: Watched) -> None:
        """Look at it no more; its file must still be open."""
        ...

    def wait_writable(self, watched: Watched) -> None:
        """Let the current greenlet sleep until the connection takes bytes (or has failed)."""
        ...

    def close(self) -> None:
        """Look at nothing any more."""
        ...


def _wake(watched: Watched) -> None:
    waiter = watched.waiter
    if waiter is None:
        watched.disturbed()
    else:
        watched.waiter = None
        waiter.switch()


class EpollPoller:
    """One epoll whose own file gevent's loop watches. Level-triggered: what is not served now is told again."""

    def __init__(self) -> None:
        hub: Any = gevent.get_hub()
        # Locust's monkey patch takes epoll out of select, as it would block; this one is only asked, never waited for.
        self._epoll = gevent.monkey.get_original("select", "epoll")()
        self._table: dict[int, Watched] = {}
        self.batching = False
        self.outbox: list[tuple[Watched, bytes]] = []
        self._switch = to_hub(hub)
        self._watcher = hub.loop.io(self._epoll.fileno(), READ)
        self._watcher.start(self._ready)

    def attach(self, watched: Watched) -> None:
        """See ``Poller``."""
        self._table[watched.fd] = watched
        self._epoll.register(watched.fd, select.EPOLLIN)

    def detach(self, watched: Watched) -> None:
        """See ``Poller``."""
        if self._table.pop(watched.fd, None) is not None:
            self._epoll.unregister(watched.fd)

    def wait_writable(self, watched: Watched) -> None:
        """See ``Poller``."""
        self._epoll.modify(watched.fd, select.EPOLLOUT)
        watched.waiter = getcurrent()
        try:
            self._switch()
        finally:
            if watched.fd in self._table:
                self._epoll.modify(watched.fd, select.EPOLLIN)

    def close(self) -> None:
        """See ``Poller``."""
        self._watcher.stop()
        self._watcher.close()
        self._epoll.close()
        self._table.clear()

    def _ready(self) -> None:
        table, served = self._table, 0
        # While there is more, it is asked again here: a turn of gevent's loop costs as much as a request. After a
        # single one there seldom is.
        while served < _AT_ONCE and (ready := self._epoll.poll(0, _BATCH)):
            served += len(ready)
            self.batching = len(ready) > 1
            try:
                for fd, _ in ready:
                    watched = table.get(fd)
                    if watched is None:
                        continue  # closed by one that was served before it
                    waiter = watched.waiter
                    if waiter is None:
                        watched.disturbed()
                    else:
                        watched.waiter = None
                        waiter.switch()
            finally:
                self.batching = False
                if self.outbox:
                    self._post()
            if len(ready) == 1:
                return

    def _post(self) -> None:
        letters, self.outbox[:] = self.outbox[:], ()
        for watched, letter in letters:
            try:
                sent = watched.send(letter)
            except BlockingIOError:
                sent = 0
            except OSError as error:
                waiter, watched.waiter = watched.waiter, None
                if waiter is not None:  # else it was closed while the letter lay here, and has noticed
                    waiter.throw(error)
                continue
            if sent != len(letter):
                waiter, watched.waiter = watched.waiter, None
                if waiter is not None:
                    waiter.switch((sent,))


class LoopPoller:
    """A watcher of gevent's loop for each connection: works wherever gevent does (kqueue, poll)."""

    def __init__(self) -> None:
        hub: Any = gevent.get_hub()
        self._loop = hub.loop
        self.batching = False
        self.outbox: list[tuple[Watched, bytes]] = []
        self._switch = to_hub(hub)
        self._watchers: dict[int, Any] = {}

    def attach(self, watched: Watched) -> None:
        """See ``Poller``."""
        watcher = self._watchers[watched.fd] = self._loop.io(watched.fd, READ)
        watcher.start(_wake, watched)

    def detach(self, watched: Watched) -> None:
        """See ``Poller``."""
        watcher = self._watchers.pop(watched.fd, None)
        if watcher is not None:
            watcher.stop()
            watcher.close()

    def wait_writable(self, watched: Watched) -> None:
        """See ``Poller``."""
        self._watchers[watched.fd].stop()
        watcher = self._loop.io(watched.fd, WRITE)
        watched.waiter = getcurrent()
        watcher.start(_wake, watched)
        try:
            self._switch()
        finally:
            watcher.stop()
            watcher.close()
            if watched.fd in self._watchers:
                self._watchers[watched.fd].start(_wake, watched)

    def close(self) -> None:
        """See ``Poller``."""
        for watcher in self._watchers.values():
            watcher.stop()
            watcher.close()
        self._watchers.clear()


def _has_epoll() -> bool:
    try:
        gevent.monkey.get_original("select", "epoll")
    except AttributeError:
        return False
    return True


new_poller: Callable[[], Poller] = EpollPoller if _has_epoll() else LoopPoller
"""The kind of this platform, chosen once."""
