"""Values as they may be told: what looks like a secret, by its name or by its shape, is hidden at any depth."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from surgeproof.controls.secret_words import SECRET_PROPERTIES, is_known_secret, looks_secret, names_secret
from surgeproof.graph.model import SECRET
from surgeproof.graph.wire import UNKNOWN_MARK, unfolded

_REFERENCE = re.compile(r"arn:[^\s]*|\$\{[^}]*\}")
"""What names a secret and is none: an ARN, a value of another resource."""
_ASSIGNED = re.compile(r"(?P<name>[A-Za-z_][\w.-]*)=(?P<value>\"[^\"]*\"|'[^']*'|[^\s\"'&;,]+)")
"""``NAME=value`` and ``--name=value`` within a command."""
_OPTION = re.compile(r"--?[A-Za-z][\w-]*")
"""An option of a command, whose value is the next word."""


def hidden(name: str, value: Any) -> Any:
    """The value, with a mark in place of each secret in it.

    Args:
        name: What it is called: a property, a variable.
        value: Of whatever depth; JSON texts are looked into.
    """
    if value is None or isinstance(value, bool) or value == "":
        return value
    if name in SECRET_PROPERTIES and not _is_reference(value):
        return SECRET
    if isinstance(value, Mapping):
        return {
            key: hidden(str(name_of_value(value) or key) if key == "value" else str(key), value[key]) for key in value
        }
    if isinstance(value, list):
        before = ["", *value]
        return [hidden(_option(left) or name, item) for left, item in zip(before, value, strict=False)]
    return _text(name, value)


def name_of_value(item: Mapping[str, Any]) -> str | None:
    """What the ``value`` of an entry is called, as in a container's environment: by its ``name`` or its ``key``."""
    return next((item[key] for key in ("name", "key") if isinstance(item.get(key), str)), None)


def _text(name: str, value: Any) -> Any:
    text = str(value)
    if text in {SECRET, UNKNOWN_MARK} or _is_reference(value):
        return value
    opened = unfolded(value)
    if not isinstance(opened, str) and isinstance(value, str):
        shown = hidden(name, opened)
        return value if shown == opened else json.dumps(shown, ensure_ascii=False)
    name = name.replace("-", "_").replace(".", "_")
    if names_secret(name.strip("_")) or is_known_secret(text) or looks_secret(name, text):
        return SECRET
    return _ASSIGNED.sub(_assigned, value) if isinstance(value, str) else value


def _assigned(found: re.Match[str]) -> str:
    name, value = found["name"], found["value"].strip("\"'")
    return f"{name}={SECRET}" if hidden(name, value) == SECRET else found.group()


def _option(item: Any) -> str:
    return item.lstrip("-") if isinstance(item, str) and _OPTION.fullmatch(item) else ""


def _is_reference(value: Any) -> bool:
    return isinstance(value, str) and _REFERENCE.fullmatch(value) is not None
