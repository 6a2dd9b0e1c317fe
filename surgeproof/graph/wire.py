"""Pulumi's wire values and plain Python: numbers are doubles there, secrets are envelopes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from google.protobuf import struct_pb2

# Generated classes, which the type checker cannot see as attributes of their module.
Struct: Any = vars(struct_pb2)["Struct"]
_ListValue: Any = vars(struct_pb2)["ListValue"]

# Signatures of Pulumi's object model: sdk/go/common/resource/properties.go.
SIGNATURE = "4dabf18193072939515e22adb298388d"
"""Key of a wrapped value, on the wire and in a state alike; what it holds says which kind."""
SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a mark, no secret
"""The kind that wraps a secret."""
_RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e"
_OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
UNKNOWN_MARK = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What stands on the wire, and in a preview's state, for a value that is known only after deployment."""


def plain_number(value: float) -> int | float:
    """A whole double as int, as boto3 and readers want it."""
    return int(value) if value == int(value) and abs(value) < 2**53 else value


def unfolded(value: Any) -> Any:
    """What a JSON text says, as a provider's nested properties and AWS's documents are kept; all else as it is."""
    if isinstance(value, str) and value[:1] in {"{", "["}:
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def plain(value: Any) -> tuple[Any, bool]:
    """A wire value as plain Python, and whether a secret was in it.

    Unknowns and nulls become None; references to resources become their id, or their URN.
    """
    if isinstance(value, float):
        return plain_number(value), False
    if isinstance(value, str):
        return (None if value == UNKNOWN_MARK else value), False
    if isinstance(value, _ListValue):
        pairs = [plain(item) for item in value]
        return [item for item, _ in pairs], any(secret for _, secret in pairs)
    if isinstance(value, Struct):
        return _plain_struct(value)
    return value, False


def _plain_struct(struct: Any) -> tuple[Any, bool]:
    signature = struct[SIGNATURE] if SIGNATURE in struct else None  # noqa: SIM401 - a Struct has no get()
    if signature == SECRET_SIGNATURE:
        return plain(struct["value"])[0], True
    if signature == _RESOURCE:
        return (struct["id"] if "id" in struct else struct["urn"]), False
    if signature == _OUTPUT:
        inner, secret = plain(struct["value"]) if "value" in struct else (None, False)
        return inner, secret or ("secret" in struct and bool(struct["secret"]))
    result: dict[str, Any] = {}
    any_secret = False
    for key, item in sorted(struct.items()):
        if key == SIGNATURE:
            continue
        result[key], secret = plain(item)
        any_secret = any_secret or secret
    return result, any_secret


def plain_properties(struct: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Properties of a request without nulls, and the names of those with a secret in them."""
    values: dict[str, Any] = {}
    secrets: list[str] = []
    for key, item in sorted(struct.items()):
        value, secret = plain(item)
        if value is None:
            continue
        values[key] = value
        if secret:
            secrets.append(key)
    return values, tuple(sorted(secrets))


def wire_properties(values: Mapping[str, Any], secrets: Iterable[str] = ()) -> Any:
    """Properties of an answer; those named are put in secret envelopes."""
    hidden = set(secrets)
    struct = Struct()
    struct.update(
        {
            key: {SIGNATURE: SECRET_SIGNATURE, "value": _listed(value)} if key in hidden else _listed(value)
            for key, value in values.items()
            if value is not None
        }
    )
    return struct


def _listed(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _listed(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_listed(item) for item in value]
    return value
