"""The estimate of a whole graph: each quantity times its price, what usage adds, and what is not priced."""

from __future__ import annotations

from dataclasses import dataclass

from surgeproof.graph.model import Graph, Resource
from surgeproof.scaling.cost import compute, network, stores, watching  # noqa: F401 - importing registers them
from surgeproof.scaling.cost.item import COUNTERS, FREE, USAGE
from surgeproof.scaling.cost.prices import Price, PriceTable


@dataclass(frozen=True, slots=True)
class Line:
    """One price of one resource.

    Attributes:
        urn: The resource.
        type: Its type token.
        name: Its logical name.
        price: Name in the table.
        least: A month at the smallest size, in the table's currency.
        most: A month if the largest size were kept all month.
    """

    urn: str
    type: str
    name: str
    price: str
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a stack costs a month.

    Attributes:
        stack: Name of the stack.
        region: Where it lies, as far as the graph tells.
        table: The prices behind it.
        lines: Every priced quantity, dearest first.
        by_use: What is billed by use alone: price name to the number of resources that it applies to.
        unpriced: Prices that the table lacks, with the resources that need them; their cost is in no sum.
        unknown: Types that are neither priced, nor billed by use, nor known to be free.
    """

    stack: str
    region: str | None
    table: PriceTable
    lines: tuple[Line, ...]
    by_use: dict[str, int]
    unpriced: dict[str, tuple[str, ...]]
    unknown: tuple[str, ...]

    @property
    def least(self) -> float:
        """A month at the smallest size, without what is billed by use."""
        return sum(line.least for line in self.lines)

    @property
    def most(self) -> float:
        """A month if everything kept its largest size, without what is billed by use."""
        return sum(line.most for line in self.lines)

    def used_price(self, name: str) -> Price | None:
        """A price of the table, or None."""
        return self.table.prices.get(name)


FREE_SERVICES = (
    "aws:iam/",
    "aws:s3/account",
    "aws:s3/bucket",
    "aws:s3control/",
    "aws:ebs/",
    "aws:account/",
    "aws:organizations/",
)
"""Starts of types that are settings of something else, or of a service that AWS does not bill."""


def estimate(graph: Graph, table: PriceTable) -> Estimate:
    """Count and price everything in a graph.

    Args:
        graph: Of any source.
        table: Prices.
    """
    lines: list[Line] = []
    by_use: dict[str, int] = {}
    unpriced: dict[str, list[str]] = {}
    unknown: set[str] = set()
    for resource in graph.resources:
        if not resource.type.startswith("aws:") or not resource.custom:
            continue
        for name in USAGE.get(resource.type, ()):
            by_use[name] = by_use.get(name, 0) + 1
        counter = COUNTERS.get(resource.type)
        if counter is not None:
            for quantity in counter(graph, resource):
                price = table.prices.get(quantity.price)
                if price is None:
                    unpriced.setdefault(quantity.price, []).append(resource.name)
                    continue
                lines.append(
                    Line(
                        resource.urn,
                        resource.type,
                        resource.name,
                        quantity.price,
                        quantity.least * price.amount,
                        quantity.most * price.amount,
                    )
                )
        elif not _is_free(resource):
            unknown.add(resource.type)
    return Estimate(
        stack=graph.stack,
        region=_region(graph),
        table=table,
        lines=tuple(sorted(lines, key=lambda line: (-line.most, line.urn, line.price))),
        by_use=dict(sorted(by_use.items())),
        unpriced={name: tuple(sorted(names)) for name, names in sorted(unpriced.items())},
        unknown=tuple(sorted(unknown)),
    )


def _is_free(resource: Resource) -> bool:
    return resource.type in FREE or resource.type in USAGE or resource.type.startswith(FREE_SERVICES)


def _region(graph: Graph) -> str | None:
    for resource in graph.resources:
        region = resource.outputs.get("region")
        if isinstance(region, str) and resource.type == "aws:ec2/vpc:Vpc":
            return region
    return None
