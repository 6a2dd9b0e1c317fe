"""Properties of the provider protocol as handlers take them: whole numbers as ints, secrets opened, nulls left out.

Unlike a graph, a provider must tell what is unknown: `UNKNOWN_MARK` stays where it is. Secrets are opened because the
plugin says that it takes none: the engine then marks those outputs as secret that have a secret input's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from google.protobuf import json_format

from surgeproof.graph.wire import SECRET_SIGNATURE, SIGNATURE, UNKNOWN_MARK, plain_number, wire_properties

DEFAULTS = "__defaults"
"""Input in which Pulumi's bridged providers note which inputs the program did not give; readers leave it out."""


def opened(struct: Any) -> dict[str, Any]:
    """Properties of a request."""
    return {name: value for name, value in _opened(json_format.MessageToDict(struct)).items() if value is not None}


def sealed(values: Mapping[str, Any]) -> Any:
    """Properties of an answer."""
    return wire_properties(values)


def _opened(value: Any) -> Any:
    if isinstance(value, float):
        return plain_number(value)
    if isinstance(value, Mapping):
        if value.get(SIGNATURE) == SECRET_SIGNATURE:
            return _opened(value.get("value"))
        return {name: _opened(item) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_opened(item) for item in value]
    return value


def is_unknown(value: Any) -> bool:
    """Whether any part of a value is known only after deployment."""
    if isinstance(value, Mapping):
        return any(is_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(is_unknown(item) for item in value)
    return value == UNKNOWN_MARK
