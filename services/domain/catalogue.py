"""Products and the ways to look at them."""

from __future__ import annotations

from dataclasses import dataclass

PAGE_SIZE = 24
"""Products on one page of a list."""


@dataclass(frozen=True, slots=True)
class Product:
    """One thing on sale.

    Attributes:
        sku: Its number in the shop, such as `P-0042`.
        price_cents: Price of one piece in cents.
        rank: Popularity, 1 is what most people look at.
    """

    sku: str
    name: str
    brand: str
    category: str
    price_cents: int
    rank: int


@dataclass(frozen=True, slots=True)
class ListQuery:
    """One page of the catalogue, all of it or what matches.

    Attributes:
        page: Counted from 1.
        words: Every word must begin a word of the name, brand or category; empty for all.
        category: Exactly this one; empty for all.
    """

    page: int = 1
    words: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True)
class ProductPage:
    """One page of a list, by popularity.

    Attributes:
        total: Products on all pages.
    """

    products: tuple[Product, ...]
    query: ListQuery
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least 1."""
        return max(1, -(-self.total // PAGE_SIZE))
