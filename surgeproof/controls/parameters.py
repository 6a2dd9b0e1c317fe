"""Parameters as a user chooses them, held against the range that the requirement allows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from surgeproof.controls.control import Control, Names, Parameter, Value
from surgeproof.controls.errors import ParameterError

FILE = "policies/parameters.yaml"
"""Where a project keeps them, from its root; the pack finds the same file beside itself."""

Values = dict[str, dict[str, Value]]
"""Values by control id and name."""


def load_parameters(path: Path, controls: Iterable[Control]) -> Values:
    """The values of a parameters file: ``parameters:``, below it control ids, below each its parameters.

    Args:
        path: The file.
        controls: All that there are; one that is named and is none of them is a mistake.

    Raises:
        ParameterError: When the file is none, or a value as `chosen`.
    """
    try:
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        raise ParameterError("cannot be read as YAML", path=str(path), fix="See docs/compliance.md") from None
    given = content.get("parameters") if isinstance(content, dict) and set(content) <= {"parameters"} else None
    if not isinstance(given, dict) or not all(isinstance(item, dict) for item in given.values()):
        raise ParameterError(
            "has another form",
            path=str(path),
            allowed="parameters: {CONTROL: {name: number, or a list of names}}",
            fix="See docs/compliance.md",
        )
    texts = [f"{id_}.{name}={as_text(value)}" for id_, values in given.items() for name, value in values.items()]
    return chosen(texts, controls, path=str(path))


def as_text(value: object) -> str:
    """A value as it is written after ``CONTROL.name=``: a list with commas."""
    listed = isinstance(value, Sequence) and not isinstance(value, str)
    return ",".join(map(str, value)) if listed else str(value)


def merged(*layers: Mapping[str, Mapping[str, Value]]) -> Values:
    """Several layers of values, the later ones on top."""
    found: Values = {}
    for layer in layers:
        for id_, values in layer.items():
            found[id_] = {**found.get(id_, {}), **values}
    return found


def chosen(texts: Iterable[str], controls: Iterable[Control], *, path: str = "--parameter") -> Values:
    """``CONTROL.name=value`` texts, as values by control and name; names stand with commas between them.

    Args:
        texts: The choices.
        controls: Whose they may be.
        path: Where they stand, for errors.

    Raises:
        ParameterError: When one has another form, names what does not exist, or lies outside its range.
    """
    by_id = {item.id: item for item in controls}
    values: Values = {}
    for text in texts:
        place, equals, value = text.partition("=")
        id_, dot, name = place.partition(".")
        if not (equals and dot):
            raise ParameterError("has another form", path=path, got=text, allowed="CONTROL.name=value")
        declared = {item.name: item for item in by_id[id_].parameters} if id_ in by_id else {}
        if name not in declared:
            raise ParameterError(
                "no such parameter", path=path, got=place, fix=f"`surgeproof controls show {id_}` names them"
            )
        parameter = declared[name]
        values.setdefault(id_, {})[name] = (
            _names(parameter, place, value) if isinstance(parameter, Names) else _number(parameter, place, value)
        )
    return values


def _names(parameter: Names, path: str, text: str) -> tuple[str, ...]:
    names = tuple(item.strip() for item in text.split(","))
    if not all(names):
        raise ParameterError("has a name that is empty", path=path, got=text, allowed=f"names of {parameter.of}")
    return names


def _number(parameter: Parameter, path: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not parameter.lowest <= value <= parameter.highest:
        raise ParameterError(
            "lies outside what the requirement allows",
            path=path,
            got=text,
            allowed=f"{parameter.lowest:g} to {parameter.highest:g} {parameter.unit}".rstrip(),
        )
    return value
