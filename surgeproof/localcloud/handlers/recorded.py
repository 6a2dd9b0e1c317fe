"""Types that nothing in a rehearsal reads and moto does not keep: checked against botocore's model and recorded."""

from __future__ import annotations

import json
from abc import abstractmethod
from typing import Any

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Handler, Inputs


class Recorded(Handler):
    """A type whose creating call is built and checked as for AWS, and then recorded instead of sent.

    Records lie with the embedded AWS: they are read, changed and deleted like what it emulates. Subclasses name the
    call, and say in `identify` what AWS would have answered; one whose call takes another form says so in `ask`.
    """

    kept = "recorded"

    @abstractmethod
    def identify(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Id and computed outputs, made from the inputs alone."""

    def ask(self, account: Account, inputs: Inputs) -> dict[str, Any]:
        """The checked request of the creating call."""
        _, request = account.request(
            self.calls[0], inputs, renamed=self.renamed, leave_out=self.elsewhere, type_token=self.token
        )
        return request

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Check and record it."""
        request = self.ask(account, inputs)
        identity, computed = self.identify(account, inputs)
        self._record(account, identity, request, inputs)
        return identity, self.outputs(account, inputs, **computed)

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:  # noqa: ARG002 - the interface
        """What was recorded last."""
        found = account.records.find(self.token, identity)
        if found is None:
            return None
        kept = found["inputs"]
        return kept, self.outputs(account, kept, **self.identify(account, kept)[1])

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:
        """Check and record the new inputs under the same id."""
        self._record(account, existing.identity, self.ask(account, inputs), inputs)
        return {**existing.outputs, **self.outputs(account, inputs)}

    def delete(self, account: Account, existing: Existing) -> None:
        """Drop the record."""
        account.records.forget(self.token, existing.identity)

    def _record(self, account: Account, identity: str, request: dict[str, Any], inputs: Inputs) -> None:
        account.records.keep(
            {
                "type": self.token,
                "id": identity,
                "operation": self.calls[0],
                "request": json.loads(json.dumps(request, default=str)),
                "inputs": inputs,
            }
        )
