"""A graph without what changes from run to run: the same program has the same shape, and a diff of shapes reads well."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from surgeproof.graph.model import SECRET, Graph, Options, Resource

SHORTEST_REFERENCE = 6
"""Characters from which a value of another resource is taken for a reference; shorter ones stand anywhere by chance."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One resource as a reviewer thinks of it.

    Attributes:
        urn: Its URN.
        type: Its type token.
        name: Its logical name.
        parent: Logical name of its parent; None at the top.
        inputs: Its inputs: JSON documents opened, secrets hidden, values of other resources as ``${Kind name.output}``.
        uses: Input property to the resources that its value is made from, ``Kind name``.
        options: Options that differ from the engine's defaults.
    """

    urn: str
    type: str
    name: str
    parent: str | None
    inputs: dict[str, Any]
    uses: dict[str, list[str]] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """Last part of the type: ``Queue``."""
        return self.type.rpartition(":")[2]


Shapes = dict[str, Shape]
"""By URN."""


def shapes_of(graph: Graph) -> Shapes:
    """The shapes of a graph."""
    return {item.urn: _shape(graph, item) for item in graph.resources}


def golden(graph: Graph) -> str:
    """The shape of a graph as a file to be kept and compared: sorted JSON. Tags that most resources have stand once."""
    shapes = shapes_of(graph)
    common = _common_tags(shapes)
    rows = [_row(shape, common) for shape in sorted(shapes.values(), key=lambda item: (item.type, item.name))]
    document = {"project": graph.project, "stack": graph.stack, "tags": common, "resources": rows}
    return json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def read_golden(text: str) -> Shapes:
    """The shapes in a golden file."""
    document = json.loads(text)
    found: Shapes = {}
    for row in document["resources"]:
        inputs = dict(row.get("inputs", {}))
        if "tags" in inputs:
            merged = {**document["tags"], **inputs["tags"]}
            inputs["tags"] = {key: value for key, value in merged.items() if value is not None}
        found[row["urn"]] = Shape(
            row["urn"],
            row["type"],
            row["name"],
            row.get("parent"),
            inputs,
            row.get("uses", {}),
            row.get("options", {}),
        )
    return found


def _shape(graph: Graph, resource: Resource) -> Shape:
    parent = graph.by_urn(resource.parent) if resource.parent else None
    inputs = {}
    for key, value in resource.inputs.items():
        if key in resource.secrets:
            inputs[key] = SECRET
        else:
            inputs[key] = _opened(_referring(value, _references(graph, resource, key)))
    return Shape(
        urn=resource.urn,
        type=resource.type,
        name=resource.name,
        parent=parent.name if parent else None,
        inputs=inputs,
        uses={
            key: sorted({_label(item) for item in graph.sources(resource, key) if item.custom})
            for key in sorted(resource.property_dependencies)
        },
        options=_options(resource.options),
    )


def _label(resource: Resource) -> str:
    return f"{resource.type.rpartition(':')[2]} {resource.name}"


def _references(graph: Graph, resource: Resource, key: str) -> list[tuple[str, str]]:
    """Values of the resources behind an input, and what to call them; the longest first."""
    found: dict[str, str] = {}
    for source in graph.sources(resource, key):
        values = {**source.outputs, "id": source.id}
        for name, value in sorted(values.items()):
            if isinstance(value, str) and len(value) >= SHORTEST_REFERENCE and source.inputs.get(name) != value:
                found.setdefault(value, f"${{{_label(source)}.{name}}}")
    return sorted(found.items(), key=lambda item: -len(item[0]))


def _referring(value: Any, references: list[tuple[str, str]]) -> Any:
    if isinstance(value, str):
        for text, label in references:
            value = value.replace(text, label)
        return value
    if isinstance(value, Mapping):
        return {key: _referring(item, references) for key, item in value.items()}
    if isinstance(value, list):
        return [_referring(item, references) for item in value]
    return value


def _opened(value: Any) -> Any:
    """JSON documents as what they say: their spelling is no change."""
    if isinstance(value, str) and value[:1] in {"{", "["} and not value.startswith("${"):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _options(options: Options) -> dict[str, Any]:
    plain = options.model_dump(exclude_defaults=True, exclude={"version"})
    return {key: list(value) if isinstance(value, tuple) else value for key, value in plain.items()}


def _common_tags(shapes: Shapes) -> dict[str, str]:
    tagged = [shape.inputs["tags"] for shape in shapes.values() if isinstance(shape.inputs.get("tags"), Mapping)]
    counted = Counter((key, str(value)) for tags in tagged for key, value in tags.items())
    return {key: value for (key, value), count in sorted(counted.items()) if count > len(tagged) / 2}


def _row(shape: Shape, common: Mapping[str, str]) -> dict[str, Any]:
    inputs = dict(shape.inputs)
    if isinstance(inputs.get("tags"), Mapping):
        tags = inputs["tags"]
        own = {key: value for key, value in tags.items() if common.get(key) != value}
        inputs["tags"] = {**own, **dict.fromkeys(common.keys() - tags.keys())}  # null: it lacks a common tag
    row: dict[str, Any] = {"type": shape.type, "name": shape.name, "urn": shape.urn, "inputs": inputs}
    if shape.parent:
        row["parent"] = shape.parent
    if shape.uses:
        row["uses"] = shape.uses
    if shape.options:
        row["options"] = shape.options
    return row
