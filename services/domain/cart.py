"""A visitor's cart: how many pieces of which product. Prices are looked up when they are needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.domain.errors import CartLimitError

MOST_PIECES = 10
"""Pieces of one product in a cart; keeps a launch for many buyers rather than a few."""
MOST_PRODUCTS = 50
"""Different products in a cart."""


@dataclass(frozen=True, slots=True)
class Cart:
    """An immutable cart; every change gives a new one.

    Attributes:
        quantities: Pieces by SKU, each 1 to `MOST_PIECES`.
    """

    quantities: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.quantities) > MOST_PRODUCTS:
            raise CartLimitError(f"a cart holds at most {MOST_PRODUCTS} products", limit=MOST_PRODUCTS)
        for sku, quantity in self.quantities.items():
            if not 1 <= quantity <= MOST_PIECES:
                raise CartLimitError(f"a cart holds 1 to {MOST_PIECES} pieces of a product", sku=sku, limit=MOST_PIECES)

    def add(self, sku: str, quantity: int) -> Cart:
        """With so many more pieces of a product."""
        return self.change(sku, self.quantities.get(sku, 0) + quantity)

    def change(self, sku: str, quantity: int) -> Cart:
        """With exactly so many pieces of a product; 0 removes it."""
        if quantity == 0:
            return self.remove(sku)
        return Cart({**self.quantities, sku: quantity})

    def remove(self, sku: str) -> Cart:
        """Without a product; the same cart when it was not in it."""
        return Cart({other: quantity for other, quantity in self.quantities.items() if other != sku})

    @property
    def empty(self) -> bool:
        """Whether there is nothing in it."""
        return not self.quantities
