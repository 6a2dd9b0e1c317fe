"""Connections to PostgreSQL that come back by themselves after it was gone."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import TypeVar

import asyncpg

from services.adapters.postgres.login import DatabaseLogin
from services.domain.errors import DatabaseUnavailableError

log = logging.getLogger("shop.postgres")

Connection = asyncpg.pool.PoolConnectionProxy
Result = TypeVar("Result")

LOST = (
    OSError,
    asyncpg.PostgresConnectionError,  # 08xxx, and a connection that was closed in the middle
    asyncpg.CannotConnectNowError,  # starting up, or in recovery
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
)
"""The connection is gone, or none can be had."""
AGAIN = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)
"""PostgreSQL rolled back and asks for the same again."""

ACQUIRE_TIMEOUT_S = 5.0
QUERY_TIMEOUT_S = 10.0
COMEBACK_S = 3.0
"""How long one request waits for a lost database: kill -9 to ready took 0.4 s, an Aurora failover takes up to a minute."""
PROBE_EVERY_S = 0.15


class Database:
    """A small pool. What is run in it is run once more when the connection was lost under it."""

    def __init__(self, url: str, *, login: DatabaseLogin, size: int, name: str) -> None:
        self._login = login
        self._options = {
            "dsn": url,
            "connect": login.connect,
            "min_size": 0,
            "max_size": size,
            "command_timeout": QUERY_TIMEOUT_S,
            "timeout": ACQUIRE_TIMEOUT_S,
            "max_inactive_connection_lifetime": 120.0,
            "server_settings": {"application_name": name, "jit": "off"},
            "reset": _nothing_to_reset,
        }
        self._pool: asyncpg.Pool | None = None
        self._comeback: asyncio.Task[None] | None = None

    async def open(self, *, patience_s: float = 60.0) -> None:
        """Open the pool and wait until the database answers.

        Raises:
            DatabaseUnavailableError: It did not answer for `patience_s` seconds.
        """
        self._pool = await asyncpg.create_pool(**self._options)
        await self._wait_until_ready(patience_s)

    async def close(self) -> None:
        """Close the pool; connections that do not end in time are cut."""
        if self._comeback:
            self._comeback.cancel()
        if self._pool is None:
            return
        try:
            async with asyncio.timeout(5):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()
        self._pool = None

    async def run(self, work: Callable[[Connection], Awaitable[Result]]) -> Result:
        """Run `work` on a connection of its own, and once more when that connection was lost.

        A lost connection may have committed, so `work` must be safe to repeat: reads, and writes that are
        guarded by a unique key or by the state that they start from.

        Raises:
            DatabaseUnavailableError: The database stayed away, or no connection came free in time.
        """
        try:
            try:
                return await self._once(work)
            except TimeoutError:
                # Nothing was lost: the database is slow, or all connections are busy. Asking again would add to it.
                # (It is an OSError too, which is why it comes first.)
                raise
            except LOST as error:
                log.warning("connection lost: %s", error or type(error).__name__)
                await self._wait_for_comeback()
            except AGAIN as error:
                log.info("once more: %s", error)
            return await self._once(work)
        except (*LOST, *AGAIN, TimeoutError) as error:
            raise DatabaseUnavailableError("the database cannot be reached right now") from error

    async def _once(self, work: Callable[[Connection], Awaitable[Result]]) -> Result:
        if self._pool is None:
            raise DatabaseUnavailableError("the database is not open")
        try:
            async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
                try:
                    return await work(connection)
                except asyncpg.InternalClientError as error:
                    # What asyncpg says of an idle connection that was told of the server's end: it is not closed
                    # yet, and would be handed out for ever.
                    connection.terminate()
                    raise ConnectionResetError(str(error)) from error
        except asyncpg.InterfaceError as error:
            # asyncpg has one class for a closed connection and for a wrong use of its own interface.
            if "closed" in str(error) or "released" in str(error):
                raise ConnectionResetError(str(error)) from error
            raise

    async def _wait_for_comeback(self) -> None:
        # One prober for all requests that wait, so that a database that comes up is not trampled.
        if self._comeback is None or self._comeback.done():
            self._comeback = asyncio.create_task(self._wait_until_ready(COMEBACK_S))
        await asyncio.shield(self._comeback)

    async def _wait_until_ready(self, patience_s: float) -> None:
        deadline = asyncio.get_running_loop().time() + patience_s
        while True:
            try:
                await self._once(_select_1)
            except (*LOST, TimeoutError) as error:
                if asyncio.get_running_loop().time() >= deadline:
                    raise DatabaseUnavailableError("the database cannot be reached") from error
                await asyncio.sleep(PROBE_EVERY_S)
            else:
                return


async def _select_1(connection: Connection) -> None:
    await connection.fetchval("SELECT 1")


async def _nothing_to_reset(_connection: object) -> None:
    """Saves a round trip on each use: no session state is ever set, and locks are those of transactions."""


@contextlib.asynccontextmanager
async def opened(*databases: Database) -> AsyncGenerator[None]:
    """Open databases, and close them in the end."""
    try:
        for database in databases:
            await database.open()
        yield
    finally:
        for database in databases:
            await database.close()
