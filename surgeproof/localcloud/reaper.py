"""Ends what is left when the command dies by kill -9: a tiny process that holds the other end of a pipe."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Self

from surgeproof.localcloud import reaper_process

_SCRIPT = str(Path(reaper_process.__file__))


class Reaper:
    """Registry of processes and temporary folders that must not outlive this process.

    The watcher lives in a session of its own. It reads the registry from its standard input; end of file means that
    this process is gone, however it went, and then the watcher ends what is still registered and goes too.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pids: set[int] = set()
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", _SCRIPT],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        """The watcher's own pid."""
        return self._process.pid

    def watch(self, pid: int, first: signal.Signals = signal.SIGKILL) -> None:
        """Register a process (and its group, when it leads one): `first` is sent at once, SIGKILL two seconds later."""
        with self._lock:
            self._pids.add(pid)
        self._tell({"watch": pid, "birth": reaper_process.birth(pid), "signal": int(first)})

    def forget(self, pid: int) -> None:
        """The process has ended; its number may be given to another."""
        with self._lock:
            known = pid in self._pids
            self._pids.discard(pid)
        if known:
            self._tell({"forget": pid})

    def watch_folder(self, folder: Path) -> None:
        """Register a folder that is removed with all that is in it."""
        self._tell({"folder": str(folder)})

    def forget_folder(self, folder: Path) -> None:
        """The folder is gone or shall stay."""
        self._tell({"keep": str(folder)})

    def close(self) -> None:
        """End what is still registered, as after a kill -9, and the watcher itself. May be called twice."""
        with self._lock:
            pipe = self._process.stdin
            if pipe is not None and not pipe.closed:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _tell(self, message: dict[str, object]) -> None:
        with self._lock:
            pipe = self._process.stdin
            if pipe is None or pipe.closed:
                return
            with contextlib.suppress(BrokenPipeError):
                pipe.write(json.dumps(message).encode() + b"\n")
                pipe.flush()
