"""Backup vaults, plans and selections."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from surgeproof.graph.live.account import Reading
from surgeproof.graph.live.reader import Found, reads
from surgeproof.graph.live.shape import camel, part_or, picked, without_nothing


@reads(
    "aws:backup/vault:Vault",
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
    "aws:backup/vaultPolicy:VaultPolicy",
    calls=("backup.list_backup_vaults", "backup.get_backup_vault_access_policy"),
)
def vaults(account: Reading) -> Iterator[Found]:
    """Vaults with their locks and policies."""
    for row in account.rows("backup.list_backup_vaults", "BackupVaultList"):
        name = row["BackupVaultName"]
        outputs = {"arn": row["BackupVaultArn"], "name": name}
        yield Found(
            "aws:backup/vault:Vault", name, picked(row, name="BackupVaultName", kmsKeyArn="EncryptionKeyArn"), outputs
        )
        if row.get("Locked"):
            lock = picked(row, minRetentionDays="MinRetentionDays", maxRetentionDays="MaxRetentionDays")
            type_ = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
            yield Found(type_, name, {"backupVaultName": name, **lock})
        answer = account.part(
            "backup.get_backup_vault_access_policy", absent=("ResourceNotFoundException",), BackupVaultName=name
        )
        policy = part_or(answer, lambda given: given.get("Policy"))
        if policy:
            yield Found("aws:backup/vaultPolicy:VaultPolicy", name, {"backupVaultName": name, "policy": policy})


@reads(
    "aws:backup/plan:Plan",
    "aws:backup/selection:Selection",
    calls=(
        "backup.list_backup_plans",
        "backup.get_backup_plan",
        "backup.list_backup_selections",
        "backup.get_backup_selection",
    ),
)
def plans(account: Reading) -> Iterator[Found]:
    """Plans and what they select."""
    for row in account.rows("backup.list_backup_plans", "BackupPlansList"):
        plan = row["BackupPlanId"]
        told = account.call("backup.get_backup_plan", BackupPlanId=plan)["BackupPlan"]
        inputs = {"name": told["BackupPlanName"], "rules": [_rule(item) for item in told.get("Rules", ())]}
        yield Found("aws:backup/plan:Plan", plan, inputs, {"arn": row["BackupPlanArn"]})
        for item in account.rows("backup.list_backup_selections", "BackupSelectionsList", BackupPlanId=plan):
            chosen = account.call("backup.get_backup_selection", BackupPlanId=plan, SelectionId=item["SelectionId"])
            yield Found(
                "aws:backup/selection:Selection", item["SelectionId"], _selection(plan, chosen["BackupSelection"])
            )


def _rule(row: dict[str, Any]) -> dict[str, Any]:
    rule = picked(
        row,
        ruleName="RuleName",
        targetVaultName="TargetBackupVaultName",
        schedule="ScheduleExpression",
        enableContinuousBackup="EnableContinuousBackup",
    )
    rule["lifecycle"] = _lifecycle(row.get("Lifecycle", {}))
    rule["copyActions"] = [
        {"destinationVaultArn": item["DestinationBackupVaultArn"], "lifecycle": _lifecycle(item.get("Lifecycle", {}))}
        for item in row.get("CopyActions", ())
    ]
    return rule


def _lifecycle(row: dict[str, Any]) -> dict[str, Any]:
    return picked(row, deleteAfter="DeleteAfterDays", coldStorageAfter="MoveToColdStorageAfterDays")


def _selection(plan: str, row: dict[str, Any]) -> dict[str, Any]:
    selected = [
        {"type": item["ConditionType"], "key": item["ConditionKey"], "value": item["ConditionValue"]}
        for item in row.get("ListOfTags", ())
    ]
    return without_nothing(
        {
            "planId": plan,
            **picked(
                row, name="SelectionName", iamRoleArn="IamRoleArn", resources="Resources", notResources="NotResources"
            ),
            "selectionTags": selected or None,
            "conditions": camel(row.get("Conditions")) or None,
        }
    )
