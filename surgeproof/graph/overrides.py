"""`--set path=value` applied to nested settings: the paths are dotted, list items are numbers."""

from __future__ import annotations

import copy
import logging
import re
from collections.abc import Mapping
from typing import Any

from surgeproof.graph.errors import ProjectError

ABSENT = object()
"""As an override's value: take the setting away."""

_ENDS = {"min_tasks": "max_tasks", "max_tasks": "min_tasks"}
_log = logging.getLogger("surgeproof.graph")


def split_path(path: str) -> list[str]:
    """The keys of a path: ``a.b[0].c`` is a, b, 0, c.

    Raises:
        ProjectError: When a key is empty.
    """
    keys = path.replace("[", ".").replace("]", "").split(".")
    if not all(keys):
        raise ProjectError("is not a path of keys with dots between them", path=path, allowed="services.storefront.cpu")
    return keys


def apply_overrides(settings: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of nested settings with the values at these paths replaced or added.

    Whether a path exists is for the program's settings model to say: it refuses unknown keys.

    Raises:
        ProjectError: When a path leads through something that has no keys, or past the end of a list.
    """
    result = copy.deepcopy(dict(settings))
    for path, value in settle_ranges(settings, overrides).items():
        keys = split_path(path)
        place: Any = result
        for depth, key in enumerate(keys[:-1]):
            place = _descend(place, key, path, ".".join(keys[:depth]))
        _put(place, keys[-1], value, path, ".".join(keys[:-1]))
    return result


def settle_ranges(settings: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """Overrides completed so that a floor or a ceiling alone means what it says.

    ``max_tasks=2`` on a service that always runs 4 asks what 2 would do, so its floor comes down too, and the other
    way round, which is said in a warning. Of ``range: 4-40`` the other end is kept.

    Args:
        settings: Nested settings, before the overrides.
        overrides: Path to value.
    """
    complete = dict(overrides)
    for path, value in overrides.items():
        *above, key = split_path(path)
        place = _at(settings, above)
        other = _ENDS.get(key, "")
        other_path = ".".join([*above, other])
        if key == "range" and isinstance(place, Mapping):
            complete |= {".".join([*above, end]): ABSENT for end in _ENDS if ".".join([*above, end]) not in overrides}
        if not other or type(value) is not int or not isinstance(place, Mapping) or other_path in overrides:
            continue
        bound = place.get(other)
        if ends := re.fullmatch(r"\s*(\d+)\s*-\s*(\d+)\s*", str(place.get("range", ""))):
            complete[".".join([*above, "range"])] = ABSENT
            complete[other_path] = bound = int(ends[1 if other == "min_tasks" else 2])
        if not isinstance(bound, int):
            continue
        if bound > value if other == "min_tasks" else bound < value:
            _log.warning("%s=%s: %s goes from %s to %s with it", path, value, other, bound, value)
            complete[other_path] = value
    return complete


def _at(settings: Any, keys: list[str]) -> Any:
    for key in keys:
        settings = settings.get(key) if isinstance(settings, Mapping) else None
    return settings


def _descend(place: Any, key: str, path: str, above: str) -> Any:
    if isinstance(place, dict):
        if place.get(key) is None:
            place[key] = {}
        return place[key]
    return place[_index(place, key, path, above)]


def _put(place: Any, key: str, value: Any, path: str, above: str) -> None:
    if isinstance(place, dict):
        if value is ABSENT:
            place.pop(key, None)
        else:
            place[key] = value
    else:
        place[_index(place, key, path, above)] = value


def _index(place: Any, key: str, path: str, above: str) -> int:
    if not isinstance(place, list):
        raise ProjectError(f"leads through {above}, which has no settings of its own", path=path, got=place)
    if not key.isdigit() or int(key) >= len(place):
        raise ProjectError(f"{above} is a list", path=path, got=key, allowed=f"an item from 0 to {len(place) - 1}")
    return int(key)
