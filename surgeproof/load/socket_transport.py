"""The transport in use: prebuilt bytes out, one read in, on kept connections under one poller."""

from __future__ import annotations

from pathlib import Path

from greenlet import getcurrent

from surgeproof.load.alarms import Alarms
from surgeproof.load.answer import Answer
from surgeproof.load.bodies import AnswerReader
from surgeproof.load.connection import BLOCK, Connection
from surgeproof.load.dial_pace import DialPace
from surgeproof.load.dialer import Dialer
from surgeproof.load.heads import HeadBook
from surgeproof.load.origin import Origin, Proxy
from surgeproof.load.poller import Poller, new_poller
from surgeproof.load.pool import Pool
from surgeproof.load.transport import TransportError

MOST_CONNECTIONS = 20_000
"""Of the pool. A request that finds them all in use waits, and the waiting counts."""
IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"})
"""Methods that may be sent twice (RFC 9110, 9.2.2)."""


class SocketTransport:
    """One origin over HTTP/1.1.

    A request that was lost on a kept connection, without a byte of answer, is sent once more on a new one, if its
    method is idempotent: the server had closed the connection, and that is no failure of the site. A lost request
    on a new connection is one.

    Args:
        origin: The site.
        alarms: Of this thread.
        connect_timeout: Real seconds until a connection is ready, TLS included.
        verify_tls: Whether the certificate and its name are checked.
        ca_file: Certificate authority besides the system's.
        proxy: To go through.
        most_connections: Size of the pool.
        poller: Of this thread; the platform's when left out.
    """

    def __init__(
        self,
        origin: Origin,
        *,
        alarms: Alarms,
        connect_timeout: float,
        verify_tls: bool = True,
        ca_file: Path | None = None,
        proxy: Proxy | None = None,
        most_connections: int = MOST_CONNECTIONS,
        poller: Poller | None = None,
    ) -> None:
        self._poller = poller or new_poller()
        self._dialer = Dialer(
            origin,
            self._poller,
            alarms,
            connect_timeout=connect_timeout,
            proxy=proxy,
            verify_tls=verify_tls,
            ca_file=ca_file,
        )
        self._heads = HeadBook()
        self._known = self._heads.get
        self._pool = Pool(self._dialer.open, most_connections, alarms, DialPace(secure=origin.secure))
        self._idle = self._pool.idle
        self._queue = self._pool.queue
        self._switch = alarms.switch

    @property
    def connections(self) -> int:
        """Connections that are open now."""
        return self._pool.open

    @property
    def waiting(self) -> int:
        """Requests that wait for a connection now."""
        return len(self._queue)

    @property
    def queued(self) -> int:
        """Requests that had to wait for a connection so far."""
        return self._pool.queued

    def exchange(  # noqa: C901, PLR0912 - the path of every request: calls would cost what they tidy
        self, wire: bytes, method: str, deadline: float
    ) -> Answer:
        """See ``Transport``."""
        # This is the path of every request. What is not the plain case leaves it at once.
        connection = self._idle.pop() if self._idle else self._pool.take(deadline)
        if method not in IDEMPOTENT and connection.kept and not connection.closed and connection.is_stale():
            connection.close()
        if connection.closed or not connection.kept:
            return self._carefully(connection, wire, method, deadline)
        connection.deadline = deadline
        if deadline < connection.armed:
            connection.due(deadline)
        try:
            poller = self._poller
            if poller.batching:
                poller.outbox.append((connection, wire))
            else:
                try:
                    sent = connection.send(wire)
                except BlockingIOError:
                    sent = 0
                if sent != len(wire):
                    connection.finish(wire, sent)
            connection.waiter = getcurrent()
            unfinished = self._switch()
            if unfinished:
                connection.finish(wire, *unfinished)
                connection.wait()
            try:
                data = connection.recv(BLOCK)
            except BlockingIOError:
                data = connection.read()
            raw, end, body = data.partition(b"\r\n\r\n")
            head = self._known(raw)
            if head is not None and head.quick == len(body) and end and method != "HEAD":
                if self._queue:
                    self._pool.give(connection)
                else:
                    self._idle.append(connection)
                return Answer(head, body)
        except OSError as error:
            if method not in IDEMPOTENT:
                return self._early(connection, method, error)
            data = b""
        except BaseException:
            connection.close()
            raise
        if not data and method in IDEMPOTENT:
            return self._carefully(self._pool.replace(connection, deadline), wire, method, deadline)
        return self._rest(connection, data, method)

    def close(self) -> None:
        """See ``Transport``."""
        self._pool.close()
        self._poller.close()

    def _carefully(self, connection: Connection, wire: bytes, method: str, deadline: float) -> Answer:
        """On a connection that is new, or for a request that must not be sent twice."""
        while connection.kept and (connection.closed or connection.is_stale()):
            connection.close()
            connection = self._pool.take(deadline)
        if connection.kept and method in IDEMPOTENT:
            self._idle.append(connection)
            return self.exchange(wire, method, deadline)
        connection.due(deadline)
        try:
            connection.write(wire)
        except OSError as error:
            return self._early(connection, method, error)
        except BaseException:
            connection.close()
            raise
        return self._rest(connection, b"", method)

    def _early(self, connection: Connection, method: str, error: OSError) -> Answer:
        """The peer takes no more of the request; perhaps it has said why (413, 431) before it closed."""
        try:
            return self._rest(connection, b"", method)
        except TransportError:
            raise TransportError(f"{type(error).__name__}: {error}") from error
        finally:
            connection.close()

    def _rest(self, connection: Connection, data: bytes, method: str) -> Answer:
        """The answer, of which ``data`` has come."""
        try:
            answer, again = AnswerReader(connection, data, self._heads).read(bodiless=method == "HEAD")
        except BaseException:
            connection.close()
            raise
        if not connection.kept:
            self._dialer.learn(connection)
        if again:
            self._pool.give(connection)
        else:
            connection.close()
        return answer
