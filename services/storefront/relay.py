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
    """Own orders are relayed at once, others' leftovers by a slow poll."""

    def __init__(self, outbox: PostgresOutbox, bus: EventBus) -> None:
        self._outbox = outbox
        self._bus = bus
        self._changed = asyncio.Event()
        self._stopping = asyncio.Event()

    def wake(self) -> None:
        """There is something new in the outbox."""
        self._changed.set()

    def stop(self) -> None:
        """End after the round that is under way, so that what it has sent is not sent again."""
        self._stopping.set()
        self._changed.set()

    async def run(self) -> None:
        """Relay until it is stopped."""
        pause = FIRST_POLL_S
        while not self._stopping.is_set():
            self._changed.clear()
            try:
                relayed = await self._outbox.relay(self._bus)
            except DatabaseUnavailableError as error:
                log.warning("relay waits: %s", error)
                await _wait(self._stopping, LAST_POLL_S)
            except Exception:
                # The relay outlives its own bugs: without it no order would ever be fulfilled.
                log.exception("relay failed")
                await _wait(self._stopping, LAST_POLL_S)
            else:
                if relayed.accepted < relayed.taken:
                    await _wait(self._stopping, LAST_POLL_S)
                elif relayed.taken:
                    pause = FIRST_POLL_S
                else:
                    woken = await _wait(self._changed, pause)
                    pause = FIRST_POLL_S if woken else min(2 * pause, LAST_POLL_S)


async def _wait(event: asyncio.Event, seconds: float) -> bool:
    """Wait for an event, at most so long, spread by half; whether it came."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds * random.uniform(1.0, 1.5)):
            await event.wait()
    return event.is_set()
