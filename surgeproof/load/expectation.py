"""Whether a JSON value is as a journey expects it, and where it first differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def difference(value: Any, expected: Any, path: str = "the body") -> str | None:
    """Where a value is not as expected, in words; None when it is.

    A mapping names keys that must be there (others may be, too), a list is compared item by item and in length,
    a function is asked, all else must be equal and of one kind: ``True`` is not ``1``.
    """
    if callable(expected):
        return None if expected(value) else f"{path} is not as it should be: {_short(value)}"
    if isinstance(expected, Mapping):
        return _in_object(value, expected, path)
    if isinstance(expected, Sequence) and not isinstance(expected, (str, bytes)):
        return _in_list(value, expected, path)
    if value != expected or isinstance(value, bool) != isinstance(expected, bool):
        return f"{path} is {_short(value)}, not {_short(expected)}"
    return None


def _in_object(value: Any, expected: Mapping[Any, Any], path: str) -> str | None:
    if not isinstance(value, Mapping):
        return f"{path} is no object: {_short(value)}"
    for key, wanted in expected.items():
        wrong = difference(value[key], wanted, f"{path}.{key}") if key in value else f"{path} has no {key!r}"
        if wrong is not None:
            return wrong
    return None


def _in_list(value: Any, expected: Sequence[Any], path: str) -> str | None:
    if not isinstance(value, list) or len(value) != len(expected):
        return f"{path} is no list of {len(expected)}: {_short(value)}"
    found = (difference(*pair, f"{path}[{number}]") for number, pair in enumerate(zip(value, expected, strict=True)))
    return next((wrong for wrong in found if wrong is not None), None)


def _short(value: Any) -> str:
    words = repr(value)
    return words if len(words) <= 80 else f"{words[:77]}..."
