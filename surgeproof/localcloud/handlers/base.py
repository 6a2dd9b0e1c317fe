"""The interface of a resource handler, and the registry by type token."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from botocore.exceptions import ClientError

from surgeproof.localcloud.aws_errors import UnknownInvokeError, UnknownResourceTypeError, UnsupportedOperationError
from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.describe import Change, Describe, at
from surgeproof.localcloud.handlers.observed import observed

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


class Handler(ABC):  # noqa: B024 - what a type can't do is told when it is asked for
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
        describe: The call that tells it, where one does: then `read` needs no code.
        change: The call that changes it in its place, where one does: then `update` needs no code.
        unread: Inputs that the describing call tells in another sense, or not at all.
        local: Inputs that are the provider's own: they change nothing in AWS.
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
    describe: ClassVar[Describe | None] = None
    change: ClassVar[Change | None] = None
    unread: ClassVar[frozenset[str]] = frozenset()
    local: ClassVar[frozenset[str]] = frozenset()

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

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """Its inputs and outputs as they are in AWS now; None when it is gone.

        An import comes with no inputs: those that would replace it are then taken from AWS.
        """
        if self.describe is None:
            raise UnsupportedOperationError(self.token, "read")
        found = self.describe.ask(account, identity, inputs)
        if found is None:
            return None
        now = self.seen(account, identity, inputs, found)
        return now, self.outputs(account, now, **self.told(account, identity, now, found))

    def seen(self, account: Account, identity: str, inputs: Inputs, found: Inputs) -> Inputs:  # noqa: ARG002 - for those that ask more
        """The inputs as AWS tells them.

        Args:
            account: For those that have to ask more.
            identity: Its id.
            inputs: What the program asks for.
            found: What the describing call told.
        """
        fill = () if inputs else self.replace_on - {"region"}
        return observed(inputs, found, renamed=self.renamed, fill=fill, leave={"tags", "region", *self.unread})

    def told(self, account: Account, identity: str, inputs: Inputs, found: Inputs) -> Inputs:  # noqa: ARG002 - for those that make more of it
        """The computed outputs as AWS tells them; those that it does not tell stay as they were."""
        known = self.describe.outputs if self.describe else {}
        return {name: value for name, path in known.items() if (value := at(found, path)) is not None}

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:
        """Change it to these inputs; its outputs. Tags are not changed here: see `tagging.py`."""
        changed = {name for name in {*existing.inputs, *inputs} if existing.inputs.get(name) != inputs.get(name)} - {
            "tags",
            *self.local,
        }
        if changed and self.change is None:
            raise UnsupportedOperationError(self.token, f"change {', '.join(sorted(changed))} of")
        if changed and self.change is not None:
            self.modify(account, self.change, existing, {name: inputs.get(name) for name in sorted(changed)}, inputs)
        return {**existing.outputs, **self.outputs(account, inputs)}

    def modify(self, account: Account, change: Change, existing: Existing, changed: Inputs, inputs: Inputs) -> None:
        """Make the changing call with what has changed; None for what is gone, which most calls take as left alone."""
        values = {name: value for name, value in changed.items() if value is not None}
        values |= {name: inputs[name] for name in change.always if name in inputs}
        name = inputs[change.key] if change.key else existing.identity
        account.send(
            change.call,
            {**values, "region": account.region_of(inputs)},
            renamed={**self.renamed, **change.renamed},
            leave_out=("tags",),
            type_token=self.token,
            **{change.by: name},
            **change.more,
        )

    def delete(self, account: Account, existing: Existing) -> None:  # noqa: ARG002 - the interface
        """Delete it."""
        raise UnsupportedOperationError(self.token, "delete")

    def unprotect(self, account: Account, existing: Existing) -> None:  # noqa: B027 - most have nothing to take off
        """Take off what keeps AWS from deleting it: for one who gives up a whole local stack."""

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

    @abstractmethod
    def put(self, account: Account, inputs: Inputs) -> Inputs:
        """Put these settings; the outputs."""

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
