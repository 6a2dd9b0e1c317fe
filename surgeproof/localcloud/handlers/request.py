"""Provider inputs to the request of an AWS call, by botocore's model of that call.

The provider writes ``kmsKeyId`` where AWS writes ``KMSKeyId``, and one object where AWS takes a list of one: the model
tells both. An input that the call does not know is an error that names it, so that no setting is lost without a word.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape
from botocore.validate import ParamValidator

from surgeproof.localcloud.aws_errors import ResourceInputError

_TAG_MEMBERS = ("tags", "tagslist")


@lru_cache(maxsize=2048)
def _members(shape: StructureShape) -> dict[str, str]:
    return {name.lower(): name for name in shape.members}


def build_request(
    shape: StructureShape | None,
    values: Mapping[str, Any],
    *,
    renamed: Mapping[str, str],
    tags: Mapping[str, str],
    more: Mapping[str, Any],
    where: str,
) -> dict[str, Any]:
    """The request, complete and checked.

    Args:
        shape: botocore's model of the request.
        values: Provider's inputs.
        renamed: Provider's name to AWS's; ``*.name`` for one that lies deeper.
        tags: Tags, put into whatever form the call takes.
        more: Members in AWS's own names; None is left out.
        where: Type token, named in errors.

    Raises:
        ResourceInputError: An input is unknown to the call, or is not what the model allows.
    """
    if shape is None:
        return {}
    request = _structure(shape, values, renamed, where, "")
    request.update({name: value for name, value in more.items() if value is not None})
    if tags:
        request.update(_tags(shape, tags))
    report = ParamValidator().validate(request, shape)
    if report.has_errors():
        raise ResourceInputError(where, where, report.generate_report().replace("\n", "; "))
    return request


def _tags(shape: StructureShape, tags: Mapping[str, str]) -> dict[str, Any]:
    name = next((_members(shape)[key] for key in _TAG_MEMBERS if key in _members(shape)), None)
    if name is None:
        return {}
    return {name: tag_values(shape.members[name], tags)}


def tag_values(shape: Shape, tags: Mapping[str, str]) -> Any:
    """Tags in the form of a model: a map, or a list of keys and values in that service's spelling."""
    if not isinstance(shape, ListShape) or not isinstance(shape.member, StructureShape):
        return dict(tags)
    key, value = sorted(shape.member.members, key=lambda member: "value" in member.lower())
    return [{key: str(name), value: str(content)} for name, content in tags.items()]


def _structure(
    shape: StructureShape, values: Mapping[str, Any], renamed: Mapping[str, str], where: str, path: str
) -> dict[str, Any]:
    built = {}
    for name, value in values.items():
        known = renamed.get(f"*.{name}" if path else name, name)
        member = _members(shape).get(known.lower())
        if member is None:
            raise ResourceInputError(where, f"{where} {path}{name}", f"the call behind it takes no {path}{name}")
        if value is not None:
            built[member] = convert(shape.members[member], value, renamed, where, f"{path}{name}.")
    return built


def convert(shape: Shape, value: Any, renamed: Mapping[str, str], where: str, path: str) -> Any:
    """One value in the type that the model wants."""
    if isinstance(shape, ListShape):
        items = value if isinstance(value, list) else [value]
        return [convert(shape.member, item, renamed, where, path) for item in items]
    if isinstance(shape, StructureShape):
        if shape.is_document_type:
            # Whatever its owner likes: JSON text in the provider, JSON itself in AWS.
            return json.loads(value) if isinstance(value, str) else value
        if not isinstance(value, Mapping):
            raise ResourceInputError(where, f"{where} {path}", f"expected an object, got {value!r}")
        return _structure(shape, value, renamed, where, path)
    if isinstance(shape, MapShape):
        return {str(key): convert(shape.value, item, renamed, where, path) for key, item in value.items()}
    return _SCALARS.get(shape.type_name, _as_it_is)(value)


def _as_it_is(value: Any) -> Any:
    return value


_SCALARS: dict[str, Callable[[Any], Any]] = {
    "string": lambda value: str(value).lower() if isinstance(value, bool) else str(value),
    "integer": int,
    "long": int,
    "float": float,
    "double": float,
    "boolean": lambda value: value if isinstance(value, bool) else str(value).lower() == "true",
    "blob": lambda value: value if isinstance(value, bytes) else str(value).encode(),
}
