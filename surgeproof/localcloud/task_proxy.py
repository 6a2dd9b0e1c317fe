"""Stands before a task that is no Python ASGI app, so that it too has a virtual CPU: a small HTTP/1.1 proxy.

An ASGI app itself: the starter forks it and wraps it as it does a service's own app. Bodies are held whole.
"""

from __future__ import annotations

import asyncio
import os
from collections import deque
from typing import Any

import httptools

from surgeproof.localcloud.asgi import Message, Receive, Send

UPSTREAM = "SURGEPROOF_UPSTREAM"
"""Environment variable: host:port of the program behind this proxy."""
HOP_BY_HOP = frozenset({b"connection", b"keep-alive", b"transfer-encoding", b"upgrade", b"te", b"trailer", b"expect"})


class UpstreamGoneError(ConnectionError):
    """The program closed the connection before its answer was whole."""


class Upstream(asyncio.Protocol):
    """One connection to the program; one exchange at a time."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.sent = False  # the program may have seen the request
        self.touched = False  # it said something since
        self._headers: list[tuple[bytes, bytes]] = []
        self._body: list[bytes] = []
        self._done: asyncio.Future[None] | None = None
        self._parser: Any = None
        self._headless = False
        self._head_complete = False
        self.reusable = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way to write."""
        if isinstance(transport, asyncio.Transport) or hasattr(transport, "write"):
            self.transport = transport  # ty: ignore[invalid-assignment]

    async def exchange(self, request: bytes, *, head: bool) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        """Send a request and take the whole answer.

        Raises:
            UpstreamGoneError: The connection ended before.
        """
        self.sent = False
        if self.transport is None or self.transport.is_closing():
            raise UpstreamGoneError
        self.sent = True
        self._parser = httptools.HttpResponseParser(self)
        self._headers, self._body, self.touched = [], [], False
        self._headless, self._head_complete = head, False
        self._done = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        await self._done
        self.reusable = self._parser.should_keep_alive() and not head
        return self._parser.get_status_code(), self._headers, b"".join(self._body)

    def data_received(self, data: bytes) -> None:
        """Parse what came."""
        self.touched = True
        if self._parser is None:
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._finish(UpstreamGoneError())

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio names it
        """An answer without a length ends with the connection; all others are cut off."""
        self.reusable = False
        lengthless = self._head_complete and not any(
            name in {b"content-length", b"transfer-encoding"} for name, _ in self._headers
        )
        self._finish(None if lengthless else UpstreamGoneError())

    def on_header(self, name: bytes, value: bytes) -> None:
        """Called by the parser."""
        self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """Called by the parser."""
        if self._parser.get_status_code() < 200:
            self._headers = []
            return
        self._head_complete = True
        if self._headless:
            self._finish(None)

    def on_body(self, body: bytes) -> None:
        """Called by the parser."""
        self._body.append(body)

    def on_message_complete(self) -> None:
        """Called by the parser."""
        if self._head_complete:
            self._finish(None)

    def _finish(self, error: Exception | None) -> None:
        if self._done is not None and not self._done.done():
            if error is None:
                self._done.set_result(None)
            else:
                self._done.set_exception(error)


_idle: deque[Upstream] = deque()


async def app(scope: Message, receive: Receive, send: Send) -> None:
    """Forward one request; 502 when the program does not answer it."""
    body = b""
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break  # the work is done all the same
        body += message.get("body", b"")
        more = message.get("more_body", False)
    try:
        method = scope["method"]
        status, headers, answer = await _forward(
            _request(scope, body), head=method == "HEAD", repeatable=method not in {"POST", "PATCH"}
        )
    except OSError as error:
        status, headers, answer = 502, [(b"content-type", b"text/plain")], f"no answer: {error!r}".encode()
    kept = [(name, value) for name, value in headers if name not in HOP_BY_HOP]
    await send({"type": "http.response.start", "status": status, "headers": kept})
    await send({"type": "http.response.body", "body": answer})


async def _forward(request: bytes, *, head: bool, repeatable: bool) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    while _idle:
        upstream = _idle.pop()
        try:
            answer = await upstream.exchange(request, head=head)
        except UpstreamGoneError:
            if upstream.touched or (upstream.sent and not repeatable):
                raise
            continue  # it had been closed while idle
        _give_back(upstream)
        return answer
    host, port = os.environ[UPSTREAM].rsplit(":", 1)
    _, upstream = await asyncio.get_running_loop().create_connection(Upstream, host, int(port))
    answer = await upstream.exchange(request, head=head)
    _give_back(upstream)
    return answer


def _give_back(upstream: Upstream) -> None:
    if upstream.reusable:
        _idle.append(upstream)
    elif upstream.transport is not None:
        upstream.transport.close()


def _request(scope: Message, body: bytes) -> bytes:
    target = scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
    headers = [(name, value) for name, value in scope["headers"] if name not in HOP_BY_HOP | {b"content-length"}]
    if body or scope["method"] in {"POST", "PUT", "PATCH"}:
        headers.append((b"content-length", b"%d" % len(body)))
    lines = [b"%s %s HTTP/1.1" % (scope["method"].encode(), target), *(b"%s: %s" % pair for pair in headers)]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body
