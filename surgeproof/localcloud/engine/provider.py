"""The resource handlers behind Pulumi's provider protocol: what the real engine calls the ``aws`` provider."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import grpc
from botocore.exceptions import BotoCoreError, ClientError
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from surgeproof.errors import SurgeproofError
from surgeproof.localcloud.aws import EmbeddedAws
from surgeproof.localcloud.deploy import account_of
from surgeproof.localcloud.engine.made import Made, Register
from surgeproof.localcloud.engine.planning import Plan, checked, plan, planned_outputs
from surgeproof.localcloud.engine.wire import DEFAULTS, opened, sealed
from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Handler, answer_of, handler_of
from surgeproof.localcloud.handlers.describe import says_gone
from surgeproof.localcloud.handlers.tagging import retag

# Generated classes, which the type checker cannot see as attributes of their modules.
pb: Any = provider_pb2
_PluginInfo: Any = vars(plugin_pb2)["PluginInfo"]
_Empty: Any = vars(empty_pb2)["Empty"]

_TOLD = (SurgeproofError, ClientError, BotoCoreError, KeyError, TypeError, ValueError)
UNPROTECT = "SURGEPROOF_UNPROTECT"
"""Variable that tells the plugin to take off what protects a resource before it deletes it."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """One provider of one stack; all of it goes to the embedded AWS at an endpoint of this machine.

    Args:
        endpoint_url: Where the embedded AWS listens.
        region: The region of resources that name none, when the stack names none.
        version: The provider's version, as the program's SDK asks for it.
        unprotect: Take off what protects a resource before it is deleted.
    """

    def __init__(self, endpoint_url: str, *, region: str, version: str, unprotect: bool = False) -> None:
        self._unprotect = unprotect
        self._endpoint_url = endpoint_url
        self._region = region
        self._version = version
        self._account: Account | None = None
        self._register: Register | None = None

    # --- the plugin itself -------------------------------------------------------------------------------------

    def Handshake(self, request: Any, context: Any) -> Any:  # noqa: ARG002, D102, N802 - the protocol's
        return pb.ProviderHandshakeResponse(accept_secrets=False, accept_resources=False, accept_outputs=False)

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: ARG002, D102, N802
        return _PluginInfo(version=self._version)

    def GetSchema(self, request: Any, context: Any) -> Any:  # noqa: ARG002, D102, N802
        return pb.GetSchemaResponse(schema=json.dumps({"name": "aws", "version": self._version}))

    def GetMapping(self, request: Any, context: Any) -> Any:  # noqa: ARG002, D102, N802
        return pb.GetMappingResponse()

    def Cancel(self, request: Any, context: Any) -> Any:  # noqa: ARG002, D102, N802
        return _Empty()

    # --- its configuration -------------------------------------------------------------------------------------

    def CheckConfig(self, request: Any, context: Any) -> Any:  # noqa: ARG002, D102, N802
        return pb.CheckResponse(inputs=request.news, failures=[
            pb.CheckFailure(property="endpoints", reason=f"{url} is not on this machine")
            for url in _endpoints(opened(request.news)) if not is_local(url)
        ])  # fmt: skip

    def DiffConfig(self, request: Any, context: Any) -> Any:  # noqa: ARG002, D102, N802
        found = plan(opened(request.old_inputs), opened(request.news), replace_on=())
        return _diff_response(found)

    def Configure(self, request: Any, context: Any) -> Any:  # noqa: ARG002, D102, N802
        given = opened(request.args)
        aws = EmbeddedAws.at(self._endpoint_url, region=given.get("region") or self._region)
        tags = (_unfolded(given.get("defaultTags")) or {}).get("tags")
        self._account = account_of(aws, region=given.get("region"), default_tags=tags)
        self._register = Register(aws.request)
        return pb.ConfigureResponse(
            acceptSecrets=False, supportsPreview=True, acceptResources=False, acceptOutputs=False
        )

    @property
    def account(self) -> Account:
        """The account that resources go to."""
        if self._account is None:
            raise RuntimeError("the engine calls Configure first")
        return self._account

    # --- resources ---------------------------------------------------------------------------------------------

    def Check(self, request: Any, context: Any) -> Any:  # noqa: D102, N802
        def answer() -> Any:
            handler = _handler(request)
            seed = request.randomSeed.hex() if request.randomSeed else ""
            inputs, failures = checked(handler, _name(request), opened(request.news), opened(request.olds), seed)
            return pb.CheckResponse(
                inputs=sealed(inputs), failures=[pb.CheckFailure(property=name, reason=why) for name, why in failures]
            )

        return _told(context, answer)

    def Diff(self, request: Any, context: Any) -> Any:  # noqa: D102, N802
        def answer() -> Any:
            handler = _handler(request)
            old, new = opened(request.old_inputs), opened(request.news)
            found = plan(
                old,
                new,
                replace_on=handler.replace_on,
                ignored=request.ignoreChanges,
                delete_first=handler.delete_before_replace,
                name_prop=handler.name_prop,
            )
            return _diff_response(found)

        return _told(context, answer)

    def Create(self, request: Any, context: Any) -> Any:  # noqa: D102, N802
        def answer() -> Any:
            handler, inputs = _handler(request), _clean(opened(request.properties))
            if request.preview:
                return pb.CreateResponse(properties=sealed(planned_outputs(handler, self.account, inputs)))
            identity, outputs = handler.create(self.account, inputs)
            if self._register is not None:
                self._register.add(Made(request.urn, handler.token, identity, inputs, outputs))
            return pb.CreateResponse(id=identity, properties=sealed(outputs))

        return _told(context, answer)

    def Read(self, request: Any, context: Any) -> Any:  # noqa: D102, N802
        def answer() -> Any:
            handler = _handler(request)
            inputs, before = opened(request.inputs), opened(request.properties)
            defaults = inputs.pop(DEFAULTS, None)
            try:
                found = handler.read(self.account, request.id, inputs)
            except ClientError as error:
                if not says_gone(error):
                    raise
                found = None
            if found is None:
                return pb.ReadResponse(id="")
            now, outputs = found
            kept = {name: value for name, value in before.items() if name not in inputs}
            marked = now if defaults is None else {**now, DEFAULTS: defaults}
            return pb.ReadResponse(id=request.id, inputs=sealed(marked), properties=sealed({**kept, **outputs}))

        return _told(context, answer)

    def Update(self, request: Any, context: Any) -> Any:  # noqa: D102, N802
        def answer() -> Any:
            handler, inputs = _handler(request), _clean(opened(request.news))
            before = _clean(opened(request.old_inputs))
            existing = Existing(request.id, before, opened(request.olds))
            kept = {name: value for name, value in existing.outputs.items() if name not in before}
            if request.preview:
                return pb.UpdateResponse(properties=sealed({**kept, **handler.outputs(self.account, inputs)}))
            outputs = handler.update(self.account, existing, inputs)
            retag(self.account, handler, existing, inputs)
            gone = set(before) - set(inputs)
            return pb.UpdateResponse(
                properties=sealed({name: value for name, value in outputs.items() if name not in gone})
            )

        return _told(context, answer)

    def Delete(self, request: Any, context: Any) -> Any:  # noqa: D102, N802
        def answer() -> Any:
            handler = _handler(request)
            existing = Existing(request.id, _clean(opened(request.old_inputs)), opened(request.properties))
            if self._unprotect:
                gently(lambda: handler.unprotect(self.account, existing))
            gently(lambda: handler.delete(self.account, existing))
            if self._register is not None:
                self._register.drop(request.urn, request.id)
            return _Empty()

        return _told(context, answer)

    def Invoke(self, request: Any, context: Any) -> Any:  # noqa: D102, N802
        def answer() -> Any:
            told = answer_of(request.tok)(self.account, opened(request.args))
            return pb.InvokeResponse(**{"return": sealed(told)})

        return _told(context, answer)


def gently(act: Callable[[], None]) -> None:
    """Delete something; one that is gone already is no error, as in AWS's own provider."""
    try:
        act()
    except ClientError as error:
        if not says_gone(error):
            raise


