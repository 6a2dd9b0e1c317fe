"""Parameters as a user chooses them, held against the range that the requirement allows."""

from __future__ import annotations

import math
from collections.abc import Iterable

from surgeproof.controls.control import Control, Parameter
from surgeproof.controls.errors import ParameterError


def chosen(texts: Iterable[str], controls: Iterable[Control]) -> dict[str, dict[str, float]]:
    """``CONTROL.name=value`` texts, as values by control and name.

    Raises:
        ParameterError: When one has another form, names what does not exist, or lies outside its range.
    """
    by_id = {item.id: item for item in controls}
    values: dict[str, dict[str, float]] = {}
    for text in texts:
        path, equals, value = text.partition("=")
        id_, dot, name = path.partition(".")
        if not (equals and dot):
            raise ParameterError("has another form", path="--parameter", got=text, allowed="CONTROL.name=value")
        declared = {item.name: item for item in by_id[id_].parameters} if id_ in by_id else {}
        if name not in declared:
            raise ParameterError(
                "no such parameter", path="--parameter", got=path, fix=f"`surgeproof controls show {id_}` names them"
            )
        values.setdefault(id_, {})[name] = _number(declared[name], path, value)
    return values


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
