"""A share of made-up arrivals, all of one journey."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from surgeproof.load.share import CatalogueNumbers, PhaseBounds, RunSettings, Share, ThinkTimeNumbers


def share_of(arrivals: Sequence[float], **settings: Any) -> Share:
    """``settings`` change those of the run."""
    at = np.array(arrivals, dtype=np.float64)
    given: dict[str, Any] = {
        "run_id": "run",
        "host": "http://x",
        "seed": 1,
        "speed": 1.0,
        "duration": float(at.max(initial=0.0)) + 1.0,
        "phases": (PhaseBounds("all", 0.0, float(at.max(initial=0.0)) + 1.0),),
        "journeys": ("one",),
        "think": ThinkTimeNumbers(0.0, 0.0, 1.0),
        "catalogue": CatalogueNumbers(5, "hero", 0.2, 0.9),
        "order_step": "checkout",
        "request_timeout": 5.0,
        "max_in_flight": 100_000,
    }
    return Share(
        RunSettings(**{**given, **settings}), 0, 1, np.arange(len(at), dtype="i4"), at, np.zeros(len(at), dtype="i2")
    )
