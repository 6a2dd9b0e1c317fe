"""The folder that a run works in: gone when the run is over, however it ended."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from surgeproof.localcloud.reaper import Reaper

LONGEST_FOLDER = 60
"""Characters; a socket's whole path may have 97 (HAProxy; the kernel takes 107)."""


@contextmanager
def workspace() -> Generator[tuple[Path, Reaper]]:
    """A temporary folder and the watcher that removes it, and ends what runs in it, after a kill -9."""
    with Reaper() as reaper:
        folder = Path(tempfile.mkdtemp(prefix="surgeproof-", dir=_short_folder()))
        reaper.watch_folder(folder)
        try:
            yield folder, reaper
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            reaper.forget_folder(folder)


def _short_folder() -> str:
    """The temporary folder of this system, or /tmp where its path leaves no room for that of a socket in it."""
    usual = tempfile.gettempdir()
    return usual if len(usual) <= LONGEST_FOLDER else "/tmp"  # noqa: S108 -- mkdtemp makes a folder of our own in it
