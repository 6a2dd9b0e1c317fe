"""The connection to Valkey: fails fast while it is gone, and comes back by itself."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from valkey import exceptions
from valkey.asyncio import BlockingConnectionPool, Valkey
from valkey.asyncio.retry import Retry
from valkey.backoff import NoBackoff
from valkey.credentials import CredentialProvider

log = logging.getLogger("shop.valkey")

Result = TypeVar("Result")

DOWN = (
    OSError,
    TimeoutError,
    exceptions.ConnectionError,  # also while it loads its data
    exceptions.TimeoutError,
    exceptions.OutOfMemoryError,
    exceptions.ReadOnlyError,  # a replica, in the middle of a failover
)
TIMEOUT_S = 2.0
"""For one operation, which ordinarily takes a fraction of a millisecond; long enough for a task that is short of CPU."""
PAUSE_S = 0.25
"""After a failure nobody asks for so long, so that requests do not queue up at a cache that hangs."""
MOST_CONNECTIONS = 16
"""A task: forty tasks stay far under Valkey's 10,000 clients."""


class CacheDownError(Exception):
    """Valkey cannot be used right now."""


class Cache:
    """One Valkey. Operations must be safe to repeat: a broken connection is tried once more.

    Args:
        url: Where it is; with user and password, where it asks for them.
        login: Gives user and password for each new connection, instead.
    """

    def __init__(self, url: str, login: CredentialProvider | None = None) -> None:
        self._client: Valkey = Valkey(
            connection_pool=BlockingConnectionPool.from_url(
                url,
                max_connections=MOST_CONNECTIONS,
                credential_provider=login,
                timeout=TIMEOUT_S,
                # The one timeout below is enough; the driver's own would cost a timer for each read and write.
                socket_timeout=None,
                socket_connect_timeout=TIMEOUT_S,
                retry=Retry(NoBackoff(), 1),
                retry_on_error=[exceptions.ConnectionError],
                lib_name=None,
                lib_version=None,
            )
        )
        self._down_until = 0.0

    async def run(self, work: Callable[[Any], Awaitable[Result]]) -> Result:
        """Run one operation on the client; untyped, as the driver's hints mix its two kinds of client.

        Raises:
            CacheDownError: Valkey cannot be used right now.
        """
        if time.monotonic() < self._down_until:
            raise CacheDownError("the cache was gone a moment ago")
        try:
            async with asyncio.timeout(TIMEOUT_S):
                return await work(self._client)
        except DOWN as error:
            self._down_until = time.monotonic() + PAUSE_S
            log.warning("cache: %s", error or type(error).__name__)
            raise CacheDownError(str(error)) from error

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()
        await self._client.connection_pool.disconnect()
