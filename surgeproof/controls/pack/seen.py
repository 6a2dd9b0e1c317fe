"""What the pack has seen: resources and graphs out of requests, kept so that each is decoded once."""

from __future__ import annotations

import threading
from typing import Any

from pulumi_policy.deserialize import serialize_properties

from surgeproof.controls.pack.decoded import graph_of, plain_properties, providers_of, resource_of
from surgeproof.graph.model import Graph, Options, Resource

Given = tuple[dict[str, Any], tuple[str, ...]]


class Seen:
    """Decoded requests. The engine asks from several threads; each handles one request at a time."""

    def __init__(self) -> None:
        self._inputs: dict[str, Given] = {}
        self._current = threading.local()

    def analyze(self, request: Any) -> None:
        """Keep the resource of an `AnalyzeRequest`: for this thread's policies, and its inputs for the whole stack."""
        resource = resource_of(request)
        self._inputs[resource.urn] = (resource.inputs, resource.secrets)
        self._current.resource = resource

    def analyze_stack(self, request: Any) -> None:
        """Keep the graph of an `AnalyzeStackRequest` for this thread's policies.

        A whole stack comes with outputs; the inputs are those that were seen resource by resource.
        """
        resources = [resource_of(item, self._inputs.get(item.urn)) for item in request.resources]
        self._current.graph = graph_of([*providers_of(request.resources), *resources])

    def forget(self) -> None:
        """Let go of what this thread has kept of a request."""
        self._current.__dict__.clear()

    def resource(self, args: Any) -> Resource:
        """The resource that a resource policy is run for."""
        kept = getattr(self._current, "resource", None)
        return kept if kept is not None and kept.urn == args.urn else _from_args(args)

    def graph(self, args: Any) -> Graph:
        """The graph that a stack policy is run for."""
        kept = getattr(self._current, "graph", None)
        if kept is not None:
            return kept
        return graph_of(_from_args(item, self._inputs.get(item.urn)) for item in args.resources)


def _from_args(args: Any, inputs: Given | None = None) -> Resource:
    """A resource out of the SDK's own arguments, where no servicer of ours has decoded it."""
    folded = args.resource_type.startswith("pulumi:providers:")
    values, secrets = plain_properties(serialize_properties(args.props), folded=folded)
    given, hidden = inputs or (values, secrets)
    depends = getattr(args, "property_dependencies", {})
    parent = getattr(args, "parent", None)
    return Resource(
        type=args.resource_type,
        name=args.name,
        urn=args.urn,
        custom=args.provider is not None,
        inputs=given,
        outputs=values,
        parent=parent.urn if parent is not None else args.opts.parent or None,
        provider=f"{args.provider.urn}::id" if args.provider is not None else None,
        dependencies=tuple(sorted({item.urn for item in getattr(args, "dependencies", ())})),
        property_dependencies={key: tuple(sorted({item.urn for item in found})) for key, found in depends.items()},
        options=Options(
            protect=args.opts.protect,
            ignore_changes=tuple(args.opts.ignore_changes),
            delete_before_replace=bool(args.opts.delete_before_replace),
            additional_secret_outputs=tuple(args.opts.additional_secret_outputs),
        ),
        secrets=tuple(sorted({*secrets, *hidden, *args.opts.additional_secret_outputs})),
    )
