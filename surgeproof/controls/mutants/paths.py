"""Paths into properties: changing what lies at ``a.b[0].c`` in a copy, through lists and JSON text alike."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

GONE = object()
"""Put in place of a value that is taken out."""
_PART = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def parts_of(path: str) -> list[str | int]:
    """The steps of a path."""
    return [name or int(index) for name, index in _PART.findall(path)]


def parsed(value: Any) -> Any:
    """The document in a text that is JSON of a mapping or a list; None of everything else."""
    if not isinstance(value, str) or value[:1] not in {"{", "["}:
        return None
    try:
        return json.loads(value)
    except ValueError:
        return None


def changed(value: Any, parts: Sequence[str | int], new: Any) -> Any:
    """A copy of a value with ``new`` at the path; what is on the way is made where it is missing.

    Args:
        value: A property, JSON text included.
        parts: The steps below it.
        new: What stands there then; `GONE` takes it out.
    """
    if not parts:
        return new
    document = parsed(value)
    if document is not None:
        return json.dumps(changed(document, parts, new))
    step, rest = parts[0], parts[1:]
    if isinstance(step, str) and isinstance(value, list):
        # A list of one stands for its only entry, as `Context.value` reads it.
        return [changed(value[0] if value else {}, parts, new), *value[1:]]
    if isinstance(step, int):
        return _in_list(list(value) if isinstance(value, list) else [], step, rest, new)
    return _in_mapping(dict(value) if isinstance(value, dict) else {}, step, rest, new)


def _in_list(entries: list[Any], step: int, rest: Sequence[str | int], new: Any) -> list[Any]:
    if step >= len(entries):
        return [*entries, changed({}, rest, new)] if new is not GONE else entries
    kept = [] if new is GONE and not rest else [changed(entries[step], rest, new)]
    return [*entries[:step], *kept, *entries[step + 1 :]]


def _in_mapping(entries: dict[str, Any], step: str, rest: Sequence[str | int], new: Any) -> dict[str, Any]:
    if new is GONE and not rest:
        entries.pop(step, None)
    elif new is not GONE or step in entries:
        entries[step] = changed(entries.get(step), rest, new)
    return entries
