"""Statements of IAM and resource policies that more than one component needs, told by what they are for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from infra.account import Account

Statement = dict[str, Any]
Arn = pulumi.Input[str]


def document(*statements: Statement) -> pulumi.Output[str]:
    """A policy document as JSON. What it is made from stays visible as property dependencies."""
    return pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(sid: str, actions: Sequence[str], resources: Sequence[Arn] | Arn, **more: Any) -> Statement:
    """Allow actions on resources. ``condition`` and ``principal`` go through ``more``."""
    statement: Statement = {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": resources}
    return _with(statement, more)


def deny_without_tls(resources: Sequence[Arn] | Arn, service: str) -> Statement:
    """Refuse every request that does not come over TLS."""
    return {
        "Sid": "OnlyOverTls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": f"{service}:*",
        "Resource": resources,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def trust(account: Account, service: str, source_arn: Arn | None = None) -> pulumi.Output[str]:
    """Trust policy of a role for an AWS service, acting for this account alone (the confused deputy problem)."""
    condition: dict[str, Any] = {"StringEquals": {"aws:SourceAccount": account.id}}
    if source_arn is not None:
        condition["ArnLike"] = {"aws:SourceArn": source_arn}
    return document(
        {
            "Sid": "AssumedByService",
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": "sts:AssumeRole",
            "Condition": condition,
        }
    )


def _with(statement: Statement, more: Mapping[str, Any]) -> Statement:
    for key, value in more.items():
        statement[key[:1].upper() + key[1:]] = value
    return statement
