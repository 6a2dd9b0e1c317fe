"""Reads the queues of the embedded AWS a few times a second, in a thread of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from surgeproof.localcloud.aws_access import AwsAccess

EVERY = 0.2  # real seconds


@dataclass(slots=True)
class QueuePeriod:
    """What was seen of one queue since the last period ended. Real counts; ages in launch seconds."""

    readings: int = 0
    visible: float = 0.0
    in_flight: float = 0.0
    oldest: float = 0.0
    sent: int = 0

    def add(self, visible: int, in_flight: int, oldest: float, sent: int) -> None:
        """Take a reading."""
        self.readings += 1
        self.visible += visible
        self.in_flight += in_flight
        self.oldest = max(self.oldest, oldest)
        self.sent = sent


class QueueWatch:
    """Means and maxima of a period, for the metrics; the last reading, for the live view.

    Args:
        aws: The embedded AWS.
        queues: Names of the queues that services work on.
    """

    def __init__(self, aws: AwsAccess, queues: Sequence[str]) -> None:
        self._aws, self._queues = aws, tuple(queues)
        self._lock = threading.Lock()
        self._periods: dict[tuple[str, int], QueuePeriod] = {}
        self._latest: dict[str, QueuePeriod] = {}
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="queue-watch", daemon=True)
        self.failed = 0  # readings that the embedded AWS did not answer

    def start(self) -> None:
        """Begin to read."""
        if self._queues:
            self._thread.start()

    def take(self, queue: str, period: int) -> QueuePeriod:
        """What was seen since the last call for this queue and period length; without readings, the last one known."""
        with self._lock:
            taken = self._periods.pop((queue, period), None)
            self._periods[queue, period] = QueuePeriod()
            return taken if taken and taken.readings else self._latest.get(queue, QueuePeriod())

    def latest(self, queue: str) -> QueuePeriod:
        """The last reading."""
        with self._lock:
            return self._latest.get(queue, QueuePeriod())

    def stop(self) -> None:
        """End the thread; may be called twice."""
        self._end.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        due = time.monotonic()
        while not self._end.wait(max(0.0, due - time.monotonic())):
            due = max(due + EVERY, time.monotonic())
            try:
                readings = self._aws.queues()
            except Exception:  # noqa: BLE001 - counted; a run whose queues can't be read is told as invalid
                self.failed += 1
                continue
            with self._lock:
                for queue in self._queues:
                    if (reading := readings.get(queue)) is not None:
                        values = reading.visible, reading.in_flight, reading.oldest_age, reading.sent
                        self._latest[queue] = QueuePeriod()
                        for period in [self._latest[queue], *self._open(queue)]:
                            period.add(*values)

    def _open(self, queue: str) -> list[QueuePeriod]:
        return [period for (name, _), period in self._periods.items() if name == queue]
