"""How long to wait before what has failed is tried again: longer each time, up to a longest wait."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Backoff:
    """Waits that double, as ECS throttles a service whose tasks never start.

    (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html)

    Attributes:
        first: Real seconds after the first failure.
        last: Longest wait, real seconds.
        failures: How often it failed in a row.
    """

    first: float
    last: float
    failures: int = 0
    _until: float = 0.0

    def over(self, now: float) -> bool:
        """Whether it may be tried; `now` is a reading of the monotonic clock, as below."""
        return now >= self._until

    def failed(self, now: float) -> None:
        """It failed once more, or is about to be tried and may fail."""
        # Beyond 2^60 no wait is longer than the longest, and a float has an end.
        self._until = now + min(self.last, self.first * 2.0 ** min(self.failures, 60))
        self.failures += 1

    def succeeded(self) -> None:
        """It works: the next failure is the first again."""
        self.failures = 0
        self._until = 0.0
