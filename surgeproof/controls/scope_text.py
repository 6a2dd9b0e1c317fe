"""The scope map as text, for a terminal and a pull request."""

from __future__ import annotations

from surgeproof.controls.scope import Flow, Place, ScopeMap

_HEADINGS: dict[Place, str] = {
    "inside": "INSIDE the card-data environment",
    "connected": "CONNECTED to it",
    "out": "OUT of it",
}


def scope_text(found: ScopeMap) -> str:
    """The map: what is where, and each way in; the undeclared ones first."""
    names = {item.urn: item.name for item in found.nodes}
    parts = [f"{found.project} · {found.stack}"]
    for place, heading in _HEADINGS.items():
        nodes = found.of(place)
        parts.append(f"{heading}: {len(nodes)}")
        if place != "out":
            parts += [
                f"  {_kind(item.type)}  {item.name}" for item in sorted(nodes, key=lambda node: (node.type, node.name))
            ]
    if not found.of("inside"):
        parts.append(
            "Nothing is tagged pci-scope: cde. Tag what handles card data, or say in writing that nothing does."
        )
    undeclared = found.undeclared
    parts.append(f"UNDECLARED ways in: {len(undeclared)}")
    parts += [f"  {_line(item, names)}" for item in undeclared]
    declared = [item for item in found.flows if item.declared]
    parts.append(f"Other ways in and out: {len(declared)}")
    parts += [f"  {_line(item, names)}" for item in declared]
    return "\n".join(parts)


def _line(flow: Flow, names: dict[str, str]) -> str:
    return f"{names.get(flow.source, flow.source)} -> {names.get(flow.target, flow.target)}  [{flow.kind}: {flow.by}]"


def _kind(type_: str) -> str:
    _, module, kind = type_.split(":")
    return f"{module.partition('/')[0]} {kind}"
