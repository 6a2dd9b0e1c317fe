"""The interface of a resource handler, and the registry by type token."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from botocore.exceptions import ClientError

from surgeproof.localcloud.aws_errors import UnknownInvokeError, UnknownResourceTypeError, UnsupportedOperationError
from surgeproof.localcloud.handlers.account import Account

Inputs = dict[str, Any]
Kept = Literal["emulated", "extended", "recorded"]


@dataclass(frozen=True, slots=True)
class New:
    """What a program asks for, before it is checked.

    Attributes:
        name: Logical name in the program.
        inputs: What the program gives.
        old_inputs: Inputs of the resource that exists, whose name is kept; empty for a new one.
        seed: Hex digits behind a name that is made up.
    """

    name: str
    inputs: Inputs
    old_inputs: Inputs
    seed: str


@dataclass(frozen=True, slots=True)
class Existing:
    """A resource that was created: its id, and the inputs and outputs that it has."""

    identity: str
    inputs: Inputs
    outputs: Inputs


Checked = tuple[Inputs, list[tuple[str, str]]]
"""Complete inputs, and failures as property and reason."""


class Handler:
    """Creates, reads, changes and deletes the resources of one type.

    Inputs and outputs are those of the provider: camelCase, whole numbers as ints, nulls left out. JSON documents stay
    in the program's spelling, whatever AWS makes of them.

    Attributes:
        token: Type token; set by `handles`.
        kept: ``emulated``: moto keeps it; ``extended``: our server or handler adds what moto lacks;
            ``recorded``: checked against botocore's model of the call and recorded, because nothing reads it.
        calls: The AWS calls behind ``create``, ``service.operation`` in boto3's names, the creating one first.
        note: What a reader of the coverage table should know.
        name_prop: Input that gets a name of its own when the program gives none.
        name_length: Longest name that AWS takes; 0 for no limit that matters.
        defaults: Inputs that the provider fills in.
        renamed: Provider's input to the member of AWS's request, where they differ by more than case; ``*.name`` for
            one that lies deeper.
        elsewhere: Inputs that the creating call does not take: the provider keeps them or sends them in another call.
        replace_on: Inputs whose change means a new resource.
        computed: Outputs that are unknown until the resource is created.
        delete_before_replace: Whether the old one must go before the new one is made.
    """

    token: str = ""
    kept: ClassVar[Kept] = "emulated"
    calls: ClassVar[tuple[str, ...]] = ()
    note: ClassVar[str] = ""
    name_prop: ClassVar[str | None] = None
    name_length: ClassVar[int] = 0
    defaults: ClassVar[Mapping[str, Any]] = {}
    renamed: ClassVar[Mapping[str, str]] = {}
    elsewhere: ClassVar[frozenset[str]] = frozenset()
    replace_on: ClassVar[frozenset[str]] = frozenset()
    computed: ClassVar[tuple[str, ...]] = ("arn",)
    delete_before_replace: ClassVar[bool] = False

    def check(self, new: New) -> Checked:
        """Fill in the name and the defaults.

        Args:
            new: What the program asks for.

        Returns:
            The inputs, and failures as property and reason.
        """
        inputs = {**self.defaults, **new.inputs}
        key = self.name_prop
        if key and not inputs.get(key):
            prefix = inputs.pop(f"{key}Prefix", None) or f"{new.name}-"
            room = self.name_length - len(new.seed) if self.name_length else None
            inputs[key] = new.old_inputs.get(key) or f"{prefix[:room]}{new.seed}"
        return inputs, []

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:  # noqa: ARG002 - the interface
        """Create it.

        Returns:
            Its id and its outputs, inputs included.
        """
        raise UnsupportedOperationError(self.token, "create")

    def read(
        self,
        account: Account,  # noqa: ARG002 - the interface
        identity: str,  # noqa: ARG002
        inputs: Inputs,  # noqa: ARG002
    ) -> tuple[Inputs, Inputs] | None:
        """Its inputs and outputs as they are in AWS now; None when it is gone."""
        raise UnsupportedOperationError(self.token, "read")

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:  # noqa: ARG002 - the interface
        """Change it to these inputs; its outputs."""
        raise UnsupportedOperationError(self.token, "update")

    def delete(self, account: Account, existing: Existing) -> None:  # noqa: ARG002 - the interface
        """Delete it."""
        raise UnsupportedOperationError(self.token, "delete")

    def send(self, account: Account, inputs: Inputs, **more: Any) -> Any:
        """Make the creating call with the inputs that it takes; ``more`` are members in AWS's own names."""
        return account.send(
            self.calls[0], inputs, renamed=self.renamed, leave_out=self.elsewhere, type_token=self.token, **more
        )

    def outputs(self, account: Account, inputs: Inputs, **computed: Any) -> Inputs:
        """Inputs, region, all tags, and what AWS computed."""
        return {**inputs, "region": account.region_of(inputs), "tagsAll": account.tags(inputs), **computed}


class Settable(Handler):
    """A type whose creating call also changes it: AWS puts the new settings in the place of the old."""

    def put(self, account: Account, inputs: Inputs) -> Inputs:
        """Put these settings; the outputs."""
        raise NotImplementedError

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:  # noqa: ARG002 - the interface
        """Put the new settings."""
        return self.put(account, inputs)


HANDLERS: dict[str, Handler] = {}
"""Handlers by type token."""

Invoke = Callable[[Account, dict[str, Any]], dict[str, Any]]
INVOKES: dict[str, Invoke] = {}
"""Provider functions by token."""


def handles(token: str) -> Callable[[type[Handler]], type[Handler]]:
    """Register a handler class for a type token, ``aws:sqs/queue:Queue``."""

    def register(kind: type[Handler]) -> type[Handler]:
        made = kind()
        made.token = token
        HANDLERS[token] = made
        return kind

    return register


def invoke(token: str) -> Callable[[Invoke], Invoke]:
    """Register the answer to a provider function."""

    def register(function: Invoke) -> Invoke:
        INVOKES[token] = function
        return function

    return register


def handler_of(token: str, name: str = "") -> Handler:
    """The handler of a type.

    Raises:
        UnknownResourceTypeError: There is none.
    """
    found = HANDLERS.get(token)
    if found is None:
        raise UnknownResourceTypeError(token, name)
    return found


def answer_of(token: str) -> Invoke:
    """The answer to a provider function.

    Raises:
        UnknownInvokeError: There is none.
    """
    found = INVOKES.get(token)
    if found is None:
        raise UnknownInvokeError(token)
    return found


def is_missing(error: ClientError, *codes: str) -> bool:
    """Whether AWS said that the resource is not there."""
    return error.response.get("Error", {}).get("Code") in codes
