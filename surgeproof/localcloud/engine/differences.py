"""What differs between the inputs of a resource and those that a program wants, and what that forces. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["add", "delete", "update"]
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Difference:
    """One property that differs.

    Attributes:
        path: Where, as Pulumi writes property paths: ``healthCheck.path``, ``ingress[0].fromPort``,
            ``tags["cost-center"]``.
        kind: Whether it is new, gone, or another value.
    """

    path: str
    kind: Kind

    @property
    def input(self) -> str:
        """The input at the top that it lies in."""
        return re.split(r"[.\[]", self.path, maxsplit=1)[0]

    def forced_by(self, names: Collection[str]) -> bool:
        """Whether it lies at or below one of these paths, or above one and takes it along."""
        return any(_covers(name, self.path) or _covers(self.path, name) for name in names)


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    """Every property that differs, in the order of their names; at the deepest place where both have one.

    JSON documents that say the same are the same, however they are written.
    """
    return list(_of_mappings(old, new, ""))


def _of_mappings(old: Mapping[str, Any], new: Mapping[str, Any], path: str) -> Iterator[Difference]:
    for name in sorted({*old, *new}):
        yield from _of_values(old.get(name, _ABSENT), new.get(name, _ABSENT), _below(path, name))


def _of_values(old: Any, new: Any, path: str) -> Iterator[Difference]:
    if old is _ABSENT:
        yield Difference(path, "add")
    elif new is _ABSENT:
        yield Difference(path, "delete")
    elif isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _of_mappings(old, new, path)
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            before = old[index] if index < len(old) else _ABSENT
            after = new[index] if index < len(new) else _ABSENT
            yield from _of_values(before, after, f"{path}[{index}]")
    elif not same(old, new):
        yield Difference(path, "update")


def same(old: Any, new: Any) -> bool:
    """Whether two values say the same."""
    if type(old) is type(new) and old == new:
        return True
    if isinstance(old, str) and isinstance(new, str) and old[:1] in {"{", "["}:
        try:
            return json.loads(old) == json.loads(new)
        except ValueError:
            return False
    numbers = (int, float)
    mixed = isinstance(old, bool) or isinstance(new, bool)
    return isinstance(old, numbers) and isinstance(new, numbers) and not mixed and old == new


def _below(path: str, name: str) -> str:
    if not _NAME.match(name):
        return f"{path}[{json.dumps(name)}]"
    return f"{path}.{name}" if path else name


def _covers(name: str, path: str) -> bool:
    return path == name or path.startswith((f"{name}.", f"{name}["))
