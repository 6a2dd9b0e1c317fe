"""A task's CPU share as a single-server queue: work takes CPU demand / share, one piece after the other."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from surgeproof.localcloud.task_meter import Field, Slot, lateness_bucket

GLANCE = 0.25  # real seconds; how often what waits looks whether the virtual CPU was switched off


class VirtualCpu:
    """First come, first served; utilisation is what the queue's server was busy.

    Two tasks saturate in proportion where two Fargate tasks would, because the wait depends on the declared demand
    and the registered share, and not on this machine's load.

    Args:
        share: vCPU of the task: CPU units / 1024.
        slot: Where work done, and how late the machine woke us, are told.
        switched_on: Asked before each wait; when it says no, nothing waits.
    """

    def __init__(self, share: float, slot: Slot, switched_on: Callable[[], bool]) -> None:
        self._share, self._slot, self._on = share, slot, switched_on
        self._free_at = 0.0

    async def work(self, demand: float) -> float:
        """Queue for a piece of work and let it take its time; done also when nobody waits for it any more.

        Args:
            demand: CPU seconds at a full vCPU.

        Returns:
            Real seconds in the queue before the work began.
        """
        if not self._on():
            return 0.0
        now = time.monotonic()
        start, seconds = max(now, self._free_at), demand / self._share
        due = self._free_at = start + seconds
        slot = self._slot
        slot[Field.ASSIGNED] += seconds
        slot[Field.FREE_AT] = due
        while (left := due - time.monotonic()) > 0:
            await asyncio.sleep(min(left, GLANCE))
            if not self._on():
                return min(start, time.monotonic()) - now
        late = -left
        slot[Field.LATENESS + lateness_bucket(late)] += 1.0
        slot[Field.LATE_MAX] = max(slot[Field.LATE_MAX], late)
        return start - now
