"""The tasks of one service as FIFO virtual CPUs behind one balancer: which task takes the next request."""

from __future__ import annotations

import random
from heapq import heappop, heappush
from typing import Literal, get_args

from surgeproof.scaling.errors import ReplayError

Balancing = Literal["least-connections", "random"]
"""``least-connections`` is one balancer that sees every open request (optimistic); ``random`` is many
balancer nodes that see nothing of each other (pessimistic). An ALB has several nodes and lies between."""


class TaskPool:
    """Tasks that serve, and the requests open at each of them.

    Tasks stand in lists by their number of open requests (``levels``), so that the least busy is found
    at once, and ties are broken at random. A task that leaves drains: what it has is still done.

    Attributes:
        free: For each task ever started, the second at which its virtual CPU is done with all it has.
        work: For each task ever started, seconds of virtual CPU given to it so far.
        serving: Numbers of the tasks that serve now.
        taken: Requests taken so far.
        count: Tasks that serve now.
    """

    def __init__(self, tasks: int, *, seed: int, balancing: Balancing = "least-connections") -> None:
        if balancing not in get_args(Balancing):
            raise ReplayError("unknown balancing", got=balancing, allowed=", ".join(get_args(Balancing)))
        self._random = random.Random(seed).random
        self._least = balancing == "least-connections"
        self.free: list[float] = []
        self.work: list[float] = []
        self.serving: list[int] = []
        self.taken = 0
        self._open: list[int] = []
        self._place: list[int] = []  # index in its level; -1 for a task that left
        self._levels: list[list[int]] = [[]]
        self._departures: list[tuple[float, int]] = []
        self._lowest = 0
        self.resize(tasks, 0.0)

    @property
    def count(self) -> int:
        """Tasks that serve now."""
        return len(self.serving)

    def resize(self, tasks: int, at: float) -> None:
        """Start tasks at ``at``, or take the youngest out."""
        while len(self.serving) < tasks:
            task = len(self.free)
            self.free.append(at)
            self.work.append(0.0)
            self._open.append(0)
            self._place.append(len(self._levels[0]))
            self._levels[0].append(task)
            self._lowest = 0
            self.serving.append(task)
        while len(self.serving) > tasks:
            task = self.serving.pop()
            self._leave_level(task)
            self._place[task] = -1

    def _leave_level(self, task: int) -> None:
        level = self._levels[self._open[task]]
        place = self._place[task]
        last = level.pop()
        if last != task:
            level[place] = last
            self._place[last] = place

    def take(self, at: float, service: float, linger: float) -> float:
        """Give a request to a task and return its wait, or -1 when no task serves.

        Args:
            at: Second at which the request comes; never before that of the call before.
            service: Seconds that its work takes on the virtual CPU.
            linger: Seconds that it stays open after its work is done (database, payment).
        """
        departures, levels, opened, place = self._departures, self._levels, self._open, self._place
        while departures and departures[0][0] <= at:
            task = heappop(departures)[1]
            had = opened[task]
            opened[task] = had - 1
            here = place[task]
            if here >= 0:
                level = levels[had]
                last = level.pop()
                if last != task:
                    level[here] = last
                    place[last] = here
                below = levels[had - 1]
                place[task] = len(below)
                below.append(task)
                if had <= self._lowest:
                    self._lowest = had - 1
        if not self.serving:
            return -1.0
        if self._least:
            lowest = self._lowest
            while not levels[lowest]:
                lowest += 1
            self._lowest = lowest
            level = levels[lowest]
            here = int(self._random() * len(level))
            task = level[here]
            last = level.pop()
            if last != task:
                level[here] = last
                place[last] = here
        else:
            task = self.serving[int(self._random() * len(self.serving))]
            self._leave_level(task)
        has = opened[task] + 1
        opened[task] = has
        if has == len(levels):
            levels.append([])
        above = levels[has]
        place[task] = len(above)
        above.append(task)
        self.taken += 1
        start = self.free[task]
        wait = start - at if start > at else 0.0
        done = at + wait + service
        self.free[task] = done
        self.work[task] += service
        heappush(departures, (done + linger, task))
        return wait

    def busy(self, task: int, at: float) -> float:
        """Seconds that a task's virtual CPU has worked until ``at``."""
        return self.work[task] - max(0.0, self.free[task] - at)
