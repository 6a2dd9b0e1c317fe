"""The orders worker: `python -m services.orders`. SIGTERM lets it end what it has begun."""

from __future__ import annotations

import asyncio
import signal
import sys

from services.domain.errors import DatabaseUnavailableError
from services.logs import log_to_stderr
from services.orders.program import run
from services.settings import Settings, settings_or_exit


async def until_told_to_stop(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await run(settings, stop)


def main() -> int:
    """Run the worker; the exit status."""
    log_to_stderr()
    settings = settings_or_exit(worker=True)
    try:
        asyncio.run(until_told_to_stop(settings))
    except DatabaseUnavailableError as error:
        print(f"shop: DATABASE_URL: {error.message}", file=sys.stderr)  # noqa: T201 - why it ends
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
