"""The scope map: what is inside the card-data environment, what is connected to it, what is out, and every way in.

Inside is what is tagged ``pci-scope: cde``. Connected is what has a way in or out of it, whatever its tag says. A way
in from what is tagged neither ``cde`` nor ``connected`` is undeclared (PCI DSS 4.0.1, 1.2.3 and 12.5.2).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from surgeproof.controls.context import Context
from surgeproof.controls.placement import SCOPE_TAG, tags
from surgeproof.controls.scope_flows import Way, ways
from surgeproof.graph.model import STACK_TYPE, Graph, Resource

Place = Literal["inside", "connected", "out"]
DECLARED = frozenset({"cde", "connected"})


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Node(_Frozen):
    """One resource on the map."""

    urn: str
    name: str
    type: str
    place: Place
    tagged: str = Field(description="Value of pci-scope; empty without one, `other` where it is no scope")
    file: str | None = None
    line: int | None = None


class Flow(_Frozen):
    """One way from one resource to another, with at least one of them inside."""

    source: str = Field(description="URN; or a name for what is of no resource, as the internet")
    target: str
    kind: str = Field(description="network, route, role, key, queue, event or function")
    by: str = Field(description="What makes it: the rule, the statement, the subscription")
    declared: bool = Field(description="Whether the source is tagged as of the environment, or as connected to it")


class ScopeMap(_Frozen):
    """The map of one graph."""

    project: str
    stack: str
    nodes: tuple[Node, ...]
    flows: tuple[Flow, ...]

    def of(self, place: Place) -> tuple[Node, ...]:
        """Resources in one place."""
        return tuple(item for item in self.nodes if item.place == place)

    @property
    def undeclared(self) -> tuple[Flow, ...]:
        """Ways in that nobody has declared."""
        return tuple(item for item in self.flows if not item.declared)


def scope_map(graph: Graph) -> ScopeMap:
    """The map of a graph, computed from tags, security groups, routes, identity policies, keys, queues and events."""
    context = Context(graph)
    real = [item for item in graph.resources if item.custom and item.type != STACK_TYPE and "/" in item.type]
    tagged = {item.urn: _told(tags(context, item).get(SCOPE_TAG, "")) for item in real}
    inside = {urn for urn, scope in tagged.items() if scope == "cde"}
    touching = [way for way in ways(context) if (way.source in inside) != (way.target in inside)]
    connected = {urn for way in touching for urn in (way.source, way.target)} - inside
    nodes = tuple(_node(item, tagged[item.urn], inside, connected) for item in real)
    flows = sorted({_flow(way, tagged, inside) for way in touching}, key=lambda item: (item.declared, *_order(item)))
    return ScopeMap(project=graph.project, stack=graph.stack, nodes=nodes, flows=tuple(flows))


def _order(flow: Flow) -> tuple[str, str, str, str]:
    return flow.target, flow.source, flow.kind, flow.by


def _told(scope: str) -> str:
    """A scope as it may be shown: what is none is not repeated, for it may be anything."""
    return scope if scope in {"", "cde", "connected", "out"} else "other"


def _node(item: Resource, tagged: str, inside: Iterable[str], connected: Iterable[str]) -> Node:
    place: Place = "inside" if item.urn in inside else "connected" if item.urn in connected else "out"
    where = item.location
    return Node(
        urn=item.urn,
        name=item.name,
        type=item.type,
        place=place,
        tagged=tagged,
        file=where.file if where else None,
        line=where.line if where else None,
    )


def _flow(way: Way, tagged: dict[str, str], inside: set[str]) -> Flow:
    """A way out of the environment needs no declaration here: egress has controls of its own."""
    declared = way.target not in inside or tagged.get(way.source, "") in DECLARED
    return Flow(source=way.source, target=way.target, kind=way.kind, by=way.by, declared=declared)
