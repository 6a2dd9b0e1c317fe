"""Tags, handled once: every resource that takes tags gets the stack's; its own win."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

SCOPE = "pci-scope"
"""Tag that says whether card data passes: cde (it does), connected (to what it does), out."""
CLASSIFICATION = "data-classification"
"""Tag that says what a store holds: public, internal, orders, logs, audit."""

BACKUP = {"backup": "daily"}
"""Tag of what is backed up every night."""


def merged(own: Mapping[str, Any] | None, stack: Mapping[str, str]) -> dict[str, Any]:
    """Tags of a resource: the stack's, then its own."""
    return {**stack, **(own or {})}


def tag_everything(tags: Mapping[str, str]) -> None:
    """Give all resources of the program that take tags these ones, from now on."""

    def transformation(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        # Generated resource classes hand over every input that they have, given or not.
        if not args.type_.startswith("aws:") or "tags" not in args.props:
            return None
        own = args.props["tags"]
        props = dict(args.props)
        props["tags"] = pulumi.Output.from_input(own).apply(lambda given: merged(given, tags)) if own else dict(tags)
        return pulumi.ResourceTransformationResult(props=props, opts=args.opts)

    pulumi.runtime.register_stack_transformation(transformation)
