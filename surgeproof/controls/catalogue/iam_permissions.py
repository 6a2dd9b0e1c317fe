"""Controls of identity policies: what each statement grants."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from surgeproof.controls.context import UNKNOWN, Context
from surgeproof.controls.control import control
from surgeproof.controls.expectations import all_of
from surgeproof.controls.iam_actions import takes_no_resource
from surgeproof.controls.outcome import Outcome, failed, not_applicable, unknown
from surgeproof.controls.policy_document import allows, conditions, grants, listed, on_everything, permissions
from surgeproof.controls.published import published
from surgeproof.graph.model import Resource

DATA_READS = (
    "secretsmanager:GetSecretValue",
    "s3:GetObject",
    "s3:GetObjectVersion",
    "ssm:GetParameter",
    "ssm:GetParameters",
    "ssm:GetParametersByPath",
    "dynamodb:BatchGetItem",
    "dynamodb:GetItem",
    "dynamodb:Query",
    "dynamodb:Scan",
    "sqs:ReceiveMessage",
)
_BOUNDS_NOTHING = frozenset(
    {"aws:securetransport", "aws:multifactorauthpresent", "aws:tokenissuetime", "aws:viaawsservice"}
)
"""Condition keys that say how a call comes, and not on what."""

_KIND = re.compile(r"^[\w-]+[:/]")
"""What stands before a name in the last field of many ARNs: ``secret:``, ``table/``."""


def _each_statement(
    resource: Resource, context: Context, wrong: Callable[[dict[str, Any]], str | None]
) -> list[Outcome]:
    documents = permissions(context, resource)
    if not documents:
        return [not_applicable("states no policy")]
    found: list[Outcome] = []
    for path, document in documents:
        if document is UNKNOWN:
            found.append(unknown("its policy is known only after deployment", property=path))
            continue
        found += [failed(text, property=path) for item in allows(document) if (text := wrong(item))]
    return all_of(*found)


@control(
    id="IAM-01",
    title="No identity policy allows everything",
    severity="crit",
    family="grants",
    rationale="Who gets into a task with such a role owns the account.",
    remediation="Name actions and resources: `actions=['sqs:ReceiveMessage'], resources=[queue.arn]`",
    requirements=published("IAM.1", pci="7.2.2c", cis="1.16/1.15", nist="AC-6"),
)
def not_everything(resource: Resource, context: Context) -> list[Outcome]:
    """No Allow of ``*`` on ``*``; no AdministratorAccess among a role's managed policies, or attached to anybody."""
    managed = context.value(resource, "managedPolicyArns")
    administrator = isinstance(managed, list) and any(item.endswith("/AdministratorAccess") for item in listed(managed))
    if administrator:
        return [failed("has AdministratorAccess", property="managedPolicyArns")]
    attached = context.value(resource, "policyArn")
    if isinstance(attached, str) and attached.endswith("/AdministratorAccess"):
        return [failed("attaches AdministratorAccess", property="policyArn")]
    return _each_statement(resource, context, _everything)


def _everything(statement: dict[str, Any]) -> str | None:
    every = any(item in {"*", "*:*"} for item in listed(statement.get("Action")))
    return "a statement allows every action on every resource" if every and on_everything(statement) else None


@control(
    id="IAM-02",
    title="Identity policies name actions, never a whole service or all but some",
    severity="high",
    family="permissions",
    rationale="AWS adds actions every week; a wildcard grants them unread.",
    remediation="Write out the actions that the program calls.",
    requirements=published("IAM.21", pci="7.2.2p 7.3.1p", nist="AC-6"),
)
def names_actions(resource: Resource, context: Context) -> list[Outcome]:
    """No ``service:*``, NotAction or NotResource with Allow."""
    return _each_statement(resource, context, _whole_service)


def _whole_service(statement: dict[str, Any]) -> str | None:
    if "NotAction" in statement or "NotResource" in statement:
        return "a statement allows all but some"
    if any(item.partition(":")[2] in {"*", ""} for item in listed(statement.get("Action"))):
        return "a statement allows every action of a service"
    return None


@control(
    id="IAM-03",
    title="Every resource is allowed only where an action takes none, and never to read data",
    severity="high",
    family="permissions",
    rationale="A role that reads every secret makes each task as precious as all of them.",
    remediation="`resources=[secret.arn]`",
    requirements=published(pci="7.2.5j 7.2.6j", nist="AC-6"),
)
def names_resources(resource: Resource, context: Context) -> list[Outcome]:
    """Resource ``*`` only without resource-level permission or with a condition; data reads never.

    Which actions take a resource says AWS's Service Authorization Reference; one that it does not know is told, too.
    """
    return _each_statement(resource, context, _every_resource)


def _every_resource(statement: dict[str, Any]) -> str | None:
    reads = any(grants(statement, action) for action in DATA_READS)
    if reads and (on_everything(statement) or any(map(_every_of_a_kind, listed(statement.get("Resource"))))):
        return "a statement allows data or secrets of every resource to be read"
    if not on_everything(statement):
        return None
    if set(conditions(statement)) - _BOUNDS_NOTHING:
        return None
    wide = [item for item in listed(statement.get("Action")) if takes_no_resource(item) is not True]
    return f"{', '.join(sorted(wide))} on every resource, without a condition" if wide else None


def _every_of_a_kind(arn: str) -> bool:
    """Whether a pattern names all resources of a kind: ``arn:aws:s3:::*``, ``arn:aws:secretsmanager:*:*:secret:*``."""
    fields = arn.split(":", 5)
    name = _KIND.sub("", fields[5]) if len(fields) > 5 else fields[-1]
    return "*" in name and not name.strip("*?:/")


@control(
    id="KMS-04",
    title="No identity policy decrypts with every key",
    severity="high",
    family="permissions",
    rationale="One key a data class is worth nothing when one role may use them all.",
    remediation="`actions=['kms:Decrypt'], resources=[key.arn]`",
    requirements=published("KMS.1 KMS.2", pci="3.6.1.3j 7.2.1c", nist="AC-6"),
)
def decrypts_with_named_keys(resource: Resource, context: Context) -> list[Outcome]:
    """No kms:Decrypt or kms:ReEncryptFrom on every key."""
    return _each_statement(resource, context, _every_key)


def _every_key(statement: dict[str, Any]) -> str | None:
    every = on_everything(statement) or any(
        item.startswith("arn:") and item.endswith((":*", ":key/*")) for item in listed(statement.get("Resource"))
    )
    opens = grants(statement, "kms:Decrypt") or grants(statement, "kms:ReEncryptFrom")
    return "a statement decrypts with every key" if opens and every else None
