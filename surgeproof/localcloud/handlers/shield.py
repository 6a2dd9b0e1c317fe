"""Shield Advanced protections."""

from __future__ import annotations

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Inputs, handles
from surgeproof.localcloud.handlers.recorded import Recorded


@handles("aws:shield/protection:Protection")
class Protection(Recorded):
    """That a distribution or load balancer is protected; the subscription is not a program's to buy."""

    note = "moto wants a subscription first, which is bought apart."
    calls = ("shield.create_protection",)
    replace_on = frozenset({"name", "resourceArn"})

    def identify(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """AWS numbers protections."""
        identity = f"protection-{inputs['name']}"
        return identity, {"arn": f"arn:aws:shield::{account.number}:protection/{identity}"}
