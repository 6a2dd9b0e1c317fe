"""Types that nothing in a rehearsal reads and moto does not keep: checked against botocore's model and recorded."""

from __future__ import annotations

import json
from typing import Any

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Handler, Inputs


class Recorded(Handler):
    """A type whose creating call is built and checked as for AWS, and then recorded instead of sent.

    Subclasses name the call, and say in `identify` what AWS would have answered.
    """

    kept = "recorded"

    def identify(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Id and computed outputs, made from the inputs alone."""
        raise NotImplementedError

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Check and record it."""
        _, request = account.request(
            self.calls[0], inputs, renamed=self.renamed, leave_out=self.elsewhere, type_token=self.token
        )
        identity, computed = self.identify(account, inputs)
        self._record(account, identity, request)
        return identity, self.outputs(account, inputs, **computed)

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:
        """Check and record the new inputs under the same id."""
        _, request = account.request(
            self.calls[0], inputs, renamed=self.renamed, leave_out=self.elsewhere, type_token=self.token
        )
        self._record(account, existing.identity, request)
        return {**existing.outputs, **self.outputs(account, inputs)}

    def _record(self, account: Account, identity: str, request: dict[str, Any]) -> None:
        account.record(
            {
                "type": self.token,
                "id": identity,
                "operation": self.calls[0],
                "request": json.loads(json.dumps(request, default=str)),
            }
        )