def is_local(url: str) -> bool:
    """Whether an endpoint is on this machine."""
    return urlsplit(url).hostname in LOOPBACK


def _told(context: Any, answer: Callable[[], Any]) -> Any:
    """An answer, or its error in one sentence. `context.abort` raises itself, so it stands outside of the try."""
    try:
        return answer()
    except _TOLD as error:
        expected = isinstance(error, (SurgeproofError, ClientError, BotoCoreError))
        words = str(error) if expected else f"{type(error).__name__}: {error}"
    context.abort(grpc.StatusCode.UNKNOWN, words)
    return None


def _diff_response(found: Plan) -> Any:
    kinds = {
        (False, "add"): pb.PropertyDiff.ADD,
        (False, "delete"): pb.PropertyDiff.DELETE,
        (False, "update"): pb.PropertyDiff.UPDATE,
        (True, "add"): pb.PropertyDiff.ADD_REPLACE,
        (True, "delete"): pb.PropertyDiff.DELETE_REPLACE,
        (True, "update"): pb.PropertyDiff.UPDATE_REPLACE,
    }
    detailed = {
        item.path: pb.PropertyDiff(kind=kinds[item.path in found.replacing, item.kind], inputDiff=True)
        for item in found.changes
    }
    return pb.DiffResponse(
        changes=pb.DiffResponse.DIFF_SOME if found.changes else pb.DiffResponse.DIFF_NONE,
        diffs=sorted({item.input for item in found.changes}),
        replaces=sorted({item.input for item in found.changes if item.path in found.replacing}),
        deleteBeforeReplace=found.delete_first,
        detailedDiff=detailed,
        hasDetailedDiff=True,
    )


def _handler(request: Any) -> Handler:
    return handler_of(request.type or request.urn.split("::")[2].rsplit("$", 1)[-1], _name(request))


def _name(request: Any) -> str:
    return request.name or request.urn.rsplit("::", 1)[-1]


def _clean(inputs: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in inputs.items() if name != DEFAULTS}


def _unfolded(value: Any) -> Any:
    """A provider's nested settings come as JSON texts."""
    return json.loads(value) if isinstance(value, str) else value


def _endpoints(given: dict[str, Any]) -> list[str]:
    told = _unfolded(given.get("endpoints")) or []
    return [url for item in told for url in item.values() if isinstance(url, str) and url]
