"""What AWS tells of a resource, in the words in which a program asked for it: the way back from `request.py`.

Only what the program said is compared: AWS tells much more of each resource, and moto tells less. What it does not tell
is taken as it was asked for; what it tells otherwise is a drift. Two spellings of the same thing are no drift: JSON
documents, lists whose order AWS does not keep, numbers and switches that are texts on the wire, a key by ARN or by id.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

Inputs = dict[str, Any]
_ON = frozenset({"true", "enabled", "on", "yes"})
_OFF = frozenset({"false", "disabled", "off", "no"})


def observed(
    asked: Mapping[str, Any],
    found: Mapping[str, Any],
    *,
    renamed: Mapping[str, str] | None = None,
    fill: Iterable[str] = (),
    leave: Collection[str] = (),
) -> Inputs:
    """The program's inputs, each with the value that AWS tells.

    Args:
        asked: What the program asks for.
        found: What AWS tells.
        renamed: Provider's name to AWS's, as for the request; ``*.name`` for one that lies deeper.
        fill: Inputs to take from AWS even when the program does not say them: for a resource that is imported.
        leave: Inputs that AWS tells under the same name in another sense.
    """
    names = renamed or {}
    told = _members(found)
    now = {
        name: value if name in leave else _seen(name, value, told, names, prefix="") for name, value in asked.items()
    }
    for name in fill:
        got = told.get(names.get(name, name).lower())
        if name not in now and got is not None:
            now[name] = provider_form(got)
    return now


def _members(found: Mapping[str, Any]) -> dict[str, Any]:
    return {str(name).lower(): value for name, value in found.items()}


def _seen(name: str, value: Any, told: Mapping[str, Any], renamed: Mapping[str, str], prefix: str) -> Any:
    got = told.get(renamed.get(f"{prefix}{name}", name).lower())
    return value if got is None else value_now(value, got, renamed)


def value_now(asked: Any, got: Any, renamed: Mapping[str, str] | None = None) -> Any:
    """One value as AWS tells it, in the form in which it was asked for."""
    names = renamed or {}
    if isinstance(asked, Mapping):
        inside = got[0] if isinstance(got, list) and len(got) == 1 else got
        if not isinstance(inside, Mapping):
            return dict(asked)
        told = _members(inside)
        return {name: _seen(name, value, told, names, prefix="*.") for name, value in asked.items()}
    if isinstance(asked, list):
        return _list_now(asked, got if isinstance(got, list) else [got], names)
    return _scalar_now(asked, got)


def _scalar_now(asked: Any, got: Any) -> Any:
    if isinstance(asked, bool):
        word = str(got).lower()
        return word in _ON if word in _ON | _OFF else asked
    if isinstance(asked, (int, float)):
        return _number(got, asked)
    return text_now(asked, got) if isinstance(asked, str) else asked


def _number(got: Any, asked: float) -> float:
    try:
        value = float(got)
    except (TypeError, ValueError):
        return asked
    return int(value) if value.is_integer() else value


def text_now(asked: str, got: Any) -> str:
    """A text as AWS tells it: the program's spelling where it says the same."""
    if isinstance(got, (Mapping, list)):
        return asked if _json(asked) == got else json.dumps(got)
    text = got.decode(errors="replace") if isinstance(got, bytes) else str(got)
    if text == asked or text.lower() == asked.lower():
        return asked
    meant = _json(asked)
    if meant is not None and meant == _json(text):
        return asked
    by_name = text.endswith((f"/{asked}", f":{asked}")) or asked.endswith((f"/{text}", f":{text}"))
    return asked if by_name and (text.startswith("arn:") or asked.startswith("arn:")) else text


def _json(text: str) -> Any:
    if text[:1] not in {"{", "["}:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None


def _list_now(asked: list[Any], got: list[Any], renamed: Mapping[str, str]) -> list[Any]:
    if not any(isinstance(item, Mapping) for item in asked):
        values = [provider_form(item) for item in got]
        same = len(values) == len(asked) and sorted(map(str, values)) == sorted(map(str, asked))
        return list(asked) if same else values
    if len(asked) != len(got):
        return [provider_form(item) for item in got]
    # AWS keeps the order of few lists: an item that is told somewhere unchanged is where the program put it.
    left = list(got)
    now: list[Any] = [None] * len(asked)
    for index, item in enumerate(asked):
        match = next((other for other in left if value_now(item, other, renamed) == item), None)
        if match is not None:
            left.remove(match)
            now[index] = item
    return [value_now(item, left.pop(0), renamed) if now[index] is None else item for index, item in enumerate(asked)]


def provider_form(got: Any) -> Any:
    """A value of AWS in the provider's names: members begin with a small letter."""
    if isinstance(got, Mapping):
        return {name[:1].lower() + name[1:]: provider_form(value) for name, value in got.items()}
    if isinstance(got, list):
        return [provider_form(item) for item in got]
    return got if isinstance(got, (str, int, float, bool)) or got is None else str(got)
