"""Times of a queue, derived from those of the worker behind it: pure arithmetic."""

from __future__ import annotations

import math

VISIBILITY_MAX = 43_200
"""Seconds; SQS hides a message for 12 hours at most (SetQueueAttributes, VisibilityTimeout)."""

MARGIN = 10
"""Seconds for receiving and deleting a message over a slow moment of SQS itself; our choice, not AWS's."""


def visibility_timeout(handler: float, stop: float) -> int:
    """Seconds for which a received message stays hidden, so that nobody gets it while its worker may still finish it.

    A worker that is told to stop the moment before it is done has the stop timeout to end: the worst case is
    one whole handling and one whole stop.

    Args:
        handler: Worst seconds that a worker takes for what it received in one go.
        stop: Seconds from SIGTERM to SIGKILL.
    """
    return math.ceil(handler + stop + MARGIN)
