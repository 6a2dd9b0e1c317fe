"""Many visitors at once, who repeat what failed as a shop's app does: the same request, the same key."""

from __future__ import annotations

import asyncio
from collections import Counter
from uuid import uuid4

from starlette.applications import Starlette

from tests.services.asgi_client import Visitor


async def buy_stubbornly(app: Starlette, sku: str, *, tries: int = 60) -> int:
    """Put a product into the cart and pay; the status of the last answer."""
    visitor, key = Visitor(app), str(uuid4())
    for step in (lambda: visitor.post("/cart/items", {"sku": sku}), lambda: visitor.pay(key)):
        for _ in range(tries):
            reply = await step()
            if reply.status != 503:
                break
            await asyncio.sleep(0.1)
        if reply.status >= 300:
            return reply.status
    return reply.status


class Storm:
    """One purchase for each SKU, so many at the same time.

    Attributes:
        statuses: Last answers so far, and their counts.
    """

    def __init__(self, app: Starlette, skus: list[str], *, at_once: int) -> None:
        self.statuses: Counter[int] = Counter()
        self._app = app
        self._gate = asyncio.Semaphore(at_once)
        self._rush = asyncio.gather(*(self._one(sku) for sku in skus))

    async def _one(self, sku: str) -> None:
        async with self._gate:
            self.statuses[await buy_stubbornly(self._app, sku)] += 1

    async def reached(self, answered: int) -> None:
        """Wait until so many have their last answer, and some have not."""
        while self.statuses.total() < answered:  # noqa: ASYNC110 - a watch from outside
            await asyncio.sleep(0.005)
        assert not self._rush.done()

    async def over(self) -> Counter[int]:
        """Wait for all."""
        await self._rush
        return self.statuses


async def storm(app: Starlette, skus: list[str], *, at_once: int) -> Counter[int]:
    """A storm from beginning to end."""
    return await Storm(app, skus, at_once=at_once).over()
