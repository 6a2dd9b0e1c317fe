"""KMS keys and aliases."""

from __future__ import annotations

from typing import Any, ClassVar

from botocore.exceptions import ClientError

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Checked, Existing, Handler, Inputs, New, handles, is_missing
from surgeproof.localcloud.handlers.observed import text_now


@handles("aws:kms/key:Key")
class Key(Handler):
    """A customer key, with its rotation."""

    calls = (
        "kms.create_key",
        "kms.enable_key_rotation",
        "kms.describe_key",
        "kms.update_key_description",
        "kms.put_key_policy",
        "kms.schedule_key_deletion",
    )
    defaults: ClassVar = {
        "isEnabled": True,
        "keyUsage": "ENCRYPT_DECRYPT",
        "customerMasterKeySpec": "SYMMETRIC_DEFAULT",
        "multiRegion": False,
        "enableKeyRotation": False,
        "bypassPolicyLockoutSafetyCheck": False,
        "description": "",
    }
    renamed: ClassVar = {"customerMasterKeySpec": "KeySpec"}
    elsewhere = frozenset({"isEnabled", "enableKeyRotation", "rotationPeriodInDays", "deletionWindowInDays"})
    replace_on = frozenset({"customerMasterKeySpec", "keyUsage", "multiRegion", "region"})
    computed = ("arn", "keyId", "policy")

    def _outputs(self, account: Account, inputs: Inputs, identity: str) -> Inputs:
        return self.outputs(
            account,
            inputs,
            keyId=identity,
            arn=account.arn("kms", f"key/{identity}", inputs),
            policy=inputs.get("policy") or "",
            rotationPeriodInDays=inputs.get("rotationPeriodInDays", 365),
        )

    def _rotate(self, account: Account, inputs: Inputs, identity: str) -> None:
        client = account.client("kms", inputs)
        if inputs["enableKeyRotation"]:
            days = inputs.get("rotationPeriodInDays")
            client.enable_key_rotation(KeyId=identity, **({"RotationPeriodInDays": days} if days else {}))
        else:
            client.disable_key_rotation(KeyId=identity)

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it and turn its rotation on."""
        identity = self.send(account, inputs)["KeyMetadata"]["KeyId"]
        if inputs["enableKeyRotation"]:
            self._rotate(account, inputs, identity)
        if not inputs["isEnabled"]:
            account.client("kms", inputs).disable_key(KeyId=identity)
        return identity, self._outputs(account, inputs, identity)

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """Its settings; an import comes with no inputs, so every one that replaces it is filled in."""
        client = account.client("kms", inputs)
        try:
            found: dict[str, Any] = client.describe_key(KeyId=identity)["KeyMetadata"]
        except ClientError as error:
            if is_missing(error, "NotFoundException"):
                return None
            raise
        if found["KeyState"] == "PendingDeletion":
            return None
        now = {
            **self.defaults,
            **inputs,
            "description": found.get("Description", ""),
            "isEnabled": found["Enabled"],
            "keyUsage": found.get("KeyUsage") or "ENCRYPT_DECRYPT",
            "customerMasterKeySpec": found.get("KeySpec") or "SYMMETRIC_DEFAULT",
            "multiRegion": found.get("MultiRegion", False),
            "enableKeyRotation": client.get_key_rotation_status(KeyId=identity)["KeyRotationEnabled"],
        }
        if inputs.get("policy"):
            told = client.get_key_policy(KeyId=identity, PolicyName="default")["Policy"]
            now["policy"] = text_now(inputs["policy"], told)
        return now, self._outputs(account, now, identity)

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:
        """Change description, policy and rotation."""
        client = account.client("kms", inputs)
        if inputs.get("description") != existing.inputs.get("description"):
            client.update_key_description(KeyId=existing.identity, Description=inputs.get("description", ""))
        if inputs.get("policy") and inputs["policy"] != existing.inputs.get("policy"):
            client.put_key_policy(KeyId=existing.identity, PolicyName="default", Policy=inputs["policy"])
        if inputs["isEnabled"] != existing.inputs.get("isEnabled", True):
            (client.enable_key if inputs["isEnabled"] else client.disable_key)(KeyId=existing.identity)
        if inputs["isEnabled"]:
            self._rotate(account, inputs, existing.identity)
        return self._outputs(account, inputs, existing.identity)

    def delete(self, account: Account, existing: Existing) -> None:
        """Schedule its deletion, as the provider does."""
        days = existing.inputs.get("deletionWindowInDays", 30)
        account.client("kms", existing.inputs).schedule_key_deletion(KeyId=existing.identity, PendingWindowInDays=days)


@handles("aws:kms/alias:Alias")
class Alias(Handler):
    """A name for a key."""

    calls = ("kms.create_alias", "kms.list_aliases", "kms.update_alias", "kms.delete_alias")
    renamed: ClassVar = {"name": "AliasName"}
    replace_on = frozenset({"name", "region"})
    computed = ("arn", "targetKeyArn")

    def check(self, new: New) -> Checked:
        """An alias begins with ``alias/``."""
        inputs = dict(new.inputs)
        if not inputs.get("name"):
            inputs["name"] = new.old_inputs.get("name") or f"alias/{new.name}-{new.seed}"
        return inputs, []

    def _outputs(self, account: Account, inputs: Inputs) -> Inputs:
        key = inputs["targetKeyId"].rsplit("/", 1)[-1]
        return self.outputs(
            account,
            inputs,
            arn=account.arn("kms", inputs["name"], inputs),
            targetKeyArn=account.arn("kms", f"key/{key}", inputs),
        )

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it."""
        self.send(account, inputs)
        return inputs["name"], self._outputs(account, inputs)

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """The key that it is a name for."""
        pages = account.client("kms", inputs).get_paginator("list_aliases").paginate()
        found = next((alias for page in pages for alias in page["Aliases"] if alias["AliasName"] == identity), None)
        if found is None:
            return None
        now = {**inputs, "name": identity, "targetKeyId": text_now(inputs.get("targetKeyId", ""), found["TargetKeyId"])}
        return now, self._outputs(account, now)

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:
        """Point it at another key."""
        account.client("kms", inputs).update_alias(AliasName=existing.identity, TargetKeyId=inputs["targetKeyId"])
        return self._outputs(account, inputs)

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("kms", existing.inputs).delete_alias(AliasName=existing.identity)
