"""The resource graph: what a Pulumi program would deploy, the same whichever source it came from."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from surgeproof.graph.errors import SavedGraphError

STACK_TYPE = "pulumi:pulumi:Stack"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Location(_Frozen):
    """Where in the program a resource is made."""

    file: str = Field(description="Path from the project's root; absolute when it lies outside")
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Options(_Frozen):
    """Resource options that controls and reviewers ask about; the defaults are the engine's."""

    protect: bool = False
    ignore_changes: tuple[str, ...] = ()
    replace_on_changes: tuple[str, ...] = ()
    delete_before_replace: bool = False
    retain_on_delete: bool = False
    deleted_with: str | None = None
    import_id: str | None = None
    additional_secret_outputs: tuple[str, ...] = ()
    version: str | None = None


class Resource(_Frozen):
    """One resource or component.

    Property names are the provider's own (camelCase); whole numbers are ints. Secrets are in plain
    text and named in ``secrets``: whoever prints properties must leave those out.
    """

    type: str
    name: str
    urn: str
    id: str | None = Field(default=None, description="Physical id; None for a component")
    custom: bool = True
    inputs: dict[str, Any] = Field(default_factory=dict)
    outputs: dict[str, Any] = Field(default_factory=dict)
    parent: str | None = Field(default=None, description="URN of the parent; None at the top of the stack")
    provider: str | None = None
    dependencies: tuple[str, ...] = Field(default=(), description="URNs, sorted")
    property_dependencies: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="Input property to the URNs that its value is made from, sorted"
    )
    options: Options = Options()
    secrets: tuple[str, ...] = Field(default=(), description="Names of inputs and outputs that are secret")
    location: Location | None = None

    def __hash__(self) -> int:
        return hash(self.urn)


class Unread(_Frozen):
    """What a source was to read and could not: nothing may be concluded from its absence.

    Attributes:
        what: Type token; or ``options`` for what only a program knows (protect, ignore_changes, parents).
        action: IAM action that was refused, ``sqs:ListQueues``; "" when no call failed.
        why: In a few words.
    """

    what: str
    action: str = ""
    why: str


class Graph(_Frozen):
    """All resources of one stack, and what it exports."""

    project: str
    stack: str
    resources: tuple[Resource, ...]
    exports: dict[str, Any] = Field(default_factory=dict)
    secret_exports: tuple[str, ...] = ()
    unread: tuple[Unread, ...] = Field(default=(), description="What the source could not read; empty for a program")

    @cached_property
    def _by_urn(self) -> dict[str, Resource]:
        return {resource.urn: resource for resource in self.resources}

    @cached_property
    def _by_type(self) -> dict[str, tuple[Resource, ...]]:
        found: dict[str, list[Resource]] = {}
        for resource in self.resources:
            found.setdefault(resource.type, []).append(resource)
        return {type_: tuple(resources) for type_, resources in found.items()}

    @cached_property
    def _dependants(self) -> dict[str, tuple[Resource, ...]]:
        found: dict[str, list[Resource]] = {}
        for resource in self.resources:
            for urn in {urn for urns in resource.property_dependencies.values() for urn in urns}:
                found.setdefault(urn, []).append(resource)
        return {urn: tuple(resources) for urn, resources in found.items()}

    def of_type(self, type_: str) -> tuple[Resource, ...]:
        """Resources of one type token (``aws:sqs/queue:Queue``), in the graph's order."""
        return self._by_type.get(type_, ())

    def by_urn(self, urn: str) -> Resource | None:
        """The resource with this URN, or None."""
        return self._by_urn.get(urn)

    def children(self, urn: str) -> tuple[Resource, ...]:
        """Resources whose parent this is."""
        return tuple(resource for resource in self.resources if resource.parent == urn)

    def sources(self, resource: Resource, property_: str) -> tuple[Resource, ...]:
        """Resources that the value of an input property is made from.

        Links hold by property dependencies and never by comparing ARNs: an unknown or a shared
        name would break that.
        """
        urns = resource.property_dependencies.get(property_, ())
        return tuple(found for urn in urns if (found := self.by_urn(urn)) is not None)

    def dependants(self, urn: str) -> tuple[Resource, ...]:
        """Resources with an input property that is made from this one."""
        return self._dependants.get(urn, ())

    def to_json(self, *, indent: int | None = 2) -> str:
        """The graph as JSON, stable: the same program gives the same text."""
        return self.redacted().model_dump_json(indent=indent)

    def redacted(self) -> Graph:
        """A copy without the values of secrets, for files, logs and screens."""
        resources = tuple(
            resource.model_copy(
                update={
                    "inputs": _without(resource.inputs, resource.secrets),
                    "outputs": _without(resource.outputs, resource.secrets),
                }
            )
            if resource.secrets
            else resource
            for resource in self.resources
        )
        return self.model_copy(update={"resources": resources, "exports": _without(self.exports, self.secret_exports)})

    @classmethod
    def from_json(cls, text: str | bytes, *, path: str | None = None) -> Graph:
        """Read a graph that `to_json` wrote.

        Raises:
            SavedGraphError: When the text is no such graph; names the first field that is wrong.
        """
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(str(part) for part in first["loc"])
            raise SavedGraphError(
                f"is not a saved resource graph ({field or 'the text'}: {first['msg'].lower()})",
                path=path,
                fix="Write it with `surgeproof graph --json`",
            ) from None


SECRET = "[secret]"  # noqa: S105 - a mark, no secret
"""What stands in place of a secret's value in everything that is written."""


def _without(values: Mapping[str, Any], secrets: tuple[str, ...]) -> dict[str, Any]:
    return {key: SECRET if key in secrets else value for key, value in values.items()}
