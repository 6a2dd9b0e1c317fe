"""A graph as a preview would see it: what is made from another resource is not known yet."""

from __future__ import annotations

from surgeproof.graph.model import Graph, Resource
from surgeproof.graph.wire import UNKNOWN_MARK


def as_preview(graph: Graph) -> Graph:
    """The graph of a first deployment, with every input that is made from another resource unknown.

    The worst case: a real preview knows a little more, as an output that only repeats an input.
    """
    return graph.model_copy(update={"resources": tuple(_hidden(resource) for resource in graph.resources)})


def _hidden(resource: Resource) -> Resource:
    made = {key for key, urns in resource.property_dependencies.items() if urns}
    inputs = {key: UNKNOWN_MARK if key in made else value for key, value in resource.inputs.items()}
    outputs = {key: value for key, value in inputs.items() if key in resource.outputs}
    return resource.model_copy(update={"inputs": inputs, "outputs": outputs, "id": None})
