"""From what was counted in a compressed, scaled run to what the launch would show. The one place where this is done."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LaunchScale:
    """Converts figures of this machine to launch scale.

    A launch second holds 1/speed of a real second's arrivals and the share `scale` of the plan's, so that counts are
    too small by both. Rates and ages are not compressed; utilisation is only scaled.

    Attributes:
        speed: Launch seconds in one real second.
        scale: Share of the plan's arrivals that is driven.
    """

    speed: float
    scale: float

    def count(self, real: float) -> float:
        """Requests or messages: of a period, of a backlog, of a whole run."""
        return real * self.speed / self.scale

    def utilisation(self, real: float) -> float:
        """Share of a task's CPU, 0 to 1: at scale c each task has the share c of its work."""
        return min(1.0, real / self.scale)
