"""Overrides: ``--set curve.phases[1].to=60`` changes one value of a plan, or of anything nested."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping
from typing import Any

from surgeproof.launch.errors import OverrideError, PlanError
from surgeproof.launch.yaml_source import FieldPath, scalar

_PART = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
_PATH = re.compile(r"[^.\[\]=]+(\.[^.\[\]=]+|\[\d+\])*")
_ALLOWED = "a.b.c=value, with list items by number: curve.phases[1].to=60 or curve.phases.1.to=60"


def parse_override(text: str) -> tuple[str, Any]:
    """Path and value of ``path=value``; the value is a YAML scalar, list or mapping.

    Raises:
        OverrideError: When it has no ``=``, no sound path, or its value is no YAML.
    """
    path, equals, value = text.partition("=")
    path = path.strip()
    if not equals or not _PATH.fullmatch(path):
        raise OverrideError("is not an override", path="--set", got=text, allowed=_ALLOWED, fix="Write path=value")
    try:
        return path, scalar(value)
    except PlanError:
        raise OverrideError(
            "has a value that is not YAML", path=f"--set {path}", got=value, fix="Quote the value"
        ) from None


def parse_overrides(texts: Iterable[str]) -> dict[str, Any]:
    """All of several ``path=value``; the last one of a path counts.

    Raises:
        OverrideError: At the first that cannot be understood.
    """
    return dict(parse_override(text) for text in texts)


def field_path(path: str) -> FieldPath:
    """Keys and indexes of a written path; numbers stay texts where they follow a dot."""
    return tuple(int(index) if index else key for key, index in _PART.findall(path))


def written_path(path: FieldPath) -> str:
    """A path as people write it: ``curve.phases[2].to``."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")


def _item(items: list[Any], part: str | int, path: str) -> int:
    if isinstance(part, str) and not part.isdecimal():
        names = [item.get("name") if isinstance(item, dict) else None for item in items]
        if part in names:  # phases may be addressed by their names
            return names.index(part)
    allowed = f"0 to {len(items) - 1}" if items else "nothing: the list is empty"
    if (isinstance(part, str) and not part.isdecimal()) or int(part) >= len(items):
        raise OverrideError(
            "addresses no item", path=f"--set {path}", got=part, allowed=allowed, fix="Correct the path"
        )
    return int(part)


def _set(node: Any, parts: FieldPath, value: Any, path: str) -> FieldPath:
    """Set one value; returns its path with names of items resolved to their numbers."""
    resolved: list[str | int] = []
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        if isinstance(node, list):
            key: Any = _item(node, part, path)
        elif isinstance(node, dict):
            key = str(part)
            if not last and node.get(key) is None:
                node[key] = {}
        else:
            raise OverrideError(
                "goes below a plain value",
                path=f"--set {path}",
                got=written_path(parts[number:]),
                fix="Shorten the path",
            )
        resolved.append(key)
        if last:
            node[key] = value
        else:
            node = node[key]
    return tuple(resolved)


def apply_overrides(data: Mapping[str, Any], overrides: Mapping[str, Any]) -> tuple[dict[str, Any], list[FieldPath]]:
    """A copy of nested data with values set by path. What the path means is for the model to judge.

    Args:
        data: Nested mappings and lists, as YAML gives them.
        overrides: Written path to value.

    Returns:
        The changed copy, and the paths that were set, with names of list items resolved to numbers.

    Raises:
        OverrideError: When a path leads below a plain value or beside a list.
    """
    changed: dict[str, Any] = copy.deepcopy(dict(data))
    paths = [_set(changed, field_path(path), copy.deepcopy(value), path) for path, value in overrides.items()]
    return changed, paths
