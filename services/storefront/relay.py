"""The outbox relay: carries events to the bus in the background of every storefront task."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random

from services.adapters.postgres.outbox import PostgresOutbox
from services.domain.errors import DatabaseUnavailableError
from services.domain.ports import EventBus

log = logging.getLogger("shop.relay")

FIRST_POLL_S = 1.0
LAST_POLL_S = 4.0
"""An idle task looks for events that others left behind (a killed task, a worker) ever more seldom, up to this: forty
idle tasks then cost the database ten small reads a second."""


class OutboxRelay:
    """Runs until it is cancelled. Own orders are relayed at once, others' leftovers by a slow poll."""

    def __init__(self, outbox: PostgresOutbox, bus: EventBus) -> None:
        self._outbox = outbox
        self._bus = bus
        self._changed = asyncio.Event()

    def wake(self) -> None:
        """There is something new in the outbox."""
        self._changed.set()

    async def run(self) -> None:
        """Relay for ever."""
        pause = FIRST_POLL_S
        while True:
            self._changed.clear()
            try:
                relayed = await self._outbox.relay(self._bus)
            except DatabaseUnavailableError as error:
                log.warning("relay waits: %s", error)
                await self._sleep(LAST_POLL_S)
                continue
            except Exception:
                # The relay outlives its own bugs: without it no order would ever be fulfilled.
                log.exception("relay failed")
                await self._sleep(LAST_POLL_S)
                continue
            if relayed.taken and relayed.accepted == relayed.taken:
                pause = FIRST_POLL_S
                continue
            if relayed.taken:
                await self._sleep(LAST_POLL_S)
                continue
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_jittered(pause)):
                    await self._changed.wait()
            pause = FIRST_POLL_S if self._changed.is_set() else min(2 * pause, LAST_POLL_S)

    async def _sleep(self, seconds: float) -> None:
        await asyncio.sleep(_jittered(seconds))


def _jittered(seconds: float) -> float:
    return seconds * random.uniform(1.0, 1.5)
