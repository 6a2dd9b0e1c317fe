"""Ctrl-C and SIGTERM: the first ends the run in order, later ones can't disturb the cleaning up."""

from __future__ import annotations

import signal
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType


def _raise_interrupt(signum: int, frame: FrameType | None) -> None:  # noqa: ARG001 -- a signal handler's signature
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


@contextmanager
def orderly_interrupt() -> Generator[None]:
    """Within this block SIGINT and SIGTERM raise KeyboardInterrupt once, and are ignored from then on.

    What the block started is ended by its own context managers while the exception travels. Main thread only.
    """
    before = {number: signal.signal(number, _raise_interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
