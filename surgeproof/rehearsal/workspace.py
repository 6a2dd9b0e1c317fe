"""The folder that a run works in: gone when the run is over, however it ended."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from surgeproof.localcloud.reaper import Reaper


@contextmanager
def workspace() -> Generator[tuple[Path, Reaper]]:
    """A temporary folder and the watcher that removes it, and ends what runs in it, after a kill -9."""
    with Reaper() as reaper:
        folder = Path(tempfile.mkdtemp(prefix="surgeproof-"))
        reaper.watch_folder(folder)
        try:
            yield folder, reaper
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            reaper.forget_folder(folder)
