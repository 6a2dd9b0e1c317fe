"""The review of a change: what happens, what it interrupts, what it costs and what it weakens."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from surgeproof.controls.engine import Parameters, run_controls
from surgeproof.controls.finding import Finding
from surgeproof.controls.registry import all_controls
from surgeproof.graph.model import Graph
from surgeproof.localcloud.handlers import HANDLERS
from surgeproof.review.changes import Change, compare
from surgeproof.review.effects import interruption
from surgeproof.review.shape import shapes_of
from surgeproof.scaling.cost.estimate import estimate
from surgeproof.scaling.cost.prices import PriceTable


@dataclass(frozen=True, slots=True)
class Cost:
    """A month's cost at the smallest size and at the largest, before and after."""

    currency: str
    old_least: float
    old_most: float
    new_least: float
    new_most: float


@dataclass(frozen=True, slots=True)
class Review:
    """What a change means.

    Attributes:
        stack: The stack.
        against: What it was compared with.
        changes: Every change, the most severe first.
        interruptions: URN to what its change interrupts or loses.
        weakens: Findings that are new.
        strengthens: Findings that are gone.
        cost: A month, before and after.
    """

    stack: str
    against: str
    changes: tuple[Change, ...]
    interruptions: dict[str, str]
    weakens: tuple[Finding, ...]
    strengthens: tuple[Finding, ...]
    cost: Cost

    @property
    def counts(self) -> dict[str, int]:
        """Number of changes by kind."""
        return dict(Counter(change.kind for change in self.changes))


def replace_keys(type_: str) -> frozenset[str]:
    """Input properties of a type whose change means a new resource; none for a type that no handler knows."""
    handler = HANDLERS.get(type_)
    return frozenset() if handler is None else handler.replace_on


def review(old: Graph, new: Graph, *, against: str, prices: PriceTable, parameters: Parameters | None = None) -> Review:
    """Compare two graphs of a stack.

    Args:
        old: What is there, or what the other revision makes.
        new: What the program makes now.
        against: What to call the old one.
        prices: Price table.
        parameters: The team's choices, as in `run_controls`.
    """
    changes = tuple(compare(shapes_of(old), shapes_of(new), replace_keys))
    before, after = (_failing(graph, parameters) for graph in (old, new))
    old_cost, new_cost = estimate(old, prices), estimate(new, prices)
    return Review(
        stack=new.stack,
        against=against,
        changes=changes,
        interruptions={change.shape.urn: said for change in changes if (said := interruption(change)) is not None},
        weakens=tuple(after[key] for key in sorted(after.keys() - before.keys())),
        strengthens=tuple(before[key] for key in sorted(before.keys() - after.keys())),
        cost=Cost(prices.currency, old_cost.least, old_cost.most, new_cost.least, new_cost.most),
    )


def _failing(graph: Graph, parameters: Parameters | None) -> dict[tuple[str, str, str, str], Finding]:
    found = run_controls(graph, all_controls(), parameters)
    return {(item.control, item.urn, item.path, item.message): item for item in found if item.verdict == "fail"}
