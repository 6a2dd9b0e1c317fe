"""Opens connections: finds the addresses of the site, goes through a proxy, and agrees on TLS."""

from __future__ import annotations

import _socket
import errno
import os
import ssl
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gevent
import gevent.ssl

from surgeproof.load.alarms import Alarms
from surgeproof.load.bodies import AnswerReader
from surgeproof.load.connection import Connection
from surgeproof.load.heads import HeadBook
from surgeproof.load.origin import Origin, Proxy
from surgeproof.load.poller import Poller
from surgeproof.load.tls_connection import TlsConnection
from surgeproof.load.transport import RequestTimeoutError, TransportError

RESOLVE_EVERY = 10.0
"""Real seconds that addresses are kept: a load balancer that grows tells of its new ones by DNS (AWS: 60 s)."""


class Dialer:
    """Opens connections to one origin.

    Args:
        origin: The site.
        poller: Under which they stand.
        alarms: For their deadlines.
        connect_timeout: Real seconds until a connection is ready for a request, TLS and proxy included.
        proxy: To go through.
        verify_tls: Whether the certificate and its name are checked.
        ca_file: Certificate authority besides the system's.

    Raises:
        OSError: ``ca_file`` can't be read, or holds no certificate.
    """

    def __init__(
        self,
        origin: Origin,
        poller: Poller,
        alarms: Alarms,
        *,
        connect_timeout: float,
        proxy: Proxy | None = None,
        verify_tls: bool = True,
        ca_file: Path | None = None,
    ) -> None:
        self._origin = origin
        self._poller = poller
        self._alarms = alarms
        self._connect_timeout = connect_timeout
        self._proxy = proxy
        self._context = _context(verify_tls=verify_tls, ca_file=ca_file) if origin.secure else None
        self._session: Any = None
        self._addresses: list[tuple[Any, ...]] = []
        self._resolved_at = float("-inf")
        self._turn = 0

    def open(self, deadline: float, on_close: Callable[[Connection], None]) -> Connection:
        """A connection that is ready for a request.

        Raises:
            TransportError: It can't be had.
            RequestTimeoutError: It took longer than the connect timeout, or until the deadline.
        """
        limit = min(deadline, time.monotonic() + self._connect_timeout)
        kind = TlsConnection if self._context is not None else Connection
        trouble: Exception | None = None
        for family, address in self._targets(limit):
            sock = _socket.socket(family, _socket.SOCK_STREAM)
            try:
                sock.setblocking(False)
                sock.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_NODELAY, 1)
                connection = kind(sock, self._poller, self._alarms, on_close)
            except BaseException:
                sock.close()
                raise
            try:
                connection.due(limit)
                self._connect(connection, address)
            except OSError as error:
                connection.close()
                trouble = error
                continue
            except BaseException:
                connection.close()
                raise
            return self._ready(connection)
        raise TransportError(f"no connection: {trouble}") from trouble

    def learn(self, connection: Connection) -> None:
        """Keep the TLS session of a connection that has carried an answer, for those to come."""
        if isinstance(connection, TlsConnection):
            self._session = connection.tls.session or self._session

    def _connect(self, connection: Connection, address: tuple[Any, ...]) -> None:
        error = connection.sock.connect_ex(address)
        if error in (errno.EINPROGRESS, errno.EWOULDBLOCK):
            self._poller.wait_writable(connection)
            error = connection.sock.getsockopt(_socket.SOL_SOCKET, _socket.SO_ERROR)
        if error:
            raise OSError(error, os.strerror(error))

    def _ready(self, connection: Connection) -> Connection:
        try:
            if self._proxy is not None and self._origin.secure:
                self._tunnel(connection, self._proxy)
            if isinstance(connection, TlsConnection):
                connection.handshake(self._context, self._origin.host, self._session)
        except OSError as error:
            connection.close()
            words = f"{type(error).__name__}: {error}"
            raise TransportError(f"no TLS: {words}" if isinstance(error, ssl.SSLError) else words) from error
        except BaseException:
            connection.close()
            raise
        return connection

    def _tunnel(self, connection: Connection, proxy: Proxy) -> None:
        """RFC 9110, 9.3.6."""
        host = f"[{self._origin.host}]" if ":" in self._origin.host else self._origin.host
        target = f"{host}:{self._origin.port}"
        lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
        if proxy.authorization is not None:
            lines.append(f"Proxy-Authorization: {proxy.authorization}")
        connection.write("\r\n".join([*lines, "", ""]).encode("ascii"))
        reader = AnswerReader(connection, b"", HeadBook())
        answer, _ = reader.read(bodiless=True)
        if not 200 <= answer.status < 300:
            raise TransportError(f"the proxy refused: HTTP {answer.status}")
        if not reader.used_up:
            raise TransportError("the proxy said more than that the tunnel stands")

    def _targets(self, limit: float) -> Iterator[tuple[int, tuple[Any, ...]]]:
        """Addresses to try, each connection beginning with the next one."""
        now = time.monotonic()
        if now - self._resolved_at > RESOLVE_EVERY:
            self._addresses = self._resolve(limit - now)
            self._resolved_at = time.monotonic()
        self._turn += 1
        count = len(self._addresses)
        for offset in range(count):
            yield self._addresses[(self._turn + offset) % count]

    def _resolve(self, seconds: float) -> list[tuple[Any, ...]]:
        host, port = (self._proxy.host, self._proxy.port) if self._proxy else (self._origin.host, self._origin.port)
        hub: Any = gevent.get_hub()
        try:
            with gevent.Timeout(max(0.0, seconds), RequestTimeoutError("no address in time")):
                found = hub.resolver.getaddrinfo(host, port, 0, _socket.SOCK_STREAM)
        except OSError as error:
            raise TransportError(f"no address of {host}: {error}") from error
        return [(family, address) for family, _, _, _, address in found]


def _context(*, verify_tls: bool, ca_file: Path | None) -> Any:
    # gevent's own class: the standard one can't be used once Locust has patched it.
    made: Any = gevent.ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.load_default_certs()
    if ca_file is not None:
        made.load_verify_locations(cafile=str(ca_file))
    if not verify_tls:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    made.set_alpn_protocols(["http/1.1"])
    return made
