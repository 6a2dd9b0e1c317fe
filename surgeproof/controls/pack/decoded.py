"""Decoded requests: what the engine sends an analyzer, as resources of the graph, once each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from google.protobuf import json_format

from surgeproof.graph.model import STACK_TYPE, Graph, Options, Resource
from surgeproof.graph.wire import SECRET_SIGNATURE, SIGNATURE, UNKNOWN_MARK, plain_number, unfolded

# pulumi_policy.proxy 1.21: an unknown value has a mark of its own for each kind of value.
_UNKNOWNS = frozenset(
    {
        UNKNOWN_MARK,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)
_PROVIDER = "pulumi:providers:"


def properties(struct: Any, *, folded: bool = False) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Properties of a request without nulls and the engine's own keys, and the names of those with a secret in them.

    Args:
        struct: The protobuf Struct.
        folded: Whether nested values are JSON text, as those of a provider are.
    """
    return plain_properties(json_format.MessageToDict(struct), folded=folded)


def plain_properties(values: Mapping[str, Any], *, folded: bool = False) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The same of properties that are plain already, in Pulumi's object model."""
    found: dict[str, Any] = {}
    secrets: list[str] = []
    for key, value in values.items():
        if key.startswith("__") or value is None:
            continue
        plain, secret = _plain(value)
        found[key] = unfolded(plain) if folded else plain
        if secret:
            secrets.append(key)
    return found, tuple(sorted(secrets))


def _plain(value: Any) -> tuple[Any, bool]:
    if isinstance(value, float):
        return plain_number(value), False
    if isinstance(value, str):
        return (UNKNOWN_MARK if value in _UNKNOWNS else value), False
    if isinstance(value, Mapping):
        if value.get(SIGNATURE) == SECRET_SIGNATURE:
            return _plain(value.get("value"))[0], True
        pairs = {str(key): _plain(item) for key, item in value.items() if not str(key).startswith("__")}
        kept = {key: item for key, (item, _) in pairs.items() if item is not None and key != SIGNATURE}
        return kept, any(secret for _, secret in pairs.values())
    if isinstance(value, (list, tuple)):
        items = [_plain(item) for item in value]
        return [item for item, _ in items], any(secret for _, secret in items)
    return value, False


def resource_of(request: Any, inputs: tuple[dict[str, Any], tuple[str, ...]] | None = None) -> Resource:
    """The resource in an `AnalyzeRequest` or an `AnalyzerResource`.

    Args:
        request: The message.
        inputs: Inputs and names of secrets, where they were seen before: those of a whole stack are outputs.
    """
    values, secrets = properties(request.properties, folded=request.type.startswith(_PROVIDER))
    given, hidden = inputs or (values, secrets)
    has_provider = bool(request.provider.urn)
    depends = getattr(request, "propertyDependencies", {})
    parent = str(getattr(request, "parent", "") or request.options.parent)
    return Resource(
        type=request.type,
        name=request.name or request.urn.rpartition("::")[2],
        urn=request.urn,
        id=values.get("id") if isinstance(values.get("id"), str) and values["id"] != UNKNOWN_MARK else None,
        custom=has_provider or request.type.startswith(_PROVIDER),
        inputs=given,
        outputs=values,
        parent=parent if parent and f"::{STACK_TYPE}::" not in parent else None,
        provider=f"{request.provider.urn}::id" if has_provider else None,
        dependencies=tuple(sorted(set(getattr(request, "dependencies", ())))),
        property_dependencies={key: tuple(sorted(set(item.urns))) for key, item in depends.items() if item.urns},
        options=Options(
            protect=request.options.protect,
            ignore_changes=tuple(request.options.ignoreChanges),
            delete_before_replace=request.options.deleteBeforeReplace,
            additional_secret_outputs=tuple(request.options.additionalSecretOutputs),
        ),
        secrets=tuple(sorted({*secrets, *hidden, *request.options.additionalSecretOutputs})),
    )


def providers_of(requests: Iterable[Any]) -> list[Resource]:
    """Providers that resources name, one each."""
    found: dict[str, Resource] = {}
    for request in requests:
        provider = request.provider
        if provider.urn and provider.urn not in found:
            values, secrets = properties(provider.properties, folded=True)
            found[provider.urn] = Resource(
                type=provider.type, name=provider.name, urn=provider.urn, inputs=values, outputs=values, secrets=secrets
            )
    return list(found.values())


def graph_of(resources: Iterable[Resource]) -> Graph:
    """A graph of what was decoded; components of the stack itself left out, one entry a URN."""
    kept = {item.urn: item for item in resources if item.type != STACK_TYPE}
    urns = sorted(kept, key=lambda urn: kept[urn].type.startswith(_PROVIDER))
    parts = next((urn.split("::") for urn in urns if urn.startswith("urn:pulumi:") and urn.count("::") >= 3), None)
    return Graph(
        project=parts[1] if parts else "project",
        stack=parts[0].removeprefix("urn:pulumi:") if parts else "stack",
        resources=tuple(sorted(kept.values(), key=lambda item: item.urn)),
    )
