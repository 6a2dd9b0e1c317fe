"""A real HTTP server in a thread: a shop that answers at once, and paths that misbehave on purpose."""

from __future__ import annotations

import asyncio
import gzip
import json
import ssl
import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Self


@dataclass
class Seen:
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Site:
    """``with Site() as site``: ``site.url``; ``site.seen`` is every request; ``delay`` is a service time in seconds.

    With ``one_at_a_time`` it is a single FIFO server with that service time.
    """

    delay: float = 0.0
    one_at_a_time: bool = False
    tls: ssl.SSLContext | None = None
    host: str = "127.0.0.1"
    seen: list[Seen] = field(default_factory=list)
    connections: int = 0

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._stalled_until = 0.0
        self._tasks: set[asyncio.Task[None]] = set()
        self._server = asyncio.run_coroutine_threadsafe(self._open(), self._loop).result(5)
        self.port = self._server.sockets[0].getsockname()[1]
        host = f"[{self.host}]" if ":" in self.host else self.host
        self.url = f"{'https' if self.tls else 'http'}://{host}:{self.port}"
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def stall(self, seconds: float) -> None:
        """Answer nothing from now on for so long."""

        def begin() -> None:
            self._stalled_until = self._loop.time() + seconds

        self._loop.call_soon_threadsafe(begin)

    def paths(self) -> Counter[str]:
        return Counter(seen.path.partition("?")[0] for seen in list(self.seen))

    async def _open(self) -> asyncio.Server:
        self._turn = asyncio.Lock()
        return await asyncio.start_server(self._serve, self.host, 0, ssl=self.tls, backlog=1000)

    async def _close(self) -> None:
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self.connections += 1
        try:
            while await self._one(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.strip().split("\r\n")
        method, path, _ = first.split(" ")
        headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        if path.startswith("/stall/"):  # for a driver in another process
            self._stalled_until = self._loop.time() + float(path.rpartition("/")[2])
            writer.write(_message(200, json.dumps({"until": self._stalled_until}).encode()))
            await writer.drain()
            return True
        self.seen.append(Seen(method, path, headers, body))
        if self.one_at_a_time:
            async with self._turn:
                await self._work()
        else:
            await self._work()
        return await self._answer(path, headers, writer)

    async def _work(self) -> None:
        await asyncio.sleep(max(0.0, self._stalled_until - self._loop.time()))
        if self.delay:
            await asyncio.sleep(self.delay)

    async def _answer(self, path: str, headers: dict[str, str], writer: asyncio.StreamWriter) -> bool:
        parts = path.partition("?")[0].strip("/").split("/")
        kind = parts[0]
        if kind == "never":
            await asyncio.sleep(3600)
        if kind == "reset":
            writer.transport.abort()
            return False
        if kind == "once":  # a server that closes a kept connection without a word
            writer.write(_message(200, b"{}"))
            await writer.drain()
            return False
        if kind == "half":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
            await writer.drain()
            return False
        if kind == "junk":
            writer.write(b"this is no HTTP at all\r\n\r\n")
            await writer.drain()
            return False
        if kind == "chunked":
            writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for piece in (b'{"a": ', b"[1, 2]", b"}"):
                writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                await writer.drain()
            writer.write(b"0\r\n\r\n")
        else:
            writer.write(_whole(parts, headers))
        await writer.drain()
        return True


def _whole(parts: list[str], headers: dict[str, str]) -> bytes:
    fixed = {
        "elsewhere": (302, b"", ["Location: http://192.0.2.1/"]),
        "loop": (302, b"", ["Location: /loop"]),
        "gzip": (200, gzip.compress(b'{"packed": true}'), ["Content-Encoding: gzip"]),
        "timing": (200, b"{}", ["Server-Timing: vcpu-wait;dur=12.5, db;dur=3"]),
        "captcha": (200, b"<html>Please solve this CAPTCHA</html>", ["Content-Type: text/html"]),
        "checkout": (201, b'{"order_id": "o-1", "status": "placed", "total_cents": 1}', None),
    }
    if parts[0] in fixed:
        return _message(*fixed[parts[0]])
    match parts:
        case ["status", code]:
            return _message(int(code), b"" if code in {"204", "304"} else b'{"error": "as asked"}')
        case ["redirect", code, *to]:
            return _message(int(code), b"", [f"Location: /{'/'.join(to)}"])
        case ["cookie", "set"]:
            return _message(200, b"{}", ["Set-Cookie: session=abc; Path=/; HttpOnly", "Set-Cookie: other=1"])
        case ["cookie", "show"]:
            return _message(200, json.dumps({"cookie": headers.get("cookie")}).encode())
    return _message(200, b'{"items": [], "order_id": "o-1"}')


def _message(status: int, body: bytes, fields: list[str] | None = None) -> bytes:
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", "Content-Type: application/json"]
    if fields and any(field.startswith("Content-Type") for field in fields):
        lines.pop()
    return "\r\n".join([*lines, *(fields or []), "", ""]).encode() + body
