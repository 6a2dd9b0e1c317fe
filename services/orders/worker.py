"""The worker's loops: one that fulfils, one that settles."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random

from services.adapters.aws.client import FAILURES
from services.domain.errors import UnavailableError
from services.domain.fulfilment import Fulfilment, UnreadableMessageError
from services.domain.ports import Message, OrderQueue
from services.domain.reconcile import Reconciler

log = logging.getLogger("shop.worker")

FIRST_BACKOFF_S = 0.5
LAST_BACKOFF_S = 10.0


class Worker:
    """Takes one message after the other until it is told to stop; what it has begun it ends."""

    def __init__(self, queue: OrderQueue, fulfilment: Fulfilment, stop: asyncio.Event) -> None:
        self._queue = queue
        self._fulfilment = fulfilment
        self._stop = stop

    async def run(self) -> None:
        """Fulfil until `stop` is set; the poll that is under way is waited for, so that no message is lost to it."""
        backoff = FIRST_BACKOFF_S
        while not self._stop.is_set():
            try:
                message = await self._queue.receive()
                if message:
                    await self._handle(message)
            except (*FAILURES, UnavailableError) as error:
                log.warning("trying again: %s", error)
                await pause(self._stop, backoff)
                backoff = min(2 * backoff, LAST_BACKOFF_S)
            except UnreadableMessageError as error:
                # Not deleted: after maxReceiveCount it is in the dead-letter queue, for a person to look at.
                log.error("%s", error)  # noqa: TRY400 - a traceback says nothing more
            except Exception:
                log.exception("a message is left for another try")
                await pause(self._stop, backoff)
            else:
                backoff = FIRST_BACKOFF_S

    async def _handle(self, message: Message) -> None:
        keeper = asyncio.create_task(self._keep_hidden(message))
        try:
            await self._fulfilment.handle(message.body)
        finally:
            keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await keeper
        # Only now, after the commit: a worker that dies before this line leaves the message to another.
        await self._queue.delete(message)

    async def _keep_hidden(self, message: Message) -> None:
        """Extend the message's visibility while a long fulfilment lasts."""
        try:
            # Most are done long before the question is worth asking.
            await asyncio.sleep(5)
            visible_after = await self._queue.visibility_timeout()
            while True:
                await self._queue.extend(message)
                await asyncio.sleep(max(1.0, visible_after / 2))
        except FAILURES as error:
            log.warning("a message may come twice: %s", error)


async def reconcile(reconciler: Reconciler, stop: asyncio.Event, *, every_s: float) -> None:
    """Settle half-way orders every so many seconds, until `stop` is set."""
    while not stop.is_set():
        try:
            await reconciler.run_once()
        except UnavailableError as error:
            log.warning("reconciler waits: %s", error)
        except Exception:
            log.exception("reconciler failed")
        await pause(stop, every_s)


async def pause(stop: asyncio.Event, seconds: float) -> None:
    """Sleep, spread by half either way; ends at once when `stop` is set."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds * random.uniform(0.5, 1.5)):
            await stop.wait()
