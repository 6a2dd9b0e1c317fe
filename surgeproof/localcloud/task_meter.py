"""What tasks tell the fleet without a call: a file that both map into memory, one slot of doubles a task."""

from __future__ import annotations

import mmap
import os
from enum import IntEnum
from pathlib import Path
from typing import Protocol

SLOTS = 4096
WIDTH = 64  # doubles in a slot
BUCKETS = 48
FIRST_BOUND = 0.000_25  # seconds; the upper bound of the first bucket of lateness
GROWTH = 1.3  # from one bucket's bound to the next: 0.25 ms to 56 s


class Field(IntEnum):
    """Places in a slot. Each is written by the task alone; eight bytes are written at once on 64-bit machines."""

    ASSIGNED = 0  # seconds of work given to the virtual CPU so far
    FREE_AT = 1  # reading of the monotonic clock at which that work is done
    ARRIVED = 2  # requests that came, the health check's left out
    COMPLETED = 3  # of them, those that the app has finished with
    LATE_MAX = 4  # seconds; how late the machine woke a request whose work was done, at worst
    LISTENING = 5  # reading of the monotonic clock at the end of the app's start-up
    LATENESS = 16  # first of the buckets that count wake-ups by lateness


class Slot(Protocol):
    """One task's doubles."""

    def __getitem__(self, place: int, /) -> float: ...
    def __setitem__(self, place: int, value: float, /) -> None: ...


class TaskMeter:
    """The shared file. Slot 0 is the fleet's word to all tasks: whether virtual CPUs are on."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.exists():
            with path.open("wb") as file:
                # Not a file with holes: writing into one on a full disk would end us by SIGBUS.
                os.posix_fallocate(file.fileno(), 0, SLOTS * WIDTH * 8)
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), 0)
        self._doubles = memoryview(self._map).cast("d")

    def slot(self, number: int) -> memoryview[float]:
        """The doubles of one task; 1 to SLOTS - 1."""
        return self._doubles[number * WIDTH : (number + 1) * WIDTH]

    def clear(self, number: int) -> None:
        """Make a slot ready for a new task."""
        self.slot(number)[:] = memoryview(bytes(WIDTH * 8)).cast("d")

    @property
    def virtual_cpus_on(self) -> bool:
        """Whether tasks make requests wait for their virtual CPU."""
        return self._doubles[0] == 0.0

    def switch_virtual_cpus(self, *, on: bool) -> None:
        """Off, all that waits goes on at once."""
        self._doubles[0] = 0.0 if on else 1.0


def busy_seconds(slot: Slot, now: float) -> float:
    """Seconds of work that a task's virtual CPU has done by `now` (monotonic)."""
    return slot[Field.ASSIGNED] - max(0.0, slot[Field.FREE_AT] - now)


def lateness_bucket(late: float) -> int:
    """Bucket of a lateness in seconds."""
    bound, bucket = FIRST_BOUND, 0
    while late > bound and bucket < BUCKETS - 1:
        bound *= GROWTH
        bucket += 1
    return bucket


def lateness_percentile(counts: list[float], share: float) -> float | None:
    """Upper bound, in seconds, of the bucket that holds a percentile (`share` 0 to 1); None without wake-ups."""
    total = sum(counts)
    if total == 0:
        return None
    seen = 0.0
    for bucket, count in enumerate(counts):
        seen += count
        if seen >= share * total:
            return FIRST_BOUND * GROWTH**bucket
    return FIRST_BOUND * GROWTH ** (BUCKETS - 1)
