"""Pydantic's complaints about settings as one sentence and the mend."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from infra.errors import SettingsError
from surgeproof.launch.plan import PLAN_KEYS

_MISSING = object()


def settings_error(
    error: ValidationError, values: Mapping[str, Any], model: type[BaseModel], *, stack: str
) -> SettingsError:
    """The first complaint, with the path of the field, what was given, what is allowed and how to mend it."""
    first = error.errors()[0]
    context = first.get("ctx") or {}
    keys = [str(part) for part in first["loc"] if part != "[key]"]
    if context.get("at"):
        keys += str(context["at"]).split(".")
    path = ".".join(keys) or "surgeproof:platform"
    place = f"Pulumi.{stack}.yaml {path}"
    kind = first["type"]
    if kind == "extra_forbidden":
        return _unknown_key(place, keys, model)
    if kind == "missing":
        return SettingsError("is not set", path=place, fix=f"Add {keys[-1]}{_what(model, keys)}")
    given = _at(values, keys)
    told: dict[str, Any] = {} if given is _MISSING or isinstance(given, dict) else {"got": given}
    if kind in {"setting", "launch_plan"}:  # our own validators
        return SettingsError(first["msg"], path=place, allowed=context.get("allowed"), fix=context.get("fix"), **told)
    return SettingsError("is not accepted", path=place, allowed=_allowed(first["msg"]), **told)


def _allowed(message: str) -> str:
    text = message.removeprefix("Input should be ").removeprefix("Value error, ")
    return text[:1].lower() + text[1:]


def _unknown_key(place: str, keys: list[str], model: type[BaseModel]) -> SettingsError:
    key = keys[-1]
    if len(keys) == 1 and key in PLAN_KEYS:
        return SettingsError(
            "belongs to the launch plan, which alone says it",
            path=place,
            fix="Move it into the file that launch_plan names",
        )
    known = sorted(_fields(model, keys[:-1]))
    close = difflib.get_close_matches(key, known, n=1)
    return SettingsError(
        "is not a setting",
        path=place,
        allowed=", ".join(known) or None,
        fix=f"Write {close[0]}" if close else _mend(keys),
    )


def _mend(keys: list[str]) -> str:
    mend = "Remove it, or mend its spelling"
    if len(keys) > 1:
        return mend
    return f"{mend}; settings of the launch plan start with {', '.join(sorted(PLAN_KEYS))}"


def _fields(model: type[BaseModel], keys: list[str]) -> set[str]:
    found = _model_at(model, keys)
    names = set(found.model_fields) if found else set()
    return names | {"range"} if {"min_tasks", "max_tasks"} <= names else names


def _model_at(model: type[BaseModel], keys: list[str]) -> type[BaseModel] | None:
    """The model that a path leads to, through fields, optional fields and mappings of models."""
    place: Any = model
    for key in keys:
        if isinstance(place, type) and issubclass(place, BaseModel):
            field = place.model_fields.get(key)
            place = field.annotation if field else None
        else:  # a mapping: the model of its values
            place = get_args(place)[-1] if get_args(place) else None
        if get_origin(place) in {Union, UnionType}:
            place = next((part for part in get_args(place) if part is not type(None)), None)
    return place if isinstance(place, type) and issubclass(place, BaseModel) else None


def _what(model: type[BaseModel], keys: list[str]) -> str:
    parent = _model_at(model, keys[:-1])
    field = parent.model_fields.get(keys[-1]) if parent else None
    return f" ({field.description[:1].lower()}{field.description[1:]})" if field and field.description else ""


def _at(values: Any, keys: list[str]) -> Any:
    for key in keys:
        if isinstance(values, Mapping) and key in values:
            values = values[key]
        elif isinstance(values, (list, tuple)) and key.isdigit() and int(key) < len(values):
            values = values[int(key)]
        else:
            return _MISSING
    return values
