"""The state source: the graph of a stack as a real engine knows it, from `pulumi stack export` or `pulumi preview --json`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from surgeproof.graph.errors import StateError
from surgeproof.graph.model import SECRET, STACK_TYPE, Graph, Location, Options, Resource
from surgeproof.graph.wire import SECRET_SIGNATURE, SIGNATURE, plain_number, unfolded

_EXPORT = "Write it with `pulumi stack export --file state.json`, or `pulumi preview --json > state.json`"
_POSITION = re.compile(r"^(?:project://)?/?(?P<file>.+?)#(?P<line>\d+)")
_GONE = {"delete", "delete-replaced", "discard", "discard-replaced"}


def read_state(path: Path) -> Graph:
    """The graph in a file.

    Secrets stay hidden whether the file holds them encrypted or in plain text: what is made from
    them reads as not known. Resources that wait for their deletion are left out.

    Raises:
        StateError: When the file cannot be read, or is neither an export nor a preview.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise StateError(f"cannot be read ({error.strerror})", path=str(path)) from None
    except UnicodeDecodeError:
        raise StateError("is not UTF-8 text", path=str(path), fix=_EXPORT) from None
    return graph_of_state(text, path=str(path))


def graph_of_state(text: str, *, path: str = "state") -> Graph:
    """The graph in the text of an export, a checkpoint or a preview.

    Raises:
        StateError: When it is none of them.
    """
    try:
        content = json.loads(text)
    except ValueError:
        raise StateError("is not JSON", path=path, fix=_EXPORT) from None
    rows = _rows(content)
    if rows is None:
        raise StateError("is no state of Pulumi", path=path, fix=_EXPORT)
    try:
        resources = tuple(_resource(row) for row in rows if not row.get("delete"))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise StateError(
            f"a resource in it has another form ({type(error).__name__})", path=path, fix=_EXPORT
        ) from None
    stack, project = _names(resources, path)
    root = next((item for item in resources if item.type == STACK_TYPE), None)
    return Graph(
        project=project,
        stack=stack,
        resources=tuple(sorted((item for item in resources if item.type != STACK_TYPE), key=lambda item: item.urn)),
        exports=root.outputs if root else {},
        secret_exports=root.secrets if root else (),
    )


def _rows(content: Any) -> list[Mapping[str, Any]] | None:
    """The list of resources, wherever this kind of file keeps it."""
    if not isinstance(content, Mapping):
        return None
    if isinstance(content.get("steps"), list):
        # A preview: what each step leaves.
        steps = [step for step in content["steps"] if isinstance(step, Mapping) and step.get("op") not in _GONE]
        found = [step.get("newState") or step.get("oldState") for step in steps]
        latest = {row["urn"]: row for row in found if isinstance(row, Mapping) and "urn" in row}
        return list(latest.values())
    place: Any = content.get("deployment")
    if not isinstance(place, Mapping):
        checkpoint = content.get("checkpoint")
        place = checkpoint.get("latest") if isinstance(checkpoint, Mapping) else None
    rows = (place.get("resources") or []) if isinstance(place, Mapping) else None
    return rows if isinstance(rows, list) and all(isinstance(row, Mapping) for row in rows) else None


def _resource(row: Mapping[str, Any]) -> Resource:
    type_ = str(row["type"])
    inputs, hidden = _properties(row.get("inputs") or {}, provider=type_.startswith("pulumi:providers:"))
    outputs, hidden_too = _properties(row.get("outputs") or {})
    urn = str(row["urn"])
    return Resource(
        type=type_,
        name=urn.rpartition("::")[2],
        urn=urn,
        id=row.get("id") or None,
        custom=bool(row.get("custom")),
        inputs=inputs,
        outputs=outputs,
        parent=None if _is_stack(row.get("parent")) else row.get("parent"),
        provider=row.get("provider") or None,
        dependencies=_sorted(row.get("dependencies")),
        property_dependencies={
            key: _sorted(urns) for key, urns in (row.get("propertyDependencies") or {}).items() if urns
        },
        options=Options(
            protect=bool(row.get("protect")),
            ignore_changes=tuple(row.get("ignoreChanges") or ()),
            replace_on_changes=tuple(row.get("replaceOnChanges") or ()),
            retain_on_delete=bool(row.get("retainOnDelete")),
            deleted_with=row.get("deletedWith") or None,
            additional_secret_outputs=tuple(row.get("additionalSecretOutputs") or ()),
        ),
        secrets=tuple(sorted(hidden | hidden_too)),
        location=_location(row.get("sourcePosition")),
    )


def _sorted(urns: Iterable[str] | None) -> tuple[str, ...]:
    return tuple(sorted(set(urns or ())))


def _is_stack(urn: object) -> bool:
    return isinstance(urn, str) and f"::{STACK_TYPE}::" in urn


def _properties(values: Mapping[str, Any], *, provider: bool = False) -> tuple[dict[str, Any], set[str]]:
    """Properties without nulls and the engine's own keys, and the names of those with a secret in them."""
    found: dict[str, Any] = {}
    secrets: set[str] = set()
    for key, value in values.items():
        if key.startswith("__") or value is None:
            continue
        plain, secret = _plain(value)
        # A provider's nested properties are kept as JSON text.
        found[key] = unfolded(plain) if provider else plain
        if secret:
            secrets.add(key)
    return found, secrets


def _plain(value: Any) -> tuple[Any, bool]:
    if isinstance(value, Mapping):
        if value.get(SIGNATURE) == SECRET_SIGNATURE:
            return SECRET, True
        pairs = {key: _plain(item) for key, item in value.items() if item is not None and not str(key).startswith("__")}
        return {key: item for key, (item, _) in pairs.items()}, any(secret for _, secret in pairs.values())
    if isinstance(value, list):
        items = [_plain(item) for item in value]
        return [item for item, _ in items], any(secret for _, secret in items)
    return (plain_number(value) if isinstance(value, float) else value), False


def _location(position: object) -> Location | None:
    match = _POSITION.match(position) if isinstance(position, str) else None
    return Location(file=match["file"], line=int(match["line"])) if match else None


def _names(resources: Iterable[Resource], path: str) -> tuple[str, str]:
    """Stack and project: every URN is ``urn:pulumi:stack::project::types::name``."""
    for item in resources:
        parts = item.urn.split("::")
        if item.urn.startswith("urn:pulumi:") and len(parts) >= 4:
            return parts[0].removeprefix("urn:pulumi:"), parts[1]
    raise StateError("holds no resources", path=path, fix="Name a stack that is deployed, or use --stack")
