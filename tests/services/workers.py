"""The orders worker, in this process or, where it is to be killed, in one of its own."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import AsyncGenerator, Generator, Mapping

from services.domain.payment import PaymentGateway
from services.orders.program import run
from services.settings import read_settings
from tests.services.parts import Parts


@contextlib.asynccontextmanager
async def working(
    parts: Parts, count: int = 1, gateways: Mapping[str, PaymentGateway] | None = None
) -> AsyncGenerator[None]:
    """So many workers in this loop, with a short poll so that they stop soon."""
    stop = asyncio.Event()
    settings = read_settings(parts.environment, worker=True)
    workers = [asyncio.create_task(run(settings, stop, wait_s=1, gateways=gateways)) for _ in range(count)]
    try:
        yield
    finally:
        stop.set()
        await asyncio.gather(*workers)


@contextlib.contextmanager
def running_worker(parts: Parts, **environment: str) -> Generator[subprocess.Popen[bytes]]:
    """A worker as a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "services.orders"],
        env={**os.environ, **parts.environment, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
