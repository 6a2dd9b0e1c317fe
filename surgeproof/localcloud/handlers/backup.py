"""AWS Backup: vaults and their locks, plans, selections."""

from __future__ import annotations

from typing import Any, ClassVar

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Handler, Inputs, Settable, handles
from surgeproof.localcloud.handlers.describe import Describe
from surgeproof.localcloud.handlers.recorded import Recorded


@handles("aws:backup/regionSettings:RegionSettings")
class RegionSettings(Recorded):
    """Which services AWS Backup looks at in a region; its id is the region. The provider leaves it when it is deleted."""

    calls = ("backup.update_region_settings",)
    computed = ()

    def identify(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """A region has one."""
        return account.region_of(inputs), {}


@handles("aws:backup/vault:Vault")
class Vault(Handler):
    """A vault: kept, and nothing is ever put into it here."""

    calls = ("backup.create_backup_vault", "backup.describe_backup_vault", "backup.delete_backup_vault")
    name_prop = "name"
    name_length = 50
    renamed: ClassVar = {"name": "BackupVaultName", "kmsKeyArn": "EncryptionKeyArn"}
    elsewhere = frozenset({"forceDestroy"})
    local = frozenset({"forceDestroy"})
    replace_on = frozenset({"name", "kmsKeyArn", "region"})
    computed = ("arn", "recoveryPoints")
    describe = Describe("backup.describe_backup_vault", "BackupVaultName", outputs={"arn": "BackupVaultArn"})

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it; its id is its name."""
        arn = self.send(account, inputs)["BackupVaultArn"]
        return inputs["name"], self.outputs(account, inputs, arn=arn, recoveryPoints=0)

    def told(self, account: Account, identity: str, inputs: Inputs, found: Inputs) -> Inputs:
        """And how much is in it: nothing."""
        told = super().told(account, identity, inputs, found)
        return {**told, "recoveryPoints": found.get("NumberOfRecoveryPoints") or 0}

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("backup", existing.inputs).delete_backup_vault(BackupVaultName=existing.identity)


@handles("aws:backup/vaultLockConfiguration:VaultLockConfiguration")
class VaultLock(Settable):
    """The lock of a vault."""

    calls = (
        "backup.put_backup_vault_lock_configuration",
        "backup.describe_backup_vault",
        "backup.delete_backup_vault_lock_configuration",
    )
    replace_on = frozenset({"backupVaultName", "changeableForDays", "maxRetentionDays", "minRetentionDays", "region"})
    computed = ("backupVaultArn",)

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Lock it; its id is the vault's name."""
        return inputs["backupVaultName"], self.put(account, inputs)

    def put(self, account: Account, inputs: Inputs) -> Inputs:
        """Lock it."""
        account.send(self.calls[0], inputs, leave_out=("tags",), type_token=self.token)
        return self._outputs(account, inputs)

    def _outputs(self, account: Account, inputs: Inputs) -> Inputs:
        arn = account.arn("backup", f"backup-vault:{inputs['backupVaultName']}", inputs)
        return self.outputs(account, inputs, backupVaultArn=arn)

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """Its days; None for a vault that is not locked, or gone."""
        found = Describe("backup.describe_backup_vault", "BackupVaultName").ask(account, identity, inputs)
        if not found or not found.get("Locked"):
            return None
        now = {**inputs, "backupVaultName": identity}
        for name in ("minRetentionDays", "maxRetentionDays"):
            if found.get(f"{name[0].upper()}{name[1:]}") is not None:
                now[name] = int(found[f"{name[0].upper()}{name[1:]}"])
        return now, self._outputs(account, now)

    def delete(self, account: Account, existing: Existing) -> None:
        """Take the lock away, which AWS lets nobody do once the days to think are over."""
        client = account.client("backup", existing.inputs)
        client.delete_backup_vault_lock_configuration(BackupVaultName=existing.identity)


@handles("aws:backup/plan:Plan")
class Plan(Handler):
    """A plan: kept, and nothing is backed up here."""

    calls = ("backup.create_backup_plan", "backup.get_backup_plan", "backup.delete_backup_plan")
    note = "A change makes a new plan: moto can't change one."
    replace_on = frozenset({"name", "rules", "advancedBackupSettings", "scanSettings", "region"})
    delete_before_replace = True
    computed = ("arn", "version")
    describe = Describe(
        "backup.get_backup_plan", "BackupPlanId", outputs={"arn": "BackupPlanArn", "version": "VersionId"}
    )
    unread = frozenset({"rules", "advancedBackupSettings", "scanSettings"})

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it; its id is AWS's."""
        plan: dict[str, Any] = {
            "backupPlanName": inputs["name"],
            "rules": [_rule(rule) for rule in inputs["rules"]],
        }
        for name in ("advancedBackupSettings", "scanSettings"):
            if inputs.get(name):
                plan[name] = inputs[name]
        made = account.send(
            self.calls[0],
            {"backupPlan": plan, "region": account.region_of(inputs)},
            renamed=_RULE,
            leave_out=("tags",),
            type_token=self.token,
            BackupPlanTags=account.tags(inputs) or None,
        )
        outputs = self.outputs(account, inputs, arn=made["BackupPlanArn"], version=made["VersionId"])
        return made["BackupPlanId"], outputs

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """Its name and rules; None when it is deleted, which moto still tells."""
        client = account.client("backup", inputs)
        try:
            found = client.get_backup_plan(BackupPlanId=identity)
        except client.exceptions.ResourceNotFoundException:
            return None
        if found.get("DeletionDate"):
            return None
        now = {**inputs, "name": found["BackupPlan"]["BackupPlanName"]}
        told = found["BackupPlan"]["Rules"]
        asked = inputs.get("rules") or []
        if [rule["RuleName"] for rule in told] != [rule["ruleName"] for rule in asked]:
            now["rules"] = [
                {"ruleName": rule["RuleName"], "targetVaultName": rule["TargetBackupVaultName"], "schedule": rule["ScheduleExpression"]}
                for rule in told
            ]  # fmt: skip
        return now, self.outputs(account, now, arn=found["BackupPlanArn"], version=found["VersionId"])

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("backup", existing.inputs).delete_backup_plan(BackupPlanId=existing.identity)


_RULE = {
    "*.targetVaultName": "TargetBackupVaultName",
    "*.schedule": "ScheduleExpression",
    "*.scheduleExpressionTimezone": "ScheduleExpressionTimezone",
    "*.startWindow": "StartWindowMinutes",
    "*.completionWindow": "CompletionWindowMinutes",
    "*.deleteAfter": "DeleteAfterDays",
    "*.coldStorageAfter": "MoveToColdStorageAfterDays",
    "*.destinationVaultArn": "DestinationBackupVaultArn",
    "*.enableContinuousBackup": "EnableContinuousBackup",
}
"""Members of a rule: the provider's name to AWS's."""


def _rule(rule: Inputs) -> Inputs:
    """A rule without what is empty: AWS takes no empty list of copies."""
    return {name: value for name, value in rule.items() if value not in (None, [], {})}


@handles("aws:backup/selection:Selection")
class Selection(Handler):
    """What a plan backs up."""

    kept = "extended"
    note = "Selections are told as deployed; nothing is backed up."
    calls = (
        "backup.create_backup_selection",
        "backup.get_backup_selection",
        "backup.list_backup_selections",
        "backup.delete_backup_selection",
    )
    replace_on = frozenset(
        {"name", "planId", "iamRoleArn", "resources", "notResources", "selectionTags", "conditions", "region"}
    )
    computed = ()

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it; its id is AWS's."""
        selection: dict[str, Any] = {"selectionName": inputs["name"], "iamRoleArn": inputs["iamRoleArn"]}
        if inputs.get("selectionTags"):
            selection["listOfTags"] = [
                {"conditionType": tag["type"], "conditionKey": tag["key"], "conditionValue": tag["value"]}
                for tag in inputs["selectionTags"]
            ]
        for name in ("resources", "notResources", "conditions"):
            if inputs.get(name):
                selection[name] = inputs[name]
        made = account.send(
            self.calls[0],
            {"backupPlanId": inputs["planId"], "backupSelection": selection, "region": account.region_of(inputs)},
            leave_out=("tags",),
            type_token=self.token,
        )
        return made["SelectionId"], self.outputs(account, inputs)

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """Its name, role and tags as they are now."""
        if not inputs.get("planId"):
            return None
        client = account.client("backup", inputs)
        try:
            found = client.get_backup_selection(BackupPlanId=inputs["planId"], SelectionId=identity)["BackupSelection"]
        except client.exceptions.ClientError:
            return None
        now = {**inputs, "name": found["SelectionName"], "iamRoleArn": found["IamRoleArn"]}
        if found.get("ListOfTags"):
            now["selectionTags"] = [
                {"type": tag["ConditionType"], "key": tag["ConditionKey"], "value": tag["ConditionValue"]}
                for tag in found["ListOfTags"]
            ]
        return now, self.outputs(account, now)

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("backup", existing.inputs).delete_backup_selection(
            BackupPlanId=existing.inputs["planId"], SelectionId=existing.identity
        )
