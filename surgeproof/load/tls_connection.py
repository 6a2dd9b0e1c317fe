"""A connection under TLS: the library works on memory, so that a record is one read of the socket and not two."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Callable
from typing import Any

from surgeproof.load.alarms import Alarms
from surgeproof.load.connection import BLOCK, Connection
from surgeproof.load.poller import Poller


class TlsConnection(Connection):
    """As ``Connection``, after ``handshake``."""

    __slots__ = ("_incoming", "_outgoing", "_over", "tls")

    def __init__(self, sock: Any, poller: Poller, alarms: Alarms, on_close: Callable[[Connection], None]) -> None:
        super().__init__(sock, poller, alarms, on_close)
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._over = False
        self.tls: Any = None

    def handshake(self, context: Any, name: str, session: Any) -> None:
        """Agree on keys.

        Args:
            context: An ``SSLContext``.
            name: The server's, for SNI and for its certificate.
            session: Of an earlier connection, to spare the certificates; or None.

        Raises:
            OSError: The peer is not whom it should be, or broke off (``ssl.SSLError``).
        """
        self.tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=name, session=session)
        while True:
            try:
                self.tls.do_handshake()
            except ssl.SSLWantReadError:
                self._flush()
                self._feed()
            except ssl.SSLError:
                # What is wrong is told to the peer, as far as it takes it at once.
                self._say_last_words()
                raise
            else:
                break
        self._flush()
        self.recv = self._recv
        self.send = self._send

    def read(self) -> bytes:
        """See ``Connection``: what is decrypted comes first."""
        while True:
            try:
                return self.recv(BLOCK)
            except BlockingIOError:
                self.wait()

    def write(self, data: bytes) -> None:
        """See ``Connection``."""
        if self.tls is None:  # a proxy is asked in the clear
            super().write(data)
            return
        self.tls.write(data)
        self._flush()

    def finish(self, data: bytes, sent: int) -> None:
        """See ``Connection``."""
        del data, sent
        self._flush()

    def close(self) -> None:
        """Close it, with a goodbye as far as the peer takes it at once."""
        if not self.closed and self.tls is not None:
            with contextlib.suppress(OSError):
                self.tls.unwrap()
            self._say_last_words()
        super().close()

    def _recv(self, size: int) -> bytes:
        """What the socket has, decrypted, all of it: nothing is left in memory that no socket would tell of."""
        if self._over:
            return b""
        self._take(self.sock.recv(BLOCK))
        tls, incoming = self.tls, self._incoming
        parts: list[bytes] = []
        try:
            while part := tls.read(size):
                if not incoming.pending and not tls.pending():
                    return b"".join([*parts, part]) if parts else part
                parts.append(part)
        except ssl.SSLWantReadError:
            if not parts:
                raise BlockingIOError from None  # a part of a record, or a ticket for the next session
        except ssl.SSLError:
            if not parts:
                raise  # else it will say so again: a cut cable still reads as one
        else:
            # The goodbye came with the last bytes: no socket will tell of it again.
            self._over = True
        return b"".join(parts)

    def _send(self, data: bytes) -> int:
        self.tls.write(data)
        cipher = self._outgoing.read()
        try:
            sent = self.sock.send(cipher)
        except BlockingIOError:
            sent = 0
        if sent == len(cipher):
            return len(data)
        self._outgoing.write(cipher[sent:])  # it is encrypted once: ``finish`` sends this
        return 0

    def _flush(self) -> None:
        if self._outgoing.pending:
            super().write(self._outgoing.read())

    def _feed(self) -> None:
        while True:
            self.wait()
            try:
                self._take(self.sock.recv(BLOCK))
            except BlockingIOError:
                continue
            return

    def _take(self, data: bytes) -> None:
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()

    def _say_last_words(self) -> None:
        if self._outgoing.pending:
            with contextlib.suppress(OSError):
                self.sock.send(self._outgoing.read())
