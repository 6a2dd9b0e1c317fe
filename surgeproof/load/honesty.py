"""How good the generator itself was: its share of a core, its lateness, and whether the clock jumped."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surgeproof.load.buckets import Buckets, micros_of


class GeneratorMeter:
    """Read once a second in the process that drives the load."""

    def __init__(self) -> None:
        self._lag = Buckets()
        self._begun = (time.monotonic(), time.process_time())
        self._last = self._begun
        self._offset = time.time() - time.monotonic()
        self.cpu_now = 0.0
        self.cpu_max = 0.0
        self.clock_jump = 0.0
        self.lag_max = 0.0

    def tick(self, rows: NDArray[Any]) -> None:
        """Take in the requests of the last second (``SAMPLE_DTYPE``).

        Lag is how much later than intended the generator sent a request: corrected minus raw latency.
        """
        wall, cpu = time.monotonic(), time.process_time()
        if wall - self._last[0] >= 0.2:  # a shorter stretch says nothing about a second
            self.cpu_now = (cpu - self._last[1]) / (wall - self._last[0])
            self.cpu_max = max(self.cpu_max, self.cpu_now)
            self._last = (wall, cpu)
        self.clock_jump = max(self.clock_jump, abs(time.time() - wall - self._offset))
        if len(rows):
            lag = lag_of(rows)
            self.lag_max = max(self.lag_max, float(lag.max()))
            self._lag.add(micros_of(lag))

    @property
    def cpu_mean(self) -> float:
        """Share of one core since the start."""
        wall, cpu = time.monotonic() - self._begun[0], time.process_time() - self._begun[1]
        return cpu / wall if wall > 0 else 0.0

    @property
    def lag_p99(self) -> float:
        """Real seconds."""
        return self._lag.percentile(99) / 1e6


def lag_of(rows: NDArray[Any]) -> NDArray[np.float64]:
    """How much later than intended each request was sent, real seconds."""
    return np.maximum(0.0, rows["latency"].astype(np.float64) - rows["raw"])
