"""The monitor that records what a program registers: parents, dependencies, options and source lines.

`pulumi.runtime.set_mocks` calls a monitor in the engine's place. The stock one hands a `Mocks` only type,
name and inputs; the request carries all the rest, and it is kept here.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import pulumi
from google.protobuf import empty_pb2
from pulumi.runtime.mocks import MockMonitor, set_mocks
from pulumi.runtime.proto import resource_pb2

from surgeproof.graph.errors import ProgramError
from surgeproof.graph.model import STACK_TYPE, Location, Options, Resource
from surgeproof.graph.outputs import OutputsProvider
from surgeproof.graph.wire import plain_properties, wire_properties

# A generated class, which the type checker cannot see as an attribute of its module.
_Empty: Any = vars(empty_pb2)["Empty"]


_NO_MOCKS: Any = None
"""Pulumi's own monitor asks `Mocks` what to answer; ours answers all that they would be asked."""


class RecordingMonitor(MockMonitor):
    """Answers registrations through an outputs provider and records them.

    Calls come from a pool of threads, one a registration.

    Attributes:
        recorded: Resources by URN.
        exports: The stack's outputs.
        secret_exports: Names of those that are secret.
    """

    def __init__(self, outputs: OutputsProvider, root: Path) -> None:
        super().__init__(_NO_MOCKS)
        self.recorded: dict[str, Resource] = {}
        self.exports: dict[str, Any] = {}
        self.secret_exports: tuple[str, ...] = ()
        self._outputs = outputs
        self._root = root
        self._lock = threading.Lock()
        self._claimed: dict[str, Location | None] = {}

    def stand_in(self, *, project: str, stack: str) -> None:
        """Answer in the engine's place from now on."""
        set_mocks(_NO_MOCKS, project=project, stack=stack, preview=False, monitor=self, organization="organization")

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """URN as the engine makes it: the types of all parents, the stack's left out."""
        above = parent.split("::")[2] if parent else ""
        qualified = type_ if above in {"", STACK_TYPE} else f"{above}${type_}"
        stack, project = pulumi.get_stack(), pulumi.get_project()
        return f"urn:pulumi:{stack}::{project}::{qualified}::{name}"

    def RegisterResource(self, request: Any) -> resource_pb2.RegisterResourceResponse:  # noqa: N802 - gRPC's name
        """Create the resource with the outputs provider, and record it."""
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type == STACK_TYPE:
            return resource_pb2.RegisterResourceResponse(urn=urn)
        location = self._location(request)
        if request.transforms:
            raise _transforms(f"{request.type} {request.name}", location)
        self._claim(urn, request, location)
        inputs, secrets = plain_properties(request.object)
        identity: str | None = None
        outputs: dict[str, Any] = dict(inputs)
        if request.custom and not request.type.startswith("pulumi:providers:"):
            identity, outputs = self._outputs.new_resource(request.type, request.name, inputs, urn)
        elif request.custom:
            identity = request.name
        hidden = {*secrets, *request.additionalSecretOutputs}
        self._record(
            Resource(
                type=request.type,
                name=request.name,
                urn=urn,
                id=identity,
                custom=request.custom,
                inputs=inputs,
                outputs={key: value for key, value in outputs.items() if value is not None},
                parent=_parent(request.parent),
                provider=request.provider or None,
                dependencies=tuple(sorted(set(request.dependencies))),
                property_dependencies={
                    key: tuple(sorted(set(value.urns)))
                    for key, value in sorted(request.propertyDependencies.items())
                    if value.urns
                },
                options=_options(request),
                secrets=tuple(sorted(hidden & {*inputs, *outputs})),
                location=location,
            )
        )
        return resource_pb2.RegisterResourceResponse(
            urn=urn, id=identity or "", object=wire_properties(outputs, hidden)
        )

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 - gRPC's name
        """Record a component's outputs, or the stack's exports."""
        values, secrets = plain_properties(request.outputs)
        with self._lock:
            known = self.recorded.get(request.urn)
            if known is not None:
                self.recorded[request.urn] = known.model_copy(
                    update={"outputs": values, "secrets": tuple(sorted({*known.secrets, *secrets}))}
                )
            elif request.urn.split("::")[2] == STACK_TYPE:
                self.exports, self.secret_exports = values, secrets
        return _Empty()

    def ReadResource(self, request: Any) -> resource_pb2.ReadResourceResponse:  # noqa: N802 - gRPC's name
        """Refuse `Resource.get(...)`: what exists in an account is not known here."""
        raise ProgramError(
            f"the program reads an existing {request.type} ({request.id}), which only an account can answer",
            path=f"{request.type} {request.name}",
            fix="Pass its values through the stack's settings instead",
        )

    def ExistsResource(self, request: Any) -> resource_pb2.ExistsResourceResponse:  # noqa: N802 - gRPC's name
        """Refuse `Resource.exists(...)`, as `ReadResource` does."""
        raise ProgramError(
            f"the program asks whether {request.type} {request.id} exists, which only an account can answer",
            path=request.type,
            fix="Pass the answer through the stack's settings instead",
        )

    def RegisterStackTransform(self, request: Any) -> Any:  # noqa: ARG002, N802 - gRPC's
        """Refuse `pulumi.runtime.register_resource_transform`."""
        raise _transforms("the stack", None)

    def RegisterStackInvokeTransform(self, request: Any) -> Any:  # noqa: ARG002, N802 - gRPC's
        """Refuse `pulumi.runtime.register_invoke_transform`."""
        raise _transforms("the stack", None)

    def Invoke(self, request: Any) -> resource_pb2.ResourceInvokeResponse:  # noqa: N802 - gRPC's name
        """Answer an invoke through the outputs provider."""
        args, _ = plain_properties(request.args)
        answer: Mapping[str, Any] = self._outputs.call(request.tok, args)
        fields: dict[str, Any] = {"return": wire_properties(answer)}  # `return` is a keyword of Python
        return resource_pb2.ResourceInvokeResponse(**fields)

    def _claim(self, urn: str, request: Any, location: Location | None) -> None:
        with self._lock:
            if urn in self._claimed:
                raise ProgramError(
                    f"two resources of type {request.type} have the same name and parent",
                    path=str(location or urn),
                    got=request.name,
                    fix=f"Rename one; the first is made at {self._claimed[urn] or 'an unknown place'}",
                )
            self._claimed[urn] = location

    def _record(self, resource: Resource) -> None:
        with self._lock:
            self.recorded[resource.urn] = resource

    def _location(self, request: Any) -> Location | None:
        position = request.sourcePosition
        if not position.line:
            return None
        path = Path(unquote(urlparse(position.uri).path))
        file = path.relative_to(self._root).as_posix() if path.is_relative_to(self._root) else str(path)
        return Location(file=file, line=position.line)


def _transforms(of: str, location: Location | None) -> ProgramError:
    """The engine calls a program back for each resource, to let a transform change it; nobody does so here."""
    return ProgramError(
        f"{of} has a transform, which only the engine runs: its changes would be missing here",
        path=str(location) if location else None,
        fix="Use transformations (`opts=ResourceOptions(transformations=[...])` or `register_stack_transformation`)",
    )


def _parent(urn: str) -> str | None:
    return None if not urn or urn.split("::")[2] == STACK_TYPE else urn


def _options(request: Any) -> Options:
    return Options(
        protect=request.protect,
        ignore_changes=tuple(request.ignoreChanges),
        replace_on_changes=tuple(request.replaceOnChanges),
        delete_before_replace=request.deleteBeforeReplace,
        retain_on_delete=request.retainOnDelete,
        deleted_with=request.deletedWith or None,
        import_id=request.importId or None,
        additional_secret_outputs=tuple(request.additionalSecretOutputs),
        version=request.version or None,
    )
