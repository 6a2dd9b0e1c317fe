"""What is configured for S3 on the account as a whole: the block of public access."""

from __future__ import annotations

from typing import Any, ClassVar

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Inputs, handles
from surgeproof.localcloud.handlers.recorded import Recorded


@handles("aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock")
class AccountPublicAccessBlock(Recorded):
    """What blocks public access to every bucket of the account; its id is the account's number."""

    note = "S3 Control is asked at a host that starts with the account's number; the embedded AWS has an address only."
    calls = ("s3control.put_public_access_block",)
    defaults: ClassVar = dict.fromkeys(
        ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"), False
    )
    replace_on = frozenset({"accountId"})
    computed = ("accountId",)

    def ask(self, account: Account, inputs: Inputs) -> dict[str, Any]:
        """AWS takes the four flags below one member, and the account beside it."""
        flags = {name: inputs[name] for name in self.defaults}
        return super().ask(
            account, {"accountId": self._number(account, inputs), "publicAccessBlockConfiguration": flags}
        )

    def identify(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """The account has one."""
        number = self._number(account, inputs)
        return number, {"accountId": number}

    @staticmethod
    def _number(account: Account, inputs: Inputs) -> str:
        return str(inputs.get("accountId") or account.number)
