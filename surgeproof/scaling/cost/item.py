"""One priced quantity of a resource, and the registry of what counts them, by resource type."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from surgeproof.graph.model import Graph, Resource

HOURS = 730
"""Hours of a month as AWS's own calculator takes it: 365 x 24 / 12."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """How much of one price a resource takes.

    Attributes:
        price: Name in the price table.
        least: Units a month at the smallest size.
        most: Units a month if the largest size were kept all month; the same as ``least`` for what does not scale.
    """

    price: str
    least: float
    most: float


def fixed(price: str, units: float) -> Quantity:
    """A quantity that does not scale, in units a month."""
    return Quantity(price, units, units)


def hourly(price: str, units: float = 1, most: float | None = None) -> Quantity:
    """A quantity that runs all month, in units."""
    return Quantity(price, units * HOURS, (units if most is None else most) * HOURS)


Counter = Callable[[Graph, Resource], Iterator[Quantity]]
COUNTERS: dict[str, Counter] = {}
"""What a resource takes by the hour or the month, by type token."""
USAGE: dict[str, tuple[str, ...]] = {}
"""Prices of what is billed by use alone, by type token: a month of it depends on traffic, so none is claimed."""
FREE: set[str] = set()
"""Types that AWS does not bill."""


def counts(*types: str) -> Callable[[Counter], Counter]:
    """Register what counts the quantities of these types."""

    def register(counter: Counter) -> Counter:
        for type_ in types:
            COUNTERS[type_] = counter
        return counter

    return register


def number(value: Any, default: float = 0.0) -> float:
    """A figure of the provider's, which may come as text; the default when it is unknown or absent."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return default
