"""Backup: what is tagged for it goes into a locked vault every night, and to a second region on request."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import names, policies
from infra.account import Account
from infra.components.component import Component, Transforms, component_options
from infra.components.encryption import ADMINISTER, LEND
from infra.tags import BACKUP, CLASSIFICATION

DAILY = "daily"
"""Name of the one rule of the plan."""
SELECTION_NAME = 50
"""Characters of the name of a plan or a selection (AWS Backup API reference)."""
_POLICIES = ("AWSBackupServiceRolePolicyForBackup", "AWSBackupServiceRolePolicyForRestores")


@dataclass(frozen=True, kw_only=True)
class BackupArgs:
    """What a Backup is made from.

    Attributes:
        account: Where it lies.
        key: KMS key of the vault.
        retention_days: How long backups are kept.
        lock_after_days: Days until nobody can shorten that; None for no lock.
        copy_to: A second region.
        keep: Whether vaults are protected.
        transform: Changes to children.
    """

    account: Account
    key: pulumi.Input[str]
    retention_days: int = 35
    lock_after_days: int | None = 7
    copy_to: str | None = None
    keep: bool = True
    transform: Transforms | None = None


class Backup(Component):
    """A vault, a plan, a role, a selection by tag, and AWS Backup's eye on Aurora.

    Attributes:
        vault: The vault.
        plan: The plan.
    """

    def __init__(self, name: str, args: BackupArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("surgeproof:platform:Backup", name, {}, component_options(name, opts, args.transform))
        self._args = args
        self.vault = self._vault(name, args.key, None)
        copies: list[aws.backup.PlanRuleCopyActionArgs] = []
        if args.copy_to is not None:
            there = self._vault(f"{name}-copy", self._key_there(name, args.copy_to), args.copy_to)
            copies.append(
                aws.backup.PlanRuleCopyActionArgs(
                    destination_vault_arn=there.arn,
                    lifecycle=aws.backup.PlanRuleCopyActionLifecycleArgs(delete_after=args.retention_days),
                )
            )
        self.plan = aws.backup.Plan(
            f"{name}-plan",
            name=names.fit(name, SELECTION_NAME),
            rules=[
                aws.backup.PlanRuleArgs(
                    rule_name=DAILY,
                    target_vault_name=self.vault.name,
                    # After Aurora's own window (02:00 to 03:00), before the shop wakes up.
                    schedule="cron(30 3 * * ? *)",
                    start_window=60,
                    completion_window=240,
                    lifecycle=aws.backup.PlanRuleLifecycleArgs(delete_after=args.retention_days),
                    copy_actions=copies or None,
                )
            ],
            opts=self._child(),
        )
        role = self._role(name)
        # A selection by tags finds nothing of a service that is not opted in, and a new account's Aurora is not (AWS Backup
        # API reference, 'UpdateRegionSettings'). What is not named here stays as the account has it.
        seen = aws.backup.RegionSettings(
            f"{name}-region", resource_type_opt_in_preference={"Aurora": True}, opts=self._child()
        )
        aws.backup.Selection(
            f"{name}-selection",
            name=names.fit(f"{name}-tagged", SELECTION_NAME),
            plan_id=self.plan.id,
            iam_role_arn=role.arn,
            selection_tags=[{"type": "STRINGEQUALS", "key": key, "value": value} for key, value in BACKUP.items()],
            opts=self._child(depends_on=[seen]),
        )
        self._done({"vault": self.vault.name})

    def _vault(self, name: str, key: pulumi.Input[str], region: str | None) -> aws.backup.Vault:
        args = self._args
        vault = aws.backup.Vault(
            f"{name}-vault",
            name=names.fit(f"{name}-vault", names.LIMITS["aws:backup/vault:Vault"]),
            kms_key_arn=key,
            force_destroy=not args.keep,
            region=region,
            tags={CLASSIFICATION: "orders"},
            opts=self._child(protect=args.keep or None),
        )
        if args.lock_after_days is not None:
            aws.backup.VaultLockConfiguration(
                f"{name}-vault-lock",
                backup_vault_name=vault.name,
                min_retention_days=args.retention_days,
                changeable_for_days=args.lock_after_days,
                region=region,
                opts=self._child(),
            )
        return vault

    def _key_there(self, name: str, region: str) -> pulumi.Output[str]:
        """A key of the second region: a vault takes only keys of its own."""
        account = self._args.account
        key = aws.kms.Key(
            f"{name}-copy-key",
            description=f"{name}: backups",
            enable_key_rotation=True,
            rotation_period_in_days=365,
            deletion_window_in_days=30,
            policy=policies.document(
                policies.allow("AdministerWithoutUse", ADMINISTER, "*", principal={"AWS": account.root()}),
                policies.allow(
                    "UseThroughBackup",
                    LEND,
                    "*",
                    principal={"AWS": "*"},
                    condition={
                        "StringEquals": {
                            "kms:CallerAccount": account.id,
                            "kms:ViaService": [f"{service}.{region}.amazonaws.com" for service in ("backup", "rds")],
                        }
                    },
                ),
            ),
            region=region,
            tags={CLASSIFICATION: "orders"},
            opts=self._child(protect=self._args.keep or None),
        )
        return key.arn

    def _role(self, name: str) -> aws.iam.Role:
        account = self._args.account
        role = aws.iam.Role(
            names.logical("aws:iam/role:Role", f"{name}-role"),
            description="Backs up what is tagged for it",
            assume_role_policy=policies.trust(account, "backup.amazonaws.com"),
            opts=self._child(),
        )
        for policy in _POLICIES:
            aws.iam.RolePolicyAttachment(
                f"{name}-{policy.removeprefix('AWSBackupServiceRolePolicyFor').lower()}",
                role=role.name,
                policy_arn=pulumi.Output.format("arn:{0}:iam::aws:policy/service-role/{1}", account.partition, policy),
                opts=self._child(),
            )
        return role
