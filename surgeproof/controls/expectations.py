"""Expectations: what controls of a single property have in common, with unknown told apart from absent."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from surgeproof.controls.context import ABSENT, UNKNOWN, Context
from surgeproof.controls.network_reach import reach
from surgeproof.controls.outcome import Outcome, failed, passed, unknown
from surgeproof.graph.model import Resource
from surgeproof.graph.wire import UNKNOWN_MARK

KEY_TYPES = (
    "aws:kms/key:Key",
    "aws:kms/alias:Alias",
    "aws:kms/replicaKey:ReplicaKey",
    "aws:kms/externalKey:ExternalKey",
)
_NOT_KNOWN = "is known only after deployment"


def must(
    context: Context,
    resource: Resource,
    path: str,
    holds: Callable[[Any], bool],
    message: str,
    *,
    missing: object = None,
) -> Outcome:
    """Judge one property: unknown where it is not known, else whether ``holds`` accepts it.

    Args:
        context: What the control runs in.
        resource: Whose property.
        path: The property.
        holds: Accepts the value.
        message: Why the value is refused; never with the value itself, which may be secret.
        missing: What AWS takes when the property is left out.
    """
    value = context.value(resource, path)
    if value is UNKNOWN:
        return unknown(f"{path} {_NOT_KNOWN}", property=path)
    return passed() if holds(missing if value is ABSENT else value) else failed(message, property=path)


def is_true(value: object) -> bool:
    """Whether a flag is set, as a bool or as text."""
    return value is True or value == "true"


def is_false(value: object) -> bool:
    """Whether a flag is off, as a bool or as text."""
    return value is False or value == "false"


def customer_key(context: Context, resource: Resource, path: str, message: str) -> Outcome:
    """Pass when the property names a KMS key of the customer's own: by its link, or by an id that is not AWS's."""
    if reach(context).linked(resource, path.split(".", maxsplit=1)[0], KEY_TYPES):
        return passed()
    return must(context, resource, path, _names_key, message)


def _names_key(value: object) -> bool:
    return isinstance(value, str) and bool(value) and "alias/aws/" not in value


def number(value: object) -> float:
    """A number that may be written as text; minus one when it is none."""
    try:
        return float(value) if isinstance(value, (int, float, str)) and not isinstance(value, bool) else -1.0
    except ValueError:
        return -1.0


def items(context: Context, resource: Resource, path: str) -> list[Any] | None:
    """Entries of a list or of JSON text that holds one; empty when absent, None when not known."""
    value = context.value(resource, path)
    if value is UNKNOWN:
        return None
    if isinstance(value, str):
        if UNKNOWN_MARK in value:
            return None
        try:
            value = json.loads(value)
        except ValueError:
            return None
    found = value if isinstance(value, list) else [value] if isinstance(value, dict) else []
    return None if UNKNOWN_MARK in found else found


def entry(item: object, key: str, missing: Any = None) -> Any:
    """A key of a nested mapping; UNKNOWN when the mapping itself is."""
    value = item.get(key, missing) if isinstance(item, dict) else UNKNOWN
    return UNKNOWN if value == UNKNOWN_MARK else value


def same(one: object, other: object) -> bool:
    """Whether two names are written out and equal; two that are not known are not."""
    return isinstance(one, str) and bool(one) and one == other and UNKNOWN_MARK not in one


def all_of(*outcomes: Outcome) -> list[Outcome]:
    """Of several conditions of one control, those that do not hold or are not known; one pass when all hold."""
    return [outcome for outcome in outcomes if outcome.verdict != "pass"] or [passed()]
