"""A transport with the requests that it sends: what a test asks a server with."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Self

from surgeproof.load.alarms import Alarms
from surgeproof.load.answer import Answer
from surgeproof.load.origin import Origin
from surgeproof.load.request_bytes import RequestWriter
from surgeproof.load.socket_transport import SocketTransport


class Asker:
    """``with Asker(url) as ask: ask("/path")``; ``options`` are the transport's."""

    def __init__(self, url: str, **options: Any) -> None:
        origin = Origin.parse(url)
        self.alarms = Alarms()
        settings: dict[str, Any] = {"connect_timeout": 2, **options}
        self.transport = SocketTransport(origin, alarms=self.alarms, **settings)
        self.requests = RequestWriter(origin.netloc, {"X-Every": "one"})

    def __call__(
        self,
        path: str,
        method: str = "GET",
        body: bytes = b"",
        timeout: float = 2,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        wire = self.requests.full(method, path, headers or {}, body)
        return self.transport.exchange(wire, method, time.monotonic() + timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.transport.close()
        self.alarms.close()
