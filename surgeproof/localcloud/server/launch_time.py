"""The server's time: real until a launch clock is set, launch time from then on."""

from __future__ import annotations

import time


class LaunchTime:
    """One clock for ages and timeouts that never jumps, and one for dates that moves to the launch's.

    Timeouts of messages that were sent before the launch clock was set go on at its speed; their age is kept.
    """

    def __init__(self) -> None:
        self.speed = 1.0
        self._elapsed = 0.0
        self._since = time.monotonic()
        self._date_offset = time.time()

    def elapsed(self) -> float:
        """Seconds since the server started, each counted at the speed that it had."""
        return self._elapsed + (time.monotonic() - self._since) * self.speed

    def date(self) -> float:
        """Seconds since 1970 of the moment, on the launch's calendar once a launch clock is set."""
        return self._date_offset + self.elapsed()

    def date_millis(self) -> float:
        """`date` in milliseconds."""
        return self.date() * 1000.0

    def date_of(self, elapsed: float) -> float:
        """Seconds since 1970 of a reading of `elapsed`, as the calendar stands now."""
        return self._date_offset + elapsed

    def real(self, span: float) -> float:
        """Real seconds that a span of `elapsed` takes at the speed of now."""
        return span / self.speed

    def follow(self, *, speed: float, started_at: float, curve_start: float) -> None:
        """Follow a launch clock from now on.

        Args:
            speed: Launch seconds in one real second.
            started_at: Reading of the monotonic clock at the start of the curve.
            curve_start: Seconds since 1970 of the start of the curve.
        """
        now = time.monotonic()
        self._elapsed += (now - self._since) * self.speed
        self._since = now
        self.speed = speed
        self._date_offset = curve_start + (now - started_at) * speed - self._elapsed


CLOCK = LaunchTime()
"""The clock of this process."""
