"""Greenlets that carry one journey after another: a new one costs as much as a request, as its stack is mapped anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import greenlet

from surgeproof.load.alarms import to_hub

_MOST_PARKED = 1000
"""Greenlets that wait for another journey: each has a stack of its own, 16 kB."""


class Runners:
    """Runs journeys, each in a greenlet that has none.

    Args:
        hub: Parent of all of them.
        run: One journey, to its end.
        over: Called after each, when it is no longer busy.

    Attributes:
        busy: Greenlets whose journey is open.
    """

    def __init__(self, hub: Any, run: Callable[..., None], over: Callable[[], None]) -> None:
        self.busy: set[greenlet.greenlet] = set()
        self._parked: list[greenlet.greenlet] = []
        self._closed = False
        self._hub = hub
        self._park = to_hub(hub)
        self._run = run
        self._over = over

    def start(self, *journey: Any) -> None:
        """Start one; call it in the hub. It runs until it first waits."""
        if self._parked:
            runner = self._parked.pop()
            runner.gr_context = None  # what one visitor's journey keeps there is not the next one's
        else:
            runner = greenlet.greenlet(self._run_on, parent=self._hub)
        self.busy.add(runner)
        runner.switch(*journey)

    def close(self) -> None:
        """End those that have no journey; the others end with theirs."""
        self._closed = True
        self._hub.loop.run_callback(self._let_go)

    def _run_on(self, *journey: Any) -> None:
        itself, parked, busy = greenlet.getcurrent(), self._parked, self.busy
        while True:
            try:
                self._run(*journey)
            finally:
                busy.discard(itself)
                self._over()
            if self._closed or len(parked) >= _MOST_PARKED:
                return
            parked.append(itself)
            journey = self._park()

    def _let_go(self) -> None:
        # In the hub, to which they return.
        while self._parked:
            self._parked.pop().throw()
