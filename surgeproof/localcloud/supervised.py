"""A database or cache on this machine that is started again at once when it ends unasked, and later if it ends again."""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable

from surgeproof.localcloud.backoff import Backoff
from surgeproof.localcloud.errors import PartFailedError
from surgeproof.localcloud.process import ChildProcess

FIRST_RETRY, LAST_RETRY = 0.05, 5.0
"""Real seconds between two tries to start again; doubled each time until it answers."""


class SupervisedPart(ABC):
    """Base of PostgreSQL and Valkey: start, notice the end, start again, stop.

    `check` is called by the platform's loop a few times a second; it never blocks for long.
    """

    name: str

    def __init__(self) -> None:
        self._child: ChildProcess | None = None
        self._stopping = False
        self._lock = threading.RLock()
        self._retry = Backoff(FIRST_RETRY, LAST_RETRY)
        self._up = False  # it has answered since it was launched
        self.deaths = 0

    @abstractmethod
    def _launch(self) -> ChildProcess:
        """Start the process on the data that is there."""

    @abstractmethod
    def _ready(self) -> bool:
        """Whether it answers its clients."""

    @abstractmethod
    def _end(self, child: ChildProcess) -> None:
        """Stop the process in the way that leaves nothing behind."""

    @property
    def pid(self) -> int:
        """Pid of the running process, 0 when there is none."""
        return self._child.pid if self._child else 0

    def start(self, timeout: float = 30.0) -> None:
        """Start and wait until it answers.

        Raises:
            PartFailedError: It ended, or never answered within `timeout` real seconds.
        """
        with self._lock:
            self._child = self._launch()
        self.wait_ready(timeout)

    def wait_ready(self, timeout: float = 30.0) -> None:
        """Wait until it answers; see `start`."""
        deadline = time.monotonic() + timeout
        while not self._ready():
            child = self._child
            if child is None or child.ended() is not None or time.monotonic() > deadline:
                log = child.log_tail() if child else "not started"
                raise PartFailedError(f"{self.name} does not answer: {log}", fix="Read its log in the run's folder")
            time.sleep(0.01)
        self._up = True

    def check(self, on_death: Callable[[str], None]) -> None:
        """Start it again if it ended unasked; `on_death` is told the name once for each end."""
        with self._lock:
            child = self._child
            if self._stopping:
                return
            if child is not None and child.ended() is None:
                if not self._up and self._ready():
                    self._up = True
                    self._retry.succeeded()
                return
            if child is not None:
                self._child = None
                if self._up:  # else it ended while starting again: the same death
                    self._up = False
                    self.deaths += 1
                    on_death(self.name)
            if self._retry.over(time.monotonic()):
                self._retry.failed(time.monotonic())
                self._child = self._launch()

    def stop(self) -> None:
        """End it for good; may be called twice, and before it was started."""
        with self._lock:
            self._stopping = True
            if self._child is not None:
                self._end(self._child)
                self._child = None
