"""A visitor: the one source of a journey's random choices, fixed by the seed and the arrival's number alone."""

from __future__ import annotations

import math
from bisect import bisect_left
from itertools import accumulate
from random import Random
from typing import Protocol


class CatalogueSpec(Protocol):
    """What of the plan's ``catalogue`` the picks need."""

    @property
    def products(self) -> int:
        """Number of products, the hero among them."""
        ...

    @property
    def hero_sku(self) -> str:
        """The product that the launch is about."""
        ...

    @property
    def hero_share(self) -> float:
        """Share of all picks that go to the hero."""
        ...

    @property
    def zipf(self) -> float:
        """Exponent of the popularity of all others by rank."""
        ...


class ThinkTimeSpec(Protocol):
    """What of the plan's ``think_time`` the draws need: a lognormal, capped."""

    @property
    def mu(self) -> float:
        """Mean of the logarithm, seconds."""
        ...

    @property
    def sigma(self) -> float:
        """Standard deviation of the logarithm."""
        ...

    @property
    def max(self) -> float:
        """Cap, launch seconds."""
        ...


class Popularity:
    """Picks products: the hero by its share, the others by Zipf's law on their rank."""

    def __init__(self, catalogue: CatalogueSpec) -> None:
        self.hero_sku = catalogue.hero_sku
        self.hero_share = catalogue.hero_share
        self._cumulative = list(accumulate(rank**-catalogue.zipf for rank in range(1, catalogue.products)))

    def pick(self, random: Random) -> str:
        """SKU of a product, the hero included."""
        if not self._cumulative or random.random() < self.hero_share:
            return self.hero_sku
        return self.pick_other(random)

    def pick_other(self, random: Random) -> str:
        """SKU of any product but the hero (the hero's when there is no other)."""
        if not self._cumulative:
            return self.hero_sku
        rank = bisect_left(self._cumulative, random.random() * self._cumulative[-1])
        return f"P-{rank + 1:04d}"


class Visitor:
    """One visitor of one run.

    Attributes:
        number: Number of the arrival in the whole schedule, from 0.
    """

    __slots__ = ("_keys", "_popularity", "_random", "_run_id", "_seed", "_think", "number")

    def __init__(self, *, seed: int, number: int, popularity: Popularity, think: ThinkTimeSpec, run_id: str) -> None:
        self.number = number
        self._seed = seed
        self._popularity = popularity
        self._think = think
        self._run_id = run_id
        self._keys = 0
        self._random: Random | None = None

    @property
    def random(self) -> Random:
        """For every choice of the journey. Nothing else draws from it but picks and think time."""
        made = self._random
        if made is None:  # a visitor who draws nothing need not pay for it (6 us, 2.5 kB)
            # A text seed goes through SHA-512, so that neighbouring numbers share nothing, in every process alike.
            made = self._random = Random(f"{self._seed}/{self.number}")
        return made

    @property
    def hero_sku(self) -> str:
        """The product that the launch is about."""
        return self._popularity.hero_sku

    def pick_product(self) -> str:
        """SKU of the product that this visitor looks at next: hero by its share, else by popularity."""
        return self._popularity.pick(self.random)

    def pick_other_product(self) -> str:
        """SKU of a product that is not the hero, by popularity."""
        return self._popularity.pick_other(self.random)

    def new_key(self) -> str:
        """A key that no other visitor and no other run has (idempotency keys, e-mail addresses)."""
        self._keys += 1
        return f"{self._run_id}-{self.number:06d}-{self._keys}"

    def draw_think(self) -> float:
        """Think time before the next step, launch seconds: lognormal, capped."""
        return min(math.exp(self.random.gauss(self._think.mu, self._think.sigma)), self._think.max)
