"""An invented beauty catalogue with real proportions: categories, prices and popularity as a large shop has them."""

from __future__ import annotations

import random
from bisect import bisect
from dataclasses import dataclass
from itertools import accumulate, pairwise

# Sephora's published catalogue, 5,504 rows (2021): products by category, and prices in USD at p25, p50, p75 and max.
# Only the names are invented.
CATEGORIES: dict[str, tuple[int, tuple[int, int, int, int]]] = {
    "Makeup": (1505, (24, 30, 39, 320)),
    "Skincare": (1497, (30, 45, 74, 465)),
    "Fragrance": (1004, (36, 84, 124, 340)),
    "Hair": (936, (26, 31, 40, 399)),
    # For these only the median is known; the spread is Makeup's around it (assumed).
    "Bath & Body": (285, (30, 38, 49, 405)),
    "Mini": (198, (14, 18, 23, 192)),
    "Men": (58, (23, 29, 38, 309)),
    "Tools": (21, (18, 22, 29, 235)),
}
CHEAPEST = 0.4
"""Price at p0, as a share of the one at p25 (assumed)."""

BRANDS = ("Alba Noire", "Maison Lune", "Verde & Sel", "Ondine", "Atelier Cassis", "Halcyon", "Petit Jour", "Solenne")
QUALITIES = ("Velvet", "Luminous", "Overnight", "Pure", "Radiant", "Silk", "Midnight", "Weightless", "Rose", "Amber")
KINDS: dict[str, tuple[str, ...]] = {
    "Makeup": ("Lipstick", "Foundation", "Mascara", "Blush", "Eye Palette"),
    "Skincare": ("Serum", "Cream", "Cleanser", "Mask", "Sunscreen"),
    "Fragrance": ("Eau de Parfum", "Eau de Toilette", "Perfume Oil"),
    "Hair": ("Shampoo", "Conditioner", "Hair Oil", "Styling Mist"),
    "Bath & Body": ("Body Lotion", "Bath Salt", "Hand Cream"),
    "Mini": ("Travel Serum", "Travel Set", "Mini Lipstick"),
    "Men": ("Shave Balm", "Beard Oil", "Face Wash"),
    "Tools": ("Brush", "Gua Sha", "Sponge"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One product to put on sale; `rank` 1 is the most popular, as journeys pick by Zipf's law over it."""

    sku: str
    name: str
    brand: str
    category: str
    price_cents: int
    rank: int


def catalogue(products: int, hero_sku: str) -> list[Item]:
    """The hero at rank 1, then P-0001, P-0002, ... by popularity; always the same for the same arguments."""
    draw = random.Random(products)
    names = list(CATEGORIES)
    weights = list(accumulate(count for count, _ in CATEGORIES.values()))
    hero = Item(hero_sku, "Radiant Silk Serum", "Maison Lune", "Skincare", 4500, 1)
    items = [hero]
    for number in range(1, products):
        category = names[bisect(weights, draw.random() * weights[-1])]
        name = f"{draw.choice(QUALITIES)} {draw.choice(KINDS[category])} No. {number}"
        price = _price(CATEGORIES[category][1], draw.random())
        items.append(Item(f"P-{number:04d}", name, draw.choice(BRANDS), category, price, number + 1))
    return items


def _price(quartiles: tuple[int, int, int, int], share: float) -> int:
    """Price in cents at a share of the products, on straight lines between the known points; in whole dollars."""
    low, middle, high, most = quartiles
    # The last percent alone goes up to the maximum: one set is not a quarter of the catalogue.
    points = (
        (0.0, CHEAPEST * low),
        (0.25, low),
        (0.5, middle),
        (0.75, high),
        (0.99, 2 * high),
        (1.0, max(most, 2 * high)),
    )
    for (left, bottom), (right, top) in pairwise(points):
        if share <= right:
            return 100 * round(bottom + (top - bottom) * (share - left) / (right - left))
    raise AssertionError(share)
