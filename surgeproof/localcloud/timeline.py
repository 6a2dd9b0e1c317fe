"""What happened, on the launch clock: supply, events and metrics, as the verdict reads them."""

from __future__ import annotations

import threading

from surgeproof.launch.clock import LaunchClock
from surgeproof.launch.records import MetricPoint, ScalingEvent, SupplyPoint


class Timeline:
    """Written by the fleet's, the metrics' and the autoscaler's threads; read by anybody at any moment."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._supply: list[SupplyPoint] = []
        self._events: list[ScalingEvent] = []
        self._metrics: list[MetricPoint] = []
        self.clock: LaunchClock | None = None

    def now(self) -> float:
        """Launch second; 0 before the launch clock runs."""
        return max(0.0, self.clock.now()) if self.clock else 0.0

    def add_supply(self, point: SupplyPoint) -> None:
        """Add a point, unless nothing changed. Nothing is kept before the launch clock runs."""
        with self._lock:
            if self.clock is None:
                return
            last = next((known for known in reversed(self._supply) if known.service == point.service), None)
            if last is None or last.model_copy(update={"at": point.at}) != point:
                self._supply.append(point)

    def add_event(self, event: ScalingEvent) -> None:
        """Add an event. Nothing is kept before the launch clock runs."""
        with self._lock:
            if self.clock is not None:
                self._events.append(event)

    def add_metric(self, point: MetricPoint) -> None:
        """Add a datapoint."""
        with self._lock:
            self._metrics.append(point)

    @property
    def supply(self) -> list[SupplyPoint]:
        """All supply points, by time."""
        with self._lock:
            return sorted(self._supply, key=lambda point: point.at)

    @property
    def events(self) -> list[ScalingEvent]:
        """All events, by time."""
        with self._lock:
            return sorted(self._events, key=lambda event: event.at)

    @property
    def metrics(self) -> list[MetricPoint]:
        """All datapoints, by time."""
        with self._lock:
            return sorted(self._metrics, key=lambda point: point.at)
