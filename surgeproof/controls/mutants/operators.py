"""Operators: one small way each to break a stack. Each gives a mutant of a graph, and says what it has done."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from surgeproof.controls.families import FAMILIES
from surgeproof.controls.mutants.paths import GONE, changed, parsed, parts_of
from surgeproof.graph.model import Graph, Options, Resource

Change = Callable[[Graph, Resource | None], Graph]


@dataclass(frozen=True, slots=True)
class Mutation:
    """A way to break a stack.

    Attributes:
        label: What it does, in a few words.
        change: The mutant of a graph; it is given a resource that keeps the rule, None for a rule of the whole stack.
    """

    label: str
    change: Change


def put(
    path: str,
    value: Any,
    *,
    on: str | None = None,
    linked: bool = False,
    label: str | None = None,
    but: Mapping[str, Any] | None = None,
) -> Mutation:
    """Give a property another value.

    Args:
        path: The property, JSON text looked through.
        value: The value.
        on: Family of the resources that are changed, ``family?part`` of those with that part in their name; the
            resource that is judged when left out.
        linked: Whether the property keeps its links to other resources.
        label: What to call it; by default what is put where.
        but: Other properties that are given at the same time.
    """

    def change(item: Resource) -> Resource:
        made = with_value(item, path, value, linked=linked)
        return made.model_copy(update={"inputs": {**made.inputs, **(but or {})}})

    return Mutation(label or f"{_at(on)}{path} = {_shown(value)}", _each(on, change))


def drop(
    *paths: str, on: str | None = None, but: Mapping[str, Any] | None = None, label: str | None = None
) -> Mutation:
    """Take properties out, and their links; ``but`` gives others at the same time."""

    def change(item: Resource) -> Resource:
        for path in paths:
            item = with_value(item, path, GONE)
        return item.model_copy(update={"inputs": {**item.inputs, **but}}) if but else item

    return Mutation(label or f"{_at(on)}no {', '.join(paths)}", _each(on, change))


def gone(*families: str, where: Callable[[Resource], bool] = lambda _item: True, label: str | None = None) -> Mutation:
    """Take all resources of families out of the program, or those that ``where`` accepts."""
    types = {type_ for family in families for type_ in FAMILIES[family]}

    def change(graph: Graph, _subject: Resource | None) -> Graph:
        return with_resources(graph, (item for item in graph.resources if item.type not in types or not where(item)))

    return Mutation(label or f"no {' and no '.join(families).replace('_', ' ')}", change)


def option(label: str, *, on: str | None = None, **options: Any) -> Mutation:
    """Give resources other Pulumi options."""

    def change(item: Resource) -> Resource:
        return item.model_copy(update={"options": Options(**{**item.options.model_dump(), **options})})

    return Mutation(f"{_at(on)}{label}", _each(on, change))


def reparented(urn: str | None = None) -> Mutation:
    """Put the resource beside the components of the program."""
    where = "beside the components" if urn is None else "under the stack itself"
    return Mutation(f"made {where}", _each(None, lambda item: item.model_copy(update={"parent": urn})))


def edited(
    label: str, path: str, edit: Callable[[Any], Any], *, on: str | None = None, linked: bool = True
) -> Mutation:
    """Change a property by a function of its value, JSON text looked through."""

    def change(item: Resource) -> Resource:
        first, *rest = parts_of(path)
        return with_value(item, path, edit(_read(item.inputs.get(str(first)), rest)), linked=linked)

    return Mutation(f"{_at(on)}{label}", _each(on, change))


def added(
    label: str,
    type_: str,
    inputs: dict[str, Any],
    *,
    outputs: dict[str, Any] | None = None,
    **links: str,
) -> Mutation:
    """Add a resource.

    Args:
        label: What to call it.
        type_: Its type.
        inputs: Its inputs.
        outputs: Its outputs, besides a name and an ARN.
        links: Property to the family that it names the first of; ``family?part`` the first with that part in its name,
            and ``""`` the resource that is judged.
    """

    def change(graph: Graph, subject: Resource | None) -> Graph:
        named = {key: _first(graph, subject, family) for key, family in links.items()}
        new = Resource(
            type=type_,
            name="mutant",
            urn=f"urn:pulumi:{graph.stack}::{graph.project}::{type_}::mutant",
            id="mutant",
            inputs={**{key: item.id for key, item in named.items() if item is not None}, **inputs},
            outputs={"name": "mutant", "arn": "arn:aws:mutant", **(outputs or {})},
            property_dependencies={key: (item.urn,) for key, item in named.items() if item is not None},
        )
        return with_resources(graph, (*graph.resources, new))

    return Mutation(label, change)


def moved(
    label: str, property_: str, to: str, *, on: str | None = None, where: Callable[[Resource], bool] | None = None
) -> Mutation:
    """Let a property name another resource: the first of a family that ``where`` accepts."""

    def change(graph: Graph, subject: Resource | None) -> Graph:
        chosen = next((item for item in _of(graph, to) if where is None or where(item)), None)
        if chosen is None:
            return graph
        new = chosen

        def relink(item: Resource) -> Resource:
            old = item.inputs.get(property_)
            value = [new.id] if isinstance(old, list) else new.id
            return item.model_copy(
                update={
                    "inputs": {**item.inputs, property_: value},
                    "property_dependencies": {**item.property_dependencies, property_: (new.urn,)},
                }
            )

        return _each(on, relink)(graph, subject)

    return Mutation(f"{_at(on)}{label}", change)


def both(label: str, *mutations: Mutation) -> Mutation:
    """Several mutations at once, where one alone leaves the rule kept."""

    def change(graph: Graph, subject: Resource | None) -> Graph:
        for mutation in mutations:
            graph = mutation.change(graph, graph.by_urn(subject.urn) if subject else None)
        return graph

    return Mutation(label, change)


def same_as(property_: str, other: str) -> Mutation:
    """Let a property be what another one is, links and all."""

    def change(item: Resource) -> Resource:
        links = dict(item.property_dependencies)
        if other in links:
            links[property_] = links[other]
        inputs = {**item.inputs, property_: item.inputs.get(other)}
        return item.model_copy(update={"inputs": inputs, "property_dependencies": links})

    return Mutation(f"{property_} is {other}", _each(None, change))


def with_value(item: Resource, path: str, value: Any, *, linked: bool = False) -> Resource:
    """A copy of a resource with a value at a path, `GONE` to take it out."""
    first, *rest = parts_of(path)
    inputs = changed(item.inputs, [first, *rest], value)
    links = {key: urns for key, urns in item.property_dependencies.items() if linked or key != first}
    return item.model_copy(update={"inputs": inputs, "property_dependencies": links})


def with_resources(graph: Graph, resources: Iterable[Resource]) -> Graph:
    """The graph with other resources. Built bare: a copy would keep what the old one had indexed."""
    return Graph.model_construct(project=graph.project, stack=graph.stack, resources=tuple(resources))


def _each(on: str | None, change: Callable[[Resource], Resource]) -> Change:
    def apply(graph: Graph, subject: Resource | None) -> Graph:
        urns = {item.urn for item in _of(graph, on)} if on else {subject.urn} if subject else set()
        return with_resources(graph, (change(item) if item.urn in urns else item for item in graph.resources))

    return apply


def _of(graph: Graph, family: str) -> list[Resource]:
    name, _, part = family.partition("?")
    return [item for type_ in FAMILIES[name] for item in graph.of_type(type_) if part in item.name]


def _first(graph: Graph, subject: Resource | None, family: str) -> Resource | None:
    return next(iter(_of(graph, family)), None) if family else subject


def _read(value: Any, parts: list[str | int]) -> Any:
    value = value if (document := parsed(value)) is None else document
    for part in parts:
        if isinstance(part, str) and isinstance(value, list) and value:
            value = value[0]
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            return None
    return value


def _at(family: str | None) -> str:
    return f"{family.partition('?')[0].replace('_', ' ')}: " if family else ""


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) < 64 else f"{text[:61]}..."
