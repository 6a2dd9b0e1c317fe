"""Lists as CloudFront takes them, with their length beside them, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.model import ListShape, Shape, StructureShape


def counted(shape: Shape, value: Any) -> Any:
    """A provider's value with each list as ``{quantity, items}`` where botocore's model has it so.

    The provider writes either a list, or an object that holds ``items``.
    """
    if isinstance(shape, ListShape):
        return [counted(shape.member, item) for item in value] if isinstance(value, list) else value
    if not isinstance(shape, StructureShape):
        return value
    members = {name.lower(): inside for name, inside in shape.members.items()}
    if {"quantity", "items"} <= set(members):
        held = dict(value) if isinstance(value, Mapping) else {"items": value if isinstance(value, list) else [value]}
        items = [counted(members["items"].member, item) for item in held.pop("items", None) or []]
        rest = {
            name: counted(members[name.lower()], item) if name.lower() in members else item
            for name, item in held.items()
        }
        # An empty list is told by its length alone.
        return {**rest, "quantity": len(items), **({"items": items} if items else {})}
    if not isinstance(value, Mapping):
        return value
    return {
        name: counted(members[name.lower()], item) if name.lower() in members else item for name, item in value.items()
    }


def uncounted(asked: Any, told: Any) -> Any:
    """What AWS tells, with a plain list wherever the program wrote one."""
    if isinstance(asked, list):
        items = (told.get("Items") or []) if isinstance(told, Mapping) else told
        if not isinstance(items, list) or len(items) != len(asked):
            return items
        return [uncounted(one, other) for one, other in zip(asked, items, strict=True)]
    if isinstance(asked, Mapping) and isinstance(told, Mapping):
        wanted = {name.lower(): value for name, value in asked.items()}
        return {name: uncounted(wanted.get(name.lower()), value) for name, value in told.items()}
    return told
