"""Wraps a service's ASGI app in its task's virtual CPU, so that the service knows nothing of it."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from surgeproof.launch.demand import CpuDemand
from surgeproof.localcloud.task_meter import Field, Slot
from surgeproof.localcloud.virtual_cpu import VirtualCpu

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


class PacedApp:
    """ASGI middleware: each HTTP request waits for the virtual CPU, then the app runs.

    The health check is left out, as it costs a real task next to nothing. Answers carry
    ``Server-Timing: vcpu-wait;dur=<ms>``, the time in the virtual CPU's queue, without the work itself.
    """

    def __init__(self, app: App, *, cpu: VirtualCpu, demand: CpuDemand, slot: Slot, health_path: str | None) -> None:
        self._app, self._cpu, self._demand, self._slot, self._health = app, cpu, demand, slot, health_path

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one scope, as ASGI calls it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, self._note_start(send))
        elif scope["type"] != "http" or scope["path"] == self._health:
            await self._app(scope, receive, send)
        else:
            await self._paced(scope, receive, send)

    async def _paced(self, scope: Message, receive: Receive, send: Send) -> None:
        self._slot[Field.ARRIVED] += 1.0
        try:
            waited = await self._cpu.work(self._demand.ms(scope["method"], scope["path"]) / 1000)
            timing = (b"server-timing", b"vcpu-wait;dur=%.3f" % (waited * 1000))

            async def send_timed(message: Message) -> None:
                if message["type"] == "http.response.start":
                    message = {**message, "headers": [*message.get("headers", ()), timing]}
                await send(message)

            await self._app(scope, receive, send_timed)
        finally:
            self._slot[Field.COMPLETED] += 1.0

    def _note_start(self, send: Send) -> Send:
        async def note(message: Message) -> None:
            if message["type"] == "lifespan.startup.complete":
                self._slot[Field.LISTENING] = time.monotonic()
            await send(message)

        return note
