"""Tells each request to whoever listens to Locust's ``request`` event, and costs nothing when nobody does."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from locust.event import EventHook
from locust.exception import CatchResponseError
from numpy.typing import NDArray

from surgeproof.launch.records import StepInfo
from surgeproof.load.live_client import words_of

logger = logging.getLogger(__name__)


class RequestListeners:
    """Those that a locustfile or a plugin added; Locust's own, which feeds its statistics, is served by batches.

    They are told once a second, in the process that gathers the run (the master's, when there are workers).
    ``response_time`` is the corrected latency in milliseconds; ``response_length`` is None, as it is counted by
    step; ``response`` is None, as it is not kept; ``context`` holds ``arrival``, ``due_at`` (launch second), ``raw``
    (milliseconds from the actual send) and ``status``.
    """

    def __init__(self, event: EventHook) -> None:
        self._event = event

    def tell(self, rows: NDArray[Any], steps: Sequence[StepInfo]) -> None:
        """Call each of them for each request (``SAMPLE_DTYPE``)."""
        listeners = [listener for listener in self._event._handlers if not _is_locusts(listener)]  # noqa: SLF001
        if not listeners:
            return
        for row in rows:
            step = steps[row["step"]]
            told = {
                "request_type": step.method,
                "name": step.name,
                "response_time": float(row["latency"]) * 1000,
                "response_length": None,
                "response": None,
                "exception": None if row["ok"] else CatchResponseError(words_of(int(row["status"]))),
                "context": {
                    "arrival": int(row["arrival"]),
                    "due_at": float(row["due_at"]),
                    "raw": float(row["raw"]) * 1000,
                    "status": int(row["status"]),
                },
            }
            for listener in listeners:
                _call(listener, told)


def _call(listener: Callable[..., Any], told: dict[str, Any]) -> None:
    try:
        listener(**told)
    except Exception:
        # As Locust does: a listener that fails must not end the run.
        logger.exception("A listener to the request event failed")


def _is_locusts(listener: Callable[..., Any]) -> bool:
    return (getattr(listener, "__module__", None) or "").startswith("locust.")
