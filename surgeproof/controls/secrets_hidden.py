"""Secrets are kept out of everything that findings say, whoever wrote the control."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from surgeproof.graph.model import SECRET, Graph, Resource

# Shorter ones would blank out ordinary words.
SHORTEST = 4


class SecretsHidden:
    """The secret values of a graph, and texts and properties without them."""

    def __init__(self, graph: Graph) -> None:
        values = {
            text
            for resource in graph.resources
            for name in resource.secrets
            for text in _texts((resource.inputs.get(name), resource.outputs.get(name)))
        }
        exported = {text for name in graph.secret_exports for text in _texts(graph.exports.get(name))}
        # Longest first, so that a secret which holds another one leaves nothing behind.
        self._values = sorted((item for item in values | exported if len(item) >= SHORTEST), key=len, reverse=True)

    def redacted(self, text: str) -> str:
        """The text, with a mark in place of each secret."""
        for value in self._values:
            text = text.replace(value, SECRET)
        return text

    def inputs(self, resource: Resource) -> dict[str, Any]:
        """Inputs of a resource, with a mark in place of each secret one."""
        return {key: SECRET if key in resource.secrets else value for key, value in resource.inputs.items()}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(item)
