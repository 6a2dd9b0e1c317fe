"""The load engine as a process of its own: started, begun, followed and stopped by a rehearsal or a load test."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from surgeproof.launch.clock import LaunchClock
from surgeproof.launch.records import LoadResult
from surgeproof.load.errors import LoadProcessError
from surgeproof.load.progress import ProgressLine, ProgressTail
from surgeproof.load.run_config import RunConfig
from surgeproof.load.start_files import READY, START, write_json

LOG = "load.log"
CONFIG = "load.json"
_RESULT = "result.json"
_LAST_LINES = 12
_POLL = 0.05


class LoadProcess:
    """One run of Locust on a locustfile, in a session of its own, which dies with the process that started it.

    Start it from a thread that lives as long as the run (see ``die_with_parent``).
    """

    def __init__(self, locustfile: Path, *, processes: int = 1) -> None:
        self._locustfile = locustfile
        self._processes = processes
        self._process: subprocess.Popen[bytes] | None = None
        self._folder = Path()
        self._tail: ProgressTail | None = None

    @property
    def pid(self) -> int | None:
        """Of the process (of the master, when there are several)."""
        return self._process.pid if self._process else None

    def start(self, config: RunConfig, cwd: Path, env: Mapping[str, str] | None = None) -> None:
        """Start it; it prepares the run, and waits for ``begin`` when ``config.wait_for_start``."""
        folder = self._folder = config.folder.resolve()
        folder.mkdir(parents=True, exist_ok=True)
        for name in (READY, START, _RESULT):
            (folder / name).unlink(missing_ok=True)
        settled = config.model_copy(update={"folder": folder, "plan": config.plan.resolve(), "parent_pid": os.getpid()})
        path = folder / CONFIG
        path.write_text(settled.model_dump_json(indent=1), encoding="utf-8")
        command = [sys.executable, "-m", "locust", "-f", str(self._locustfile), "--headless", "--only-summary"]
        command += ["--run-config", str(path)]
        if self._processes > 1:
            port = str(_free_port())
            command += ["--processes", str(self._processes), "--master-bind-host", "127.0.0.1"]
            command += ["--master-bind-port", port, "--master-host", "127.0.0.1", "--master-port", port]
        with (folder / LOG).open("wb") as log:
            self._process = subprocess.Popen(
                command,
                cwd=cwd,
                env=None if env is None else dict(env),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._tail = ProgressTail(folder)

    def wait_ready(self, timeout: float = 60.0) -> None:
        """Return when the arrivals are drawn and all workers are prepared.

        Raises:
            LoadProcessError: It ended, or is not ready in time.
        """
        deadline = time.monotonic() + timeout
        while not (self._folder / READY).exists():
            self.check()
            if time.monotonic() > deadline:
                raise self._error(f"was not ready within {timeout:g} s")
            time.sleep(_POLL)

    def begin(self, clock: LaunchClock) -> None:
        """Let the arrivals start on the launch clock."""
        write_json(self._folder / START, {"started_at": clock.started_at})

    def progress(self) -> list[ProgressLine]:
        """Lines that came since the last call."""
        return self._tail.read() if self._tail else []

    @property
    def running(self) -> bool:
        """Whether the process is alive."""
        return self._process is not None and self._process.poll() is None

    @property
    def killed_by(self) -> int | None:
        """Number of the signal that ended the process: somebody's, or the kernel's when memory is short; else None."""
        code = self._process.poll() if self._process else None
        return -code if code is not None and code < 0 else None

    def check(self) -> None:
        """Say when the process ended before it wrote a result.

        Raises:
            LoadProcessError: It did; with its last lines.
        """
        if not self.running and not (self._folder / _RESULT).exists():
            raise self._error("ended before the run did")

    def wait(self, timeout: float | None = None) -> LoadResult:
        """Wait for the result.

        Raises:
            LoadProcessError: It ended without one, or did not end in time.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        result = self._folder / _RESULT
        while not result.exists():
            self.check()
            if deadline is not None and time.monotonic() > deadline:
                raise self._error(f"was not over within {timeout:g} s")
            time.sleep(_POLL)
        return LoadResult.model_validate_json(result.read_text(encoding="utf-8"))

    def stop(self, grace: float = 8.0) -> None:
        """End it, at any time and as often as you like: politely, then with force. Leaves no process."""
        process = self._process
        if process is None:
            return
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=grace)
        with contextlib.suppress(ProcessLookupError):
            # Its session holds workers that a killed master leaves behind.
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def _error(self, problem: str) -> LoadProcessError:
        log = self._folder / LOG
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
        told = "\n  ".join(line for line in lines[-_LAST_LINES:] if line.strip())
        code = self._process.poll() if self._process else None
        ended = "" if code is None else f" (exit code {code})"
        return LoadProcessError(
            f"the load process {problem}{ended}; its last lines:\n  {told}\n", path=str(log), fix="See its log"
        )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
