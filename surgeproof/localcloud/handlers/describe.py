"""How a type is asked for in AWS and changed there, told as data: one call each."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError
from botocore.model import ListShape

from surgeproof.localcloud.handlers.account import Account

_GONE = re.compile(
    r"NotFound|NoSuch|NonExist|DoesNotExist|ResourceNotFound|UnknownAssociation|^404$|InvalidPermission\."
)
_GONE_WORDS = re.compile(r"does not exist|not found|could not be found|unable to describe", re.IGNORECASE)


def says_gone(error: ClientError) -> bool:
    """Whether AWS said that the resource is not there: each service has a code of its own, and all say so in it."""
    told = error.response.get("Error", {})
    code = str(told.get("Code", ""))
    if _GONE.search(code):
        return True
    return code in {"ClientException", "ValidationError", "ValidationException"} and bool(
        _GONE_WORDS.search(str(told.get("Message", "")))
    )


def unless_gone(call: Callable[..., dict[str, Any]], **request: Any) -> dict[str, Any] | None:
    """What a describing call answers; None where AWS says that the resource is not there."""
    try:
        return call(**request)
    except ClientError as error:
        if says_gone(error):
            return None
        raise


@dataclass(frozen=True, slots=True)
class Describe:
    """The call that tells a resource.

    Attributes:
        call: ``service.operation`` in boto3's names.
        by: Member of the request that names the resource.
        found: Member of the answer that holds it, dotted where it lies deeper; "" for the answer itself.
        key: Input that names it; "" for its id.
        gone: States in which it only waits for its end: member to values.
        more: Further members of the request.
        outputs: Output to the member that tells it, dotted.
    """

    call: str
    by: str
    found: str = ""
    key: str = ""
    gone: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)

    def ask(self, account: Account, identity: str, inputs: Mapping[str, Any]) -> dict[str, Any] | None:
        """What AWS tells of it; None when it is gone."""
        service, operation = self.call.split(".")
        client = account.client(service, inputs)
        model = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[operation])
        name = inputs[self.key] if self.key and self.key in inputs else identity
        wanted = [name] if isinstance(model.input_shape.members[self.by], ListShape) else name
        answer = unless_gone(getattr(client, operation), **{self.by: wanted}, **self.more)
        if answer is None:
            return None
        told = at(answer, self.found)
        if isinstance(told, list):
            told = told[0] if told else None
        if not isinstance(told, Mapping) or any(told.get(member) in states for member, states in self.gone.items()):
            return None
        return {str(member): value for member, value in told.items()}


@dataclass(frozen=True, slots=True)
class Change:
    """The call that changes a resource in its place.

    Attributes:
        call: ``service.operation`` in boto3's names.
        by: Member of the request that names the resource.
        key: Input that names it; "" for its id.
        renamed: Provider's name to AWS's, on top of the creating call's.
        always: Inputs that the call wants even when they have not changed.
        more: Further members of the request.
    """

    call: str
    by: str
    key: str = ""
    renamed: Mapping[str, str] = field(default_factory=dict)
    always: tuple[str, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)


def at(value: Any, path: str) -> Any:
    """What lies at a dotted path; the first of a list on the way."""
    for part in path.split(".") if path else ():
        inside = value[0] if isinstance(value, list) and value else value
        value = inside.get(part) if isinstance(inside, Mapping) else None
    return value
