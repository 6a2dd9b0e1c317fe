"""Hot pages: answers that were made a moment ago, shared by all tasks. Without Valkey they are made again."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence

from services.adapters.valkey.cache import Cache, CacheDownError

Make = Callable[[], Awaitable[bytes | None]]


class HotPages:
    """Bytes by key, each for a short lifetime. A page that many ask for at once is made once a task."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._making: dict[str, asyncio.Task[bytes | None]] = {}

    async def get(self, key: str, lifetime_s: float, make: Make) -> bytes | None:
        """The page, from the cache or made now; nothing when `make` gives nothing, which is not kept."""
        try:
            page = await self._cache.run(lambda client: client.get(key))
        except CacheDownError:
            page = None
        return page if page is not None else await self._made(key, lifetime_s, make)

    async def get_many(self, keys: Sequence[str], lifetime_s: float, make: Mapping[str, Make]) -> list[bytes | None]:
        """Several pages in one round trip; what is missing is made."""
        if not keys:
            return []
        try:
            pages = await self._cache.run(lambda client: client.mget(keys))
        except CacheDownError:
            pages = [None] * len(keys)
        missing = [key for key, page in zip(keys, pages, strict=True) if page is None]
        made = dict(
            zip(
                missing, await asyncio.gather(*(self._made(key, lifetime_s, make[key]) for key in missing)), strict=True
            )
        )
        return [made.get(key, page) for key, page in zip(keys, pages, strict=True)]

    async def _made(self, key: str, lifetime_s: float, make: Make) -> bytes | None:
        task = self._making.get(key)
        if task is None:
            task = asyncio.create_task(self._make(key, lifetime_s, make))
            self._making[key] = task
            task.add_done_callback(lambda _: self._making.pop(key, None))
        # Shielded: a visitor who leaves does not take the page away from the others who wait for it.
        return await asyncio.shield(task)

    async def _make(self, key: str, lifetime_s: float, make: Make) -> bytes | None:
        page = await make()
        if page is not None:
            # Spread, so that pages that were made together do not all run out together.
            milliseconds = int(lifetime_s * 1000 * random.uniform(0.8, 1.2))
            try:
                await self._cache.run(lambda client: client.set(key, page, px=milliseconds))
            except CacheDownError:
                return page
        return page
