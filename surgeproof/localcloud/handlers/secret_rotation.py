"""Rotation of secrets, and the passwords that Secrets Manager makes up."""

from __future__ import annotations

from typing import Any, ClassVar

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Inputs, handles, invoke
from surgeproof.localcloud.handlers.recorded import Recorded


@handles("aws:secretsmanager/secretRotation:SecretRotation")
class SecretRotation(Recorded):
    """When a secret's value is changed. It never changes here: a rehearsal is shorter than a day."""

    note = "moto rotates by a Lambda alone, and would change a password that nobody is told of."
    calls = ("secretsmanager.rotate_secret",)
    defaults: ClassVar = {"rotateImmediately": True}
    elsewhere = frozenset({"rotationEnabled", "tags"})
    replace_on = frozenset({"secretId", "region"})
    computed = ("rotationEnabled",)

    def identify(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:  # noqa: ARG002 - the interface
        """Its id is the secret's ARN."""
        return str(inputs["secretId"]), {"rotationEnabled": True}


@invoke("aws:secretsmanager/getRandomPassword:getRandomPassword")
def random_password(account: Account, args: dict[str, Any]) -> dict[str, Any]:
    """A password that nobody knows (Secrets Manager GetRandomPassword)."""
    values = {name: value for name, value in args.items() if value is not None}
    told = account.send("secretsmanager.get_random_password", values, leave_out=["tags"])
    return {**args, "randomPassword": told["RandomPassword"], "id": account.region_of(args)}
