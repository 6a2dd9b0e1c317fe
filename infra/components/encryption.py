"""Encryption: one KMS key per data class, rotated, administered by people who cannot use it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import pulumi
import pulumi_aws as aws

from infra import policies
from infra.account import Account
from infra.components.component import Component, Transforms, component_options
from infra.policies import Statement
from infra.tags import CLASSIFICATION


class DataClass(StrEnum):
    """What data is about, and with it who may read it. Not where it is stored."""

    ORDERS = "orders"
    """Orders, customers and carts: database, cache, queue, bus."""
    CARD_DATA = "card-data"
    """What a task that handles cards keeps of them; nothing else may be under this key."""
    LOGS = "logs"
    """What programs and the network write down."""
    AUDIT = "audit"
    """Who did what in the account."""
    ANALYTICS = "analytics"
    """What is learnt of shoppers, without their names: exports, reports."""


ADMINISTER = [
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListKeyPolicies",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:RotateKeyOnDemand",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
]
USE = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
LEND = [*USE, "kms:CreateGrant", "kms:RetireGrant"]
"""What makes something under a key: services go on by a grant, and AWS Backup makes no vault for whoever may not retire one
(AWS Backup Developer Guide, 'Backup vault creation and deletion')."""

_THROUGH = {
    DataClass.ORDERS: ("backup", "elasticache", "events", "rds", "scheduler", "secretsmanager", "sqs"),
    DataClass.CARD_DATA: ("rds", "s3", "secretsmanager"),
    DataClass.LOGS: ("s3", "sns", "sqs"),
    DataClass.AUDIT: ("s3",),
    DataClass.ANALYTICS: ("athena", "s3"),
}
"""AWS services through which the account's principals may use a key; IAM still has to let them."""

ALERTING = {
    "Alarms": "cloudwatch.amazonaws.com",
    "Budgets": "budgets.amazonaws.com",
    "CostAnomalies": "costalerts.amazonaws.com",
    "Config": "config.amazonaws.com",
    # The firewall's and CloudFront's logs.
    "LogDelivery": "delivery.logs.amazonaws.com",
}
"""Services that encrypt with the logs key on their own: statement to service."""

_BROUGHT_TO = {"Topics": ("sns", "aws:sns:topicArn"), "Queues": ("sqs", "aws:sqs:arn")}
"""What rules bring events to: its service, and what that service names itself by when it asks KMS."""


@dataclass(frozen=True, kw_only=True)
class EncryptionArgs:
    """What Encryption is made from.

    Attributes:
        account: Where it lies.
        prefix: Start of the aliases.
        trail_arn: Of the CloudTrail that may encrypt with the audit key.
        deletion_days: Between the wish to delete a key and its end, 14 to 30.
        protect: Whether Pulumi refuses to delete keys.
        transform: Changes to children.
    """

    account: Account
    prefix: str
    trail_arn: pulumi.Input[str]
    deletion_days: int = 30
    protect: bool = True
    transform: Transforms | None = None


class Encryption(Component):
    """One key with an alias for each data class.

    Attributes:
        keys: The keys by data class.
    """

    def __init__(self, name: str, args: EncryptionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("surgeproof:platform:Encryption", name, {}, component_options(name, opts, args.transform))
        self.keys: dict[DataClass, aws.kms.Key] = {}
        for data_class in DataClass:
            key = aws.kms.Key(
                f"{name}-{data_class}",
                description=f"{args.prefix}: {data_class}",
                enable_key_rotation=True,
                rotation_period_in_days=365,
                deletion_window_in_days=args.deletion_days,
                policy=policies.document(*_key_policy(data_class, args)),
                tags={CLASSIFICATION: str(data_class)},
                opts=self._child(protect=args.protect or None),
            )
            aws.kms.Alias(
                f"{name}-{data_class}-alias",
                name=f"alias/{args.prefix}-{data_class}",
                target_key_id=key.id,
                opts=self._child(),
            )
            self.keys[data_class] = key
        self._done({str(data_class): key.arn for data_class, key in self.keys.items()})

    def arn(self, data_class: DataClass) -> pulumi.Output[str]:
        """ARN of a data class's key."""
        return self.keys[data_class].arn


def _key_policy(data_class: DataClass, args: EncryptionArgs) -> list[Statement]:
    account = args.account
    statements = [
        policies.allow("AdministerWithoutUse", ADMINISTER, "*", principal={"AWS": account.root()}),
        # No principal is named: each needs its own IAM policy, and comes through a service that holds the data.
        policies.allow(
            "UseThroughServices",
            LEND,
            "*",
            principal={"AWS": "*"},
            condition={
                "StringEquals": {
                    "kms:CallerAccount": account.id,
                    "kms:ViaService": [f"{service}.{account.region}.amazonaws.com" for service in _THROUGH[data_class]],
                }
            },
        ),
    ]
    own = {"StringEquals": {"aws:SourceAccount": account.id}}
    if data_class is DataClass.ORDERS:
        # The bus encrypts its archive, and what its rules send to queues, as itself.
        statements.append(
            policies.allow("EventBus", USE, "*", principal={"Service": "events.amazonaws.com"}, condition=own)
        )
        statements.append(_events_to("Queues", account))
    if data_class in {DataClass.LOGS, DataClass.AUDIT}:
        groups = account.arn("logs", "log-group:*")
        statements.append(
            policies.allow(
                "LogGroups",
                USE,
                "*",
                principal={"Service": f"logs.{account.region}.amazonaws.com"},
                condition={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
            )
        )
    if data_class is DataClass.LOGS:
        statements += [_events_to(place, account) for place in _BROUGHT_TO]
        # Alarms and budgets publish to encrypted topics as themselves; Config delivers as itself.
        for sid, service in ALERTING.items():
            statements.append(
                policies.allow(
                    sid, ["kms:Decrypt", "kms:GenerateDataKey*"], "*", principal={"Service": service}, condition=own
                )
            )
    if data_class is DataClass.AUDIT:
        statements.append(
            policies.allow(
                "Trail",
                ["kms:GenerateDataKey*", "kms:DescribeKey"],
                "*",
                principal={"Service": "cloudtrail.amazonaws.com"},
                condition={"StringEquals": {"aws:SourceArn": args.trail_arn}},
            )
        )
    return statements


def _events_to(place: str, account: Account) -> Statement:
    """Let rules bring events to encrypted queues or topics of this account.

    KMS is not told whose rule it is: conditions on ``aws:SourceAccount`` or ``aws:SourceArn`` are not supported there, and
    events would be lost (Amazon SNS Developer Guide, 'Key management'). What the event is brought to is told.
    """
    service, context = _BROUGHT_TO[place]
    return policies.allow(
        f"EventsTo{place}",
        ["kms:Decrypt", "kms:GenerateDataKey*"],
        "*",
        principal={"Service": "events.amazonaws.com"},
        condition={"ArnLike": {f"kms:EncryptionContext:{context}": account.arn(service, "*")}},
    )
