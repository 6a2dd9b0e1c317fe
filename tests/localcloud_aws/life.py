"""One resource through its life in the embedded account: told as it was made, changed, and gone."""

from __future__ import annotations

from typing import Any

from surgeproof.localcloud.deploy import HandlerOutputs
from surgeproof.localcloud.handlers.base import HANDLERS, Existing

TOLD_BY_AWS = {"tagsAll", "region", "arn", "etag", "lockToken"}
"""What nobody asks for, beyond what a handler says that it computes."""


class Life:
    """A resource that a handler has made; ``asked`` holds all of its inputs, which else are read from its outputs."""

    def __init__(
        self,
        outputs: HandlerOutputs,
        token: str,
        made: tuple[str, dict[str, Any]],
        asked: dict[str, Any] | None = None,
    ) -> None:
        self.account, self.handler = outputs.account, HANDLERS[token]
        self.identity, self.told = made
        self.asked = asked

    @property
    def inputs(self) -> dict[str, Any]:
        """What was asked for."""
        if self.asked is not None:
            return self.asked
        computed = {*self.handler.computed, *TOLD_BY_AWS} - {"certificateArn"}
        return {name: value for name, value in self.told.items() if name not in computed}

    @property
    def existing(self) -> Existing:
        inputs = self.inputs if self.asked is not None else {**self.inputs, "region": self.told["region"]}
        return Existing(self.identity, inputs, self.told)

    def found(self) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """Inputs and outputs as the account tells them now."""
        return self.handler.read(self.account, self.identity, self.existing.inputs)

    def read(self) -> dict[str, Any]:
        """Its inputs as the account tells them now."""
        found = self.found()
        assert found is not None
        return found[0]

    def change(self, **changes: Any) -> dict[str, Any]:
        """Change it in its place, and read it again."""
        after = {**self.existing.inputs, **changes}
        self.told = self.handler.update(self.account, self.existing, after)
        if self.asked is not None:
            self.asked = after
        return self.read()

    def delete(self) -> None:
        self.handler.delete(self.account, self.existing)

    def go(self) -> None:
        """Delete it; then it is gone."""
        self.delete()
        assert self.found() is None

    def stays_as_asked(self) -> None:
        found = self.read()
        assert {name: found.get(name) for name in self.inputs} == self.inputs

    def from_first_to_last(self, **changes: Any) -> None:
        """It is told just as it was asked for, and just as it was changed; then it is gone."""
        found = self.found()
        assert found is not None
        assert found[0] == self.inputs
        computed = self.handler.computed
        assert {name: found[1].get(name) for name in computed} == {name: self.told[name] for name in computed}
        if changes:
            assert self.change(**changes) == self.inputs
            assert {name: self.told[name] for name in changes} == changes
        self.go()
