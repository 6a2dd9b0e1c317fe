"""Money is whole cents of one currency; a float never holds an amount."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NewType

Cents = NewType("Cents", int)
"""An amount in the shop's currency, in whole cents."""

CURRENCY = "USD"
"""The one currency of the shop (ISO 4217)."""


def total(amounts: Iterable[tuple[int, int]]) -> Cents:
    """Sum of price x quantity, in cents.

    Args:
        amounts: Pairs of unit price in cents and quantity, neither negative.
    """
    cents = 0
    for price, quantity in amounts:
        if price < 0 or quantity < 0:
            raise ValueError(f"a price and a quantity are never negative: {price} x {quantity}")
        cents += price * quantity
    return Cents(cents)
