"""What a command does when nobody reads its output any more, as behind `| head -1`: it ends quietly."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
from collections.abc import Generator
from typing import TextIO

NOBODY_READS = 128 + signal.SIGPIPE
"""Exit code, 141: what a shell tells of a program that SIGPIPE ended, and no verdict's."""


class NobodyReads(Exception):  # noqa: N818 - no error: the reader has seen enough
    """The reader of stdout or stderr is gone."""


@contextlib.contextmanager
def while_read() -> Generator[None]:
    """Tell apart a reader that is gone from every other pipe that breaks: click ends in silence, with 1, for both.

    Raises:
        NobodyReads: Stdout's or stderr's reader is gone.
        RuntimeError: A pipe of our own broke, which is a bug.
    """
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError as error:
        if not any(_unread(stream) for stream in (sys.stdout, sys.stderr)):
            raise RuntimeError("a pipe or a connection of our own broke") from error
        raise NobodyReads from error
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):  # rich ends a program so, also with 1
            raise NobodyReads from end
        raise


def hush() -> None:
    """Let nothing more be told to a reader that is gone, not even what Python writes out when it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        if _unread(stream):
            os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _unread(stream: TextIO) -> bool:
    """Whether it is a pipe or socket without a reader: poll(2) tells POLLERR of one."""
    try:
        poll = select.poll()
        poll.register(stream.fileno(), select.POLLOUT)
    except (OSError, ValueError):  # not a file of the system
        return False
    return any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(0))
