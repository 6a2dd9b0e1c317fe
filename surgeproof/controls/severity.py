"""Severity of a control, and its order."""

from __future__ import annotations

from typing import Literal, get_args

Severity = Literal["crit", "high", "med", "low"]

SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""From the worst to the least."""


def at_least(severity: Severity, threshold: Severity) -> bool:
    """Whether a severity is as bad as the threshold, or worse."""
    return SEVERITIES.index(severity) <= SEVERITIES.index(threshold)
