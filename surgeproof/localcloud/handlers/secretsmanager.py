"""Secrets and their versions."""

from __future__ import annotations

from typing import ClassVar

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Handler, Inputs, handles
from surgeproof.localcloud.handlers.describe import Describe
from surgeproof.localcloud.handlers.observed import text_now


@handles("aws:secretsmanager/secret:Secret")
class Secret(Handler):
    """A secret, without a value until a version is put."""

    calls = (
        "secretsmanager.create_secret",
        "secretsmanager.put_resource_policy",
        "secretsmanager.describe_secret",
        "secretsmanager.update_secret",
        "secretsmanager.delete_resource_policy",
        "secretsmanager.delete_secret",
    )
    name_prop = "name"
    name_length = 512
    defaults: ClassVar = {"recoveryWindowInDays": 30, "forceOverwriteReplicaSecret": False}
    renamed: ClassVar = {"replicas": "AddReplicaRegions"}
    elsewhere = frozenset({"recoveryWindowInDays", "policy"})
    local = frozenset({"recoveryWindowInDays", "forceOverwriteReplicaSecret"})
    replace_on = frozenset({"name", "region"})
    describe = Describe("secretsmanager.describe_secret", "SecretId", outputs={"arn": "ARN"})
    unread = frozenset({"replicas", "policy"})

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """Its settings; one that waits for its deletion is gone."""
        found = Describe("secretsmanager.describe_secret", "SecretId").ask(account, identity, inputs)
        return None if found is None or found.get("DeletedDate") else super().read(account, identity, inputs)

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:
        """Change description, key and policy."""
        client = account.client("secretsmanager", inputs)
        changed = {"Description": inputs.get("description", "")}
        if inputs.get("kmsKeyId"):
            changed["KmsKeyId"] = inputs["kmsKeyId"]
        client.update_secret(SecretId=existing.identity, **changed)
        if inputs.get("policy"):
            client.put_resource_policy(SecretId=existing.identity, ResourcePolicy=inputs["policy"])
        elif existing.inputs.get("policy"):
            client.delete_resource_policy(SecretId=existing.identity)
        return {**existing.outputs, **self.outputs(account, inputs)}

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

    calls = ("secretsmanager.put_secret_value", "secretsmanager.get_secret_value")
    elsewhere = frozenset({"secretStringWoVersion"})
    renamed: ClassVar = {"secretStringWo": "SecretString"}
    replace_on = frozenset({"secretId", "secretString", "secretBinary", "region"})
    computed = ("arn", "versionId")

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """Its value, where the program gives one."""
        secret, _, version = identity.partition("|")
        found = Describe("secretsmanager.get_secret_value", "SecretId", more={"VersionId": version}).ask(
            account, secret, inputs
        )
        if found is None:
            return None
        now = {**inputs, "secretId": text_now(inputs.get("secretId", ""), found["ARN"])}
        if "secretString" in inputs:
            now["secretString"] = text_now(inputs["secretString"], found.get("SecretString", ""))
        return now, self.outputs(account, now, arn=found["ARN"], versionId=version)

    def delete(self, account: Account, existing: Existing) -> None:
        """AWS keeps a secret's current value until the secret goes; AWS's own provider leaves it, too."""

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Put it; its id is the secret and the version."""
        made = self.send(account, inputs)
        identity = f"{made['ARN']}|{made['VersionId']}"
        return identity, self.outputs(
            account, inputs, arn=made["ARN"], versionId=made["VersionId"], secretArn=made["ARN"]
        )
