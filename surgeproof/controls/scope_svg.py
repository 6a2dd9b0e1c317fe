"""The scope map as a picture: three columns, and an arrow for each way in. Colour never carries meaning alone."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from surgeproof.controls.scope import Flow, Node, ScopeMap
from surgeproof.controls.scope_flows import INTERNET

_ROW = 44
_BOX = (300, 34)
_LEFT, _RIGHT = 12, 620
_TOP = 46
_LONGEST = 38


def scope_svg(found: ScopeMap) -> str:
    """The picture, as an element for a page: who comes on the left, what is inside on the right."""
    known = {item.urn: item for item in found.nodes}
    within = {item.urn for item in found.of("inside")}
    coming = _merged(item for item in found.flows if item.target in within)
    sources = list(dict.fromkeys(source for source, _, _ in coming))
    reached = list(dict.fromkeys(target for _, target, _ in coming))
    rows = max(len(reached), len(sources)) + 1
    height = _TOP + rows * _ROW + 12
    left = {urn: _TOP + index * _ROW for index, urn in enumerate(sources)}
    right = {urn: _TOP + index * _ROW for index, urn in enumerate(reached)}
    others = len(within) - len(reached)
    rest = f"{others} {'more ' if reached else ''}without a way in" if within else "nothing is tagged pci-scope: cde"
    parts = [
        f'<svg class="scope" viewBox="0 0 932 {height}" role="img" aria-label="Ways into the card-data environment">',
        (
            '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
            '<path d="M0 0 8 4 0 8z" fill="context-stroke"/></marker></defs>'
        ),
        f'<rect class="zone" x="{_RIGHT - 12}" y="8" width="{_BOX[0] + 24}" height="{height - 16}" rx="8"/>',
        f'<text class="head" x="{_LEFT}" y="30">comes in</text>',
        f'<text class="head" x="{_RIGHT}" y="30">inside the card-data environment</text>',
    ]
    parts += [_arrow(left[source], right[target], flows) for source, target, flows in coming]
    parts += [_box(_LEFT, y, known.get(urn), urn) for urn, y in left.items()]
    parts += [_box(_RIGHT, y, known[urn], urn) for urn, y in right.items()]
    parts.append(f'<text class="dim" x="{_RIGHT + 8}" y="{_TOP + len(reached) * _ROW + 14}">{escape(rest)}</text>')
    return "\n".join([*parts, "</svg>"])


def _merged(flows: Iterable[Flow]) -> list[tuple[str, str, list[Flow]]]:
    """Flows with the same ends, as one arrow; the undeclared ones first."""
    found: dict[tuple[str, str], list[Flow]] = {}
    for item in sorted(flows, key=lambda flow: flow.declared):
        found.setdefault((item.source, item.target), []).append(item)
    return [(source, target, items) for (source, target), items in found.items()]


def _box(x: int, y: int, node: Node | None, urn: str) -> str:
    name = node.name if node else urn
    kind = node.type.rpartition(":")[2] if node else "address" if urn != INTERNET else "everybody"
    place = f"{node.place}, tagged {node.tagged or 'nothing'}" if node else "of no resource"
    shown = name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
    return (
        f"<g><title>{escape(name)}: {escape(kind)}, {escape(place)}</title>"
        f'<rect class="box" x="{x}" y="{y}" width="{_BOX[0]}" height="{_BOX[1]}" rx="5"/>'
        f'<text x="{x + 8}" y="{y + 15}">{escape(shown)}</text>'
        f'<text class="dim" x="{x + 8}" y="{y + 28}">{escape(kind)}</text></g>'
    )


def _arrow(from_y: int, to_y: int, flows: list[Flow]) -> str:
    start, end = _LEFT + _BOX[0], _RIGHT
    y1, y2 = from_y + _BOX[1] // 2, to_y + _BOX[1] // 2
    open_ = not all(item.declared for item in flows)
    told = "; ".join(f"{item.kind}: {item.by}" for item in flows)
    kinds = ", ".join(dict.fromkeys(item.kind for item in flows))
    label = f"undeclared: {kinds}" if open_ else kinds
    middle = (start + end) / 2
    text = f'<text class="flow{" open" if open_ else ""}" x="{middle}" y="{(y1 + y2) / 2 - 4}">{escape(label)}</text>'
    path = f"M{start} {y1}C{middle} {y1} {middle} {y2} {end} {y2}"
    return (
        f'<g><title>{escape(told)}</title><path class="way{" open" if open_ else ""}" d="{path}" '
        f'marker-end="url(#tip)"/>{text if open_ else ""}</g>'
    )
