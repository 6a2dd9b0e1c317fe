"""Conditions that stop a load run: ``error_rate>5%``, ``p95>2s``, over the last ten seconds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surgeproof.load.errors import RunConfigError

WINDOW = 10.0
"""Real seconds that a condition looks back."""
FEWEST = 20
"""Requests below which a condition says nothing."""

_PATTERN = re.compile(r"^\s*(error_rate|p50|p95|p99\.9|p99)\s*>\s*([0-9]*\.?[0-9]+)\s*(%|ms|s)?\s*$")
_FIX = "Quote it for the shell: --abort-if 'p95>2s'"
_ALLOWED = "error_rate>5%, p50>500ms, p95>2s, p99>2s or p99.9>2s"


@dataclass(frozen=True, slots=True)
class AbortGate:
    """One condition; latencies are corrected ones.

    Attributes:
        text: As it was given.
        metric: ``error_rate`` or a percentile.
        limit: A share, or real seconds.
    """

    text: str
    metric: str
    limit: float

    @classmethod
    def parse(cls, text: str) -> AbortGate:
        """Read a condition.

        Raises:
            RunConfigError: It is none.
        """
        match = _PATTERN.match(text)
        if match is None:
            raise RunConfigError("not a condition", path="abort_if", got=text, allowed=_ALLOWED, fix=_FIX)
        metric, number, unit = match.group(1), float(match.group(2)), match.group(3)
        if (metric == "error_rate") != (unit in (None, "%")):
            raise RunConfigError("wrong unit", path="abort_if", got=text, allowed=_ALLOWED, fix=_FIX)
        factor = {"%": 0.01, "ms": 0.001, "s": 1.0, None: 1.0}[unit]
        return cls(text=text.replace(" ", ""), metric=metric, limit=number * factor)

    def holds(self, rows: NDArray[Any]) -> bool:
        """Whether the condition to stop is met by these requests (``SAMPLE_DTYPE``)."""
        if len(rows) < FEWEST:
            return False
        if self.metric == "error_rate":
            return float(np.mean(~rows["ok"])) > self.limit
        return float(np.percentile(rows["latency"], float(self.metric[1:]))) > self.limit
