"""Amazon Inspector: which kinds of resources are looked at."""

from __future__ import annotations

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Inputs, Settable, handles

_KINDS = {"EC2": "ec2", "ECR": "ecr", "LAMBDA": "lambda", "LAMBDA_CODE": "lambdaCode"}
"""Kinds of resources as they are switched on, to how AWS tells them."""
_ON = frozenset({"ENABLED", "ENABLING"})


@handles("aws:inspector2/enabler:Enabler")
class Enabler(Settable):
    """What Inspector looks at in an account: kept, and finds nothing here."""

    calls = ("inspector2.enable", "inspector2.batch_get_account_status", "inspector2.disable")
    replace_on = frozenset({"accountIds", "region"})
    computed = ()

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Switch it on; its id is made of accounts and kinds, as the provider has it."""
        return self._identity(inputs), self.put(account, inputs)

    def _identity(self, inputs: Inputs) -> str:
        return f"{':'.join(inputs['accountIds'])}-{':'.join(inputs['resourceTypes'])}"

    def put(self, account: Account, inputs: Inputs) -> Inputs:
        """Switch these kinds on."""
        account.send(self.calls[0], inputs, leave_out=("tags",), type_token=self.token)
        return self.outputs(account, inputs)

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:
        """Switch the new kinds on, and off those that are named no more."""
        gone = sorted(set(existing.inputs["resourceTypes"]) - set(inputs["resourceTypes"]))
        if gone:
            self._off(account, existing.inputs, gone)
        return self.put(account, inputs)

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """Which kinds are on in the first of its accounts."""
        accounts = identity.partition("-")[0].split(":")
        told = account.client("inspector2", inputs).batch_get_account_status(accountIds=accounts)["accounts"]
        state = told[0]["resourceState"] if told else {}
        on = [kind for kind, member in _KINDS.items() if state.get(member, {}).get("status") in _ON]
        if not on:
            return None
        asked = [kind for kind in inputs.get("resourceTypes") or [] if kind in on]
        now = {**inputs, "accountIds": accounts, "resourceTypes": [*asked, *sorted(set(on) - set(asked))]}
        return now, self.outputs(account, now)

    def delete(self, account: Account, existing: Existing) -> None:
        """Switch them off."""
        self._off(account, existing.inputs, existing.inputs["resourceTypes"])

    def _off(self, account: Account, inputs: Inputs, kinds: list[str]) -> None:
        account.client("inspector2", inputs).disable(accountIds=inputs["accountIds"], resourceTypes=kinds)
