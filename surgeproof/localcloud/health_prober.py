"""Health checks that are really made: when a task answers for the first time, and whether it still does."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from dataclasses import dataclass

from surgeproof.localcloud.deployed import HealthCheck

FIRST_EVERY = 0.03  # real seconds between two tries until a task answers
CHECK_EVERY = 2.0  # real seconds; a check each `interval / speed` would be load of its own


@dataclass(slots=True)
class Health:
    """What is known of one task.

    Attributes:
        ready_at: Reading of the monotonic clock at its first good answer; None before.
        failures: Bad answers in a row since.
    """

    ready_at: float | None = None
    failures: int = 0


class HealthProber:
    """One thread with an event loop that asks all tasks."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._watches: dict[str, asyncio.Task[None]] = {}
        self._thread = threading.Thread(target=self._run, name="health-prober", daemon=True)
        self._thread.start()

    def watch(self, task: str, address: str, port: int, check: HealthCheck) -> Health:
        """Ask a task from now on. The answer fills itself."""
        health = Health()

        def begin() -> None:
            self._watches[task] = self._loop.create_task(_watch(health, address, port, check))

        self._loop.call_soon_threadsafe(begin)
        return health

    def forget(self, task: str) -> None:
        """Ask no more."""

        def end() -> None:
            if watch := self._watches.pop(task, None):
                watch.cancel()

        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(end)

    def stop(self) -> None:
        """End the thread; may be called twice."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        self._loop.close()


async def _watch(health: Health, address: str, port: int, check: HealthCheck) -> None:
    while not await _good(address, port, check):  # noqa: ASYNC110 - another process: nobody sets an event
        await asyncio.sleep(FIRST_EVERY)
    health.ready_at = time.monotonic()
    while True:
        await asyncio.sleep(CHECK_EVERY)
        health.failures = 0 if await _good(address, port, check) else health.failures + 1


async def _good(address: str, port: int, check: HealthCheck) -> bool:
    try:
        async with asyncio.timeout(check.timeout):
            return check.accepts(await _status(address, port, check.path))
    except (OSError, ValueError, IndexError, TimeoutError, asyncio.IncompleteReadError):
        return False


async def _status(address: str, port: int, path: str) -> int:
    reader, writer = await asyncio.open_connection(address, port)
    try:
        agent = "User-Agent: ELB-HealthChecker/2.0"  # as an ALB names itself
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {address}:{port}\r\nConnection: close\r\n{agent}\r\n\r\n".encode())
        line = await reader.readline()
        return int(line.split(b" ", 2)[1]) if line.startswith(b"HTTP/") else 0
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
