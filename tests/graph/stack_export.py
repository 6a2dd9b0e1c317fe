"""A graph as `pulumi stack export` writes it: the state that a deployment of it would leave."""

from __future__ import annotations

import json

from surgeproof.graph.model import Graph


def stack_export(graph: Graph) -> str:
    """The export's JSON."""
    rows = [
        {
            "urn": item.urn,
            "type": item.type,
            "custom": item.custom,
            "id": item.id,
            "inputs": item.inputs,
            "outputs": item.outputs,
            "parent": item.parent,
            "dependencies": list(item.dependencies),
            "propertyDependencies": {key: list(urns) for key, urns in item.property_dependencies.items()},
            "protect": item.options.protect,
            "ignoreChanges": list(item.options.ignore_changes),
        }
        for item in graph.resources
    ]
    return json.dumps({"version": 3, "deployment": {"resources": rows}})
