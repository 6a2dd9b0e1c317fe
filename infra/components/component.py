"""What all components share: a hook to change any child's arguments before it is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pulumi

from infra.errors import TransformError

Transform = Callable[[dict[str, Any]], dict[str, Any]]
"""Takes a child's arguments (snake_case) and returns those to use instead."""
Transforms = Mapping[str, Transform]
"""By name of the child within its component: ``{"queue": lambda args: {**args, "delay_seconds": 5}}``."""


class Component(pulumi.ComponentResource):
    """Base of all components.

    It has no constructor of its own: Pulumi counts constructors to find the line that made a resource.
    """

    def _child(self, *, protect: bool | None = None, **options: Any) -> pulumi.ResourceOptions:
        """Options of a child."""
        return pulumi.ResourceOptions(parent=self, protect=protect, **options)

    def _done(self, outputs: Mapping[str, Any]) -> None:
        """Register the component's outputs; the last line of a constructor."""
        unused: set[str] = set().union(
            *(hook.unused for hook in (self._transformations or []) if isinstance(hook, _Hook))
        )
        if unused:
            raise TransformError(
                f"{type(self).__name__} has no such child",
                path="transform",
                got=", ".join(sorted(unused)),
                allowed=", ".join(
                    sorted(set().union(*(h.seen for h in self._transformations or [] if isinstance(h, _Hook))))
                ),
            )
        self.register_outputs(dict(outputs))


class _Hook:
    """Applies transforms to the children of one component by their names."""

    def __init__(self, component: str, transforms: Transforms) -> None:
        self._prefix = f"{component}-"
        self._transforms = transforms
        self.seen: set[str] = set()

    @property
    def unused(self) -> set[str]:
        return set(self._transforms) - self.seen

    def __call__(self, args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        child = args.name.removeprefix(self._prefix)
        self.seen.add(child)
        transform = self._transforms.get(child)
        if transform is None or not args.type_.startswith("aws:"):
            return None
        return pulumi.ResourceTransformationResult(props=transform(dict(args.props)), opts=args.opts)


def component_options(
    name: str, opts: pulumi.ResourceOptions | None, transform: Transforms | None
) -> pulumi.ResourceOptions | None:
    """Options of a component, with the transforms of its children hooked in."""
    if not transform:
        return opts
    return pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(transformations=[_Hook(name, transform)]))
