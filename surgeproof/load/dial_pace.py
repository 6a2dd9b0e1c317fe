"""How fast connections are opened, so that opening them never takes the generator's time from the answers."""

from __future__ import annotations

import time

BURST = 64.0
"""Connections that may be opened at once after a quiet while."""
PLAIN, SECURE = 4000.0, 250.0
"""Connections a second after that: a quarter of a core here. One costs 60 µs of CPU, with TLS 1 ms."""


class DialPace:
    """A bucket of permissions that fills with time.

    A generator that was held up for a moment finds many arrivals due and few connections free. Would each open its
    own, at ten (with TLS: fifty) times the cost of a request, it would fall back ever further, and thousands of
    connections would stand where dozens do. So who finds none waits for whichever comes first: one that another
    journey gives back, or the permission to open one. The waiting counts as latency.

    Args:
        secure: Whether a connection begins with TLS.
    """

    def __init__(self, *, secure: bool) -> None:
        self._rate = SECURE if secure else PLAIN
        self._left = BURST
        self._at = time.monotonic()

    def may(self) -> bool:
        """Take a permission, if there is one."""
        now = time.monotonic()
        self._left = min(BURST, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True

    @property
    def next_at(self) -> float:
        """``time.monotonic()`` when there will be one."""
        return self._at + max(0.0, 1.0 - self._left) / self._rate
