"""The launch clock: one real second of a rehearsal stands for `speed` launch seconds."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from typing import NewType

LaunchSeconds = NewType("LaunchSeconds", float)
"""Seconds on the launch clock, counted from the start of the curve."""
RealSeconds = NewType("RealSeconds", float)
"""Seconds on this machine's clock."""


@dataclass(frozen=True, slots=True)
class LaunchClock:
    """Converts between launch time and the monotonic clock of this machine.

    Attributes:
        speed: Launch seconds in one real second; 1 in a load test.
        started_at: ``time.monotonic()`` at the start of the curve. One machine only: the monotonic
            clock is shared by its processes on Linux and macOS, and by no other machine.
        curve_start: Launch date and time, with zone, at the start of the curve.
    """

    speed: float
    started_at: float
    curve_start: datetime

    def now(self) -> LaunchSeconds:
        """Launch seconds since the start of the curve; negative before it."""
        return self.launch_seconds(time.monotonic())

    def launch_seconds(self, monotonic: float) -> LaunchSeconds:
        """Launch seconds at a reading of the monotonic clock."""
        return LaunchSeconds((monotonic - self.started_at) * self.speed)

    def monotonic(self, at: float) -> float:
        """Reading of the monotonic clock at a launch second."""
        return self.started_at + at / self.speed

    def real(self, launch: float) -> RealSeconds:
        """Real seconds that a span of launch seconds takes."""
        return RealSeconds(launch / self.speed)

    def date(self, at: float) -> datetime:
        """Launch date and time at a launch second, in the zone of the plan."""
        zone = self.curve_start.tzinfo
        utc = self.curve_start.timestamp() + at
        return datetime.fromtimestamp(utc, tz=zone)

    def seconds_at(self, date: datetime) -> LaunchSeconds:
        """Launch second of a date and time with zone."""
        return LaunchSeconds(date.timestamp() - self.curve_start.timestamp())
