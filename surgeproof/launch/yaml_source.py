"""YAML as plans need it: numbers, texts, true and false, and the line that each field stands in.

PyYAML follows YAML 1.1, which reads ``10:00`` as 600, ``no`` as false and ``2027-03-20`` as a date, and keeps the
last of two equal keys. Plans are read as YAML 1.2's core schema says, and a doubled key is an error.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

import yaml

from surgeproof.launch.errors import PlanError

FieldPath = tuple[str | int, ...]
"""Keys and indexes from the top of the document."""

_MAX_BYTES = 8 * 1024 * 1024
_MAX_DEPTH = 40


class _Loader(yaml.SafeLoader):
    """SafeLoader with the scalars of YAML 1.2's core schema."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's way


class PlanDumper(yaml.SafeDumper):
    """SafeDumper that quotes what either version of YAML would not read as a text."""

    yaml_implicit_resolvers: dict[str, Any] = {  # noqa: RUF012 - PyYAML's way
        first: list(resolvers) for first, resolvers in yaml.SafeDumper.yaml_implicit_resolvers.items()
    }


_SCALARS = [
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"null|Null|NULL|~|", ["n", "N", "~", ""]),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    (
        "float",
        r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
        "-+.0123456789",
    ),
]
for _name, _pattern, _first in _SCALARS:
    for _class in (_Loader, PlanDumper):
        _class.add_implicit_resolver(f"tag:yaml.org,2002:{_name}", re.compile(rf"^(?:{_pattern})$"), list(_first))
_Loader.add_constructor("tag:yaml.org,2002:int", lambda _loader, node: int(node.value))


@dataclass(frozen=True, slots=True)
class YamlSource:
    """A document and where its fields stand.

    Attributes:
        data: What the document says: mappings, lists, scalars.
        lines: Line of each field, from 1, by its path.
    """

    data: Any
    lines: dict[FieldPath, int] = field(default_factory=dict)

    def line(self, path: FieldPath) -> int | None:
        """Line of a field; where it is absent, of the nearest field around it."""
        for length in range(len(path), -1, -1):
            if (found := self.lines.get(path[:length])) is not None:
                return found
        return None


def _walk(node: yaml.Node, path: FieldPath, lines: dict[FieldPath, int], file: str | None) -> None:
    if len(path) > _MAX_DEPTH:
        raise PlanError("is nested too deep", file=file, line=node.start_mark.line + 1, fix="Flatten it")
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        seen: set[Hashable] = set()
        for key_node, value_node in node.value:
            key = key_node.value
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                raise PlanError("has a key that is no text", file=file, line=line, fix="Write a plain key")
            if key in seen:
                raise PlanError(f"key {key!r} stands twice", file=file, line=line, fix="Keep one of them")
            seen.add(key)
            lines[(*path, key)] = line
            _walk(value_node, (*path, key), lines, file)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            _walk(item, (*path, index), lines, file)


def parse_yaml(text: str, *, file: str | None = None) -> YamlSource:
    """Read one YAML document.

    Args:
        text: The document.
        file: Its name, for errors.

    Raises:
        PlanError: When it is no YAML, or too large, or has a key twice.
    """
    if len(text) > _MAX_BYTES:
        raise PlanError("is too large", file=file, got=len(text), allowed=f"{_MAX_BYTES} characters", fix="Shorten it")
    loader: _Loader | None = None
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        if node is None:
            return YamlSource(None)
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
            raise PlanError("uses a YAML alias", file=file, fix="Write the value out instead of *alias")
        lines: dict[FieldPath, int] = {}
        _walk(node, (), lines, file)
        return YamlSource(loader.construct_document(node), lines)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else None
        told = " ".join(str(error.problem or error.context or "unreadable").split())
        raise PlanError(f"is not valid YAML: {told}", file=file, line=line, fix="Correct the YAML there") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        told = " ".join(str(error).split())[:200]
        raise PlanError(f"is not valid YAML: {told}", file=file, fix="Correct the YAML") from None
    finally:
        if loader is not None:
            loader.dispose()


def scalar(text: str) -> Any:
    """Value of a YAML text on a command line: ``2``, ``false``, ``5m``, ``[surge, peak]``.

    Raises:
        PlanError: When it is no YAML.
    """
    return parse_yaml(text).data
