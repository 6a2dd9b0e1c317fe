"""The fleet's side of the starter: asks for tasks, and hears of their pids and their ends."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from surgeproof.localcloud.asgi_command import AsgiCommand
from surgeproof.localcloud.errors import ServiceNeverStartedError
from surgeproof.localcloud.process import ChildProcess
from surgeproof.localcloud.reaper import Reaper
from surgeproof.localcloud.task_child import TaskOrder
from surgeproof.localcloud.task_meter import TaskMeter


class TaskStarter:
    """One preloaded process of one service, from which its tasks are forked.

    Args:
        service: Whose tasks these are.
        command: The container's command, parsed.
        cpu_ms: CPU demand by route, as the settings declare it.
        share: vCPU of a task.
        health_path: Path of the health check, which costs nothing.
        meter: Where tasks tell what they do.
        env: The whole environment of the tasks; the app is loaded in it too.
        cwd: Where the app is found.
        log: The starter's own log.
        reaper: Ends starter and tasks when this process is gone.
    """

    def __init__(
        self,
        service: str,
        command: AsgiCommand,
        *,
        cpu_ms: Mapping[str, float],
        share: float,
        health_path: str | None,
        meter: TaskMeter,
        env: Mapping[str, str],
        cwd: Path,
        log: Path,
        reaper: Reaper,
    ) -> None:
        self._service, self._reaper = service, reaper
        self._lock = threading.Lock()
        self._buffer = b""
        self._pids: dict[str, int] = {}
        self._ended: dict[str, int] = {}
        self._loaded = self._gone = False
        self._channel, theirs = socket.socketpair()
        module = "surgeproof.localcloud.task_starter_process"
        with theirs:
            self._process = ChildProcess.start(
                f"starter of {service}",
                [sys.executable, "-m", module, str(theirs.fileno())],
                log=log,
                reaper=reaper,
                env=env,
                cwd=cwd,
                pass_fds=[theirs.fileno()],
            )
        kind = {"command": asdict(command), "cpu_ms": dict(cpu_ms), "share": share, "health_path": health_path}
        self._tell({**kind, "meter": str(meter.path)})

    def wait_loaded(self, timeout: float = 60.0) -> None:
        """Wait until the app is loaded.

        Raises:
            ServiceNeverStartedError: Loading it failed, or took longer than `timeout` real seconds.
        """
        deadline = time.monotonic() + timeout
        while not self._loaded:
            over = self._process.ended() is not None or time.monotonic() > deadline
            self._listen(0.05)  # also after its end: it may have said why
            if over and not self._loaded:
                raise ServiceNeverStartedError(
                    f"the app of {self._service} can't be loaded: {self._process.log_tail()}",
                    path=f"services.{self._service}.command",
                    fix="Correct the command, or what it imports",
                )

    def start(self, order: TaskOrder) -> None:
        """Ask for a task. Its pid and its end are heard later: see `listen`."""
        self._tell(asdict(order))

    def pid(self, task: str) -> int:
        """Pid of a task, 0 as long as it was not forked."""
        return self._pids.get(task, 0)

    def ended(self, task: str) -> int | None:
        """Exit status of a task (negative: the signal), None while it runs, as heard last."""
        return self._ended.get(task, -signal.SIGKILL if self._gone else None)

    def listen(self) -> None:
        """Hear what the starter has to tell; costs next to nothing and never waits."""
        self._listen(0)
        self._gone = self._process.ended() is not None  # it took its tasks along

    def stop(self) -> None:
        """End the starter and what is left of its tasks."""
        with self._lock:
            self._channel.close()
        self._process.stop(timeout=2.0)
        for task, pid in self._pids.items():
            if task not in self._ended:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                self._reaper.forget(pid)

    def _tell(self, message: Mapping[str, object]) -> None:
        with contextlib.suppress(BrokenPipeError, OSError):
            self._channel.sendall(json.dumps(message).encode() + b"\n")

    def _listen(self, timeout: float) -> None:
        with self._lock:
            if self._channel.fileno() < 0:
                return
            poll = select.poll()
            poll.register(self._channel, select.POLLIN)
            if not poll.poll(timeout * 1000):
                return
            with contextlib.suppress(ConnectionError):
                self._buffer += self._channel.recv(65536)
            while b"\n" in self._buffer:
                line, self._buffer = self._buffer.split(b"\n", 1)
                self._hear(json.loads(line))

    def _hear(self, message: dict[str, object]) -> None:
        if "loaded" in message:
            self._loaded = True
        elif "failed" in message:
            lines = str(message["failed"]).strip().splitlines()
            raise ServiceNeverStartedError(
                f"the app of {self._service} can't be loaded: {lines[-1].rstrip('.')}",
                path=f"services.{self._service}.command",
                fix="Correct the command, or what it imports",
            )
        elif "pid" in message:
            pid = self._pids[str(message["task"])] = int(str(message["pid"]))
            self._reaper.watch(pid)
        elif "ended" in message:
            task = str(message["task"])
            self._ended[task] = int(str(message["ended"]))
            self._reaper.forget(self._pids[task])
