"""Two shapes of a stack compared: what a deployment would create, delete, update and replace."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from surgeproof.review.hiding import hidden, name_of_value
from surgeproof.review.shape import Shape, Shapes

Kind = Literal["create", "delete", "update", "replace"]
ReplaceKeys = Callable[[str], Collection[str]]
"""Input properties whose change means a new resource, by type token."""

_ORDER: dict[Kind, int] = {"replace": 0, "delete": 1, "create": 2, "update": 3}


@dataclass(frozen=True, slots=True)
class Difference:
    """One property that differs.

    Attributes:
        path: ``deploymentCircuitBreaker.enable``.
        old: Value before; None when it was not there.
        new: Value after; None when it is gone.
    """

    path: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one resource.

    Attributes:
        kind: create, delete, update or replace.
        shape: The resource as it will be; as it was, for a delete.
        differences: Properties that differ; none for create and delete.
        why: For a replacement, the properties that force it, or whose replacement it follows.
        renamed_from: Logical name under which it was known before; a new URN is a new resource.
    """

    kind: Kind
    shape: Shape
    differences: tuple[Difference, ...] = ()
    why: str = ""
    renamed_from: str | None = None


def compare(old: Shapes, new: Shapes, replace_keys: ReplaceKeys) -> list[Change]:
    """Changes from one shape to another, the most severe first, and causes before what follows from them.

    A resource whose URN is new and that says the same as one that is gone was renamed: the engine makes a new one and
    deletes the old one, unless the program gives an alias.

    Args:
        old: What is there.
        new: What the program asks for.
        replace_keys: Which properties force a new resource.
    """
    changes = {
        urn: change for urn in sorted(old.keys() & new.keys()) if (change := _changed(old[urn], new[urn], replace_keys))
    }
    _follow(changes, old, new, replace_keys)
    gone = {urn: old[urn] for urn in sorted(old.keys() - new.keys())}
    for urn in sorted(new.keys() - old.keys()):
        twin = _twin(new[urn], gone)
        if twin is not None:
            del gone[twin.urn]
            before = twin.name if twin.name != new[urn].name else f"{twin.name} below {twin.parent}"
            changes[urn] = Change("replace", new[urn], (), "has a new name and no alias", before)
        else:
            changes[urn] = Change("create", new[urn])
    changes |= {urn: Change("delete", shape) for urn, shape in gone.items()}
    found = [change for change in changes.values() if change.shape.type.startswith("aws:")]
    return sorted(found, key=lambda item: (_ORDER[item.kind], not item.differences, item.shape.type, item.shape.name))


def _changed(old: Shape, new: Shape, replace_keys: ReplaceKeys) -> Change | None:
    ignored = set(new.options.get("ignore_changes", ()))
    found = tuple(item for item in _differences(old.inputs, new.inputs, "") if _top(item.path) not in ignored)
    if old.options != new.options:
        found = (*found, *_differences(old.options, new.options, "options."))
    if not found:
        return None
    forcing = {*replace_keys(new.type), *new.options.get("replace_on_changes", ())}
    reasons = sorted({_top(item.path) for item in found if not item.path.startswith("options.")} & forcing)
    if reasons:
        return Change("replace", new, found, f"{', '.join(reasons)} cannot be changed in place")
    return Change("update", new, found)


def _follow(changes: dict[str, Change], old: Shapes, new: Shapes, replace_keys: ReplaceKeys) -> None:
    """A replaced resource has a new id, so that what names it in a property that forces one is replaced as well."""
    settled = False
    while not settled:
        settled = True
        replaced = {f"{item.shape.kind} {item.shape.name}" for item in changes.values() if item.kind == "replace"}
        for urn in old.keys() & new.keys():
            known = changes.get(urn)
            if known is not None and known.kind == "replace":
                continue
            shape = new[urn]
            ignored = set(shape.options.get("ignore_changes", ()))
            forcing = {*replace_keys(shape.type), *shape.options.get("replace_on_changes", ())} - ignored
            causes = sorted({user for key in forcing for user in shape.uses.get(key, ()) if user in replaced})
            if causes:
                differences = known.differences if known else ()
                changes[urn] = Change("replace", shape, differences, f"follows {', '.join(causes)}")
                settled = False


def _twin(shape: Shape, gone: Mapping[str, Shape]) -> Shape | None:
    """The resource that is gone and says the same, its names aside."""
    mine = _nameless(shape)
    return next((item for item in gone.values() if item.type == shape.type and _nameless(item) == mine), None)


def _nameless(shape: Shape) -> Any:
    def without(value: Any) -> Any:
        if isinstance(value, str):
            return value.replace(shape.name, "")
        if isinstance(value, Mapping):
            return {key: without(item) for key, item in value.items() if key not in {"tags", "name"}}
        if isinstance(value, list):
            return [without(item) for item in value]
        return value

    return without(shape.inputs)


def _top(path: str) -> str:
    return path.partition(".")[0].partition("[")[0]


def _differences(old: Any, new: Any, path: str, name: str = "") -> Iterator[Difference]:
    """What differs below ``path``; ``name`` is what the value is called, by which a secret is told and hidden."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted(old.keys() | new.keys()):
            called = (name_of_value(new) or name_of_value(old) or key) if key == "value" else key
            inner = f"{path}{'.' if path and path[-1] != '.' else ''}{key}"
            yield from _differences(old.get(key), new.get(key), inner, called)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (left, right) in enumerate(zip(old, new, strict=True)):
            yield from _differences(left, right, f"{path}[{index}]", name)
    elif old != new:
        yield Difference(path, hidden(name, old), hidden(name, new))
