"""What one policy asks for after a datapoint: more tasks, fewer, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Proposal:
    """A policy's wish for the desired count, before floor and ceiling.

    Attributes:
        policy: Name of the policy.
        direction: ``out``, ``in``, or ``none`` (the policy is content, or has no data).
        wanted: Desired count that it asks for; None with ``none``.
        value: The datapoint behind it.
        vetoes_in: Whether the service may not scale in while this stands (a tracking policy that does not
            agree; policies with scale-in disabled and step policies do not vote).
    """

    policy: str
    direction: Literal["out", "in", "none"]
    wanted: int | None = None
    value: float | None = None
    vetoes_in: bool = False
