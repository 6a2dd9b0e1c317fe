"""Secrets and their versions."""

from __future__ import annotations

from typing import ClassVar

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Handler, Inputs, handles


@handles("aws:secretsmanager/secret:Secret")
class Secret(Handler):
    """A secret, without a value until a version is put."""

    calls = ("secretsmanager.create_secret", "secretsmanager.delete_secret")
    name_prop = "name"
    name_length = 512
    defaults: ClassVar = {"recoveryWindowInDays": 30, "forceOverwriteReplicaSecret": False}
    renamed: ClassVar = {"replicas": "AddReplicaRegions"}
    elsewhere = frozenset({"recoveryWindowInDays", "policy"})
    replace_on = frozenset({"name", "region"})

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it and put its policy; its id is its ARN."""
        arn = self.send(account, inputs)["ARN"]
        if inputs.get("policy"):
            client = account.client("secretsmanager", inputs)
            client.put_resource_policy(SecretId=arn, ResourcePolicy=inputs["policy"])
        return arn, self.outputs(account, inputs, arn=arn)

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it after its recovery window; at once when that is 0."""
        days = existing.inputs.get("recoveryWindowInDays", 30)
        how = {"RecoveryWindowInDays": days} if days else {"ForceDeleteWithoutRecovery": True}
        account.client("secretsmanager", existing.inputs).delete_secret(SecretId=existing.identity, **how)


@handles("aws:secretsmanager/secretVersion:SecretVersion")
class SecretVersion(Handler):
    """A value of a secret."""

    calls = ("secretsmanager.put_secret_value",)
    elsewhere = frozenset({"secretStringWoVersion"})
    renamed: ClassVar = {"secretStringWo": "SecretString"}
    replace_on = frozenset({"secretId", "secretString", "secretBinary", "region"})
    computed = ("arn", "versionId")

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Put it; its id is the secret and the version."""
        made = self.send(account, inputs)
        identity = f"{made['ARN']}|{made['VersionId']}"
        return identity, self.outputs(account, inputs, arn=made["ARN"], versionId=made["VersionId"])
