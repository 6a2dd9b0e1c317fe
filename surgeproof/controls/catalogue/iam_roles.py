"""Controls of roles: who may take one, and what all its policies together lead to."""

from __future__ import annotations

from typing import Any

from surgeproof.controls.admission import is_bound, principals
from surgeproof.controls.context import UNKNOWN, Context
from surgeproof.controls.control import control
from surgeproof.controls.expectations import all_of
from surgeproof.controls.outcome import Outcome, failed, not_applicable, unknown
from surgeproof.controls.policy_document import allows, conditions, grants, listed, permissions_of_role
from surgeproof.controls.published import published
from surgeproof.graph.model import Resource

ESCALATIONS: tuple[frozenset[str], ...] = (
    *(frozenset({"iam:PassRole", action}) for action in (
        "ecs:RunTask", "ecs:StartTask", "ecs:CreateService", "lambda:CreateFunction", "ec2:RunInstances",
        "cloudformation:CreateStack", "glue:CreateJob", "codebuild:CreateProject", "scheduler:CreateSchedule",
        "states:CreateStateMachine", "sagemaker:CreateNotebookInstance",
    )),
    *(frozenset({action}) for action in (
        "iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:PutUserPolicy", "iam:AttachUserPolicy",
        "iam:PutGroupPolicy", "iam:AttachGroupPolicy", "iam:AddUserToGroup", "iam:CreatePolicyVersion",
        "iam:SetDefaultPolicyVersion", "iam:UpdateAssumeRolePolicy", "iam:CreateAccessKey",
        "iam:CreateLoginProfile", "iam:UpdateLoginProfile", "iam:DeleteRolePermissionsBoundary",
    )),
)  # fmt: skip
"""Sets of actions with which a role can give itself more (Rhino Security Labs, 'AWS IAM Privilege Escalation')."""

_SENDS_NO_SOURCE = frozenset({"ec2.amazonaws.com", "lambda.amazonaws.com", "edgelambda.amazonaws.com"})
"""Services that take a role without telling aws:SourceArn."""


@control(
    id="IAM-04",
    title="No role can give itself more, by all its policies together",
    severity="crit",
    family="role",
    rationale="Two harmless policies on one role can be an administrator: one passes a role, the other runs a task.",
    remediation="Take out one action of the set; pass named roles only, with a condition on `iam:PassedToService`.",
    requirements=published(pci="7.2.2j 7.2.5j", nist="AC-6"),
)
def cannot_escalate(resource: Resource, context: Context) -> list[Outcome]:
    """No set of `ESCALATIONS` over the union of policies; PassRole only of named roles, to a named service."""
    documents = permissions_of_role(context, resource)
    if not documents:
        return [not_applicable("has no policy in this program")]
    found = [unknown("a policy is known only after deployment")] if UNKNOWN in documents else []
    allowed = [item for document in documents if document is not UNKNOWN for item in allows(document)]
    found += [
        failed(f"can give itself more with {' and '.join(sorted(chain))}")
        for chain in ESCALATIONS
        if all(any(grants(item, action) for item in allowed) for action in chain)
    ]
    if any(grants(item, "iam:PassRole") and not _passes_named(item) for item in allowed):
        found.append(failed("passes roles without naming them and the service that gets them"))
    return all_of(*found)


def _passes_named(statement: dict[str, Any]) -> bool:
    roles = listed(statement.get("Resource"))
    return bool(roles) and all("*" not in item for item in roles) and "iam:passedtoservice" in conditions(statement)


@control(
    id="IAM-05",
    title="Roles are taken by exactly who is meant",
    severity="crit",
    family="role",
    rationale="A service that is asked by a stranger takes the role on the stranger's behalf.",
    remediation="`condition={'StringEquals': {'aws:SourceAccount': account}}`; for OIDC a condition on `<issuer>:sub`",
    requirements=published(pci="7.2.1j 8.6.1j", nist="AC-3"),
)
def trusts_exactly(resource: Resource, context: Context) -> list[Outcome]:
    """Exact principals; services bound by source; federation by its subject."""
    document = context.document(resource, "assumeRolePolicy")
    path = "assumeRolePolicy"
    if document is None or document is UNKNOWN:
        return [
            not_applicable("says nobody") if document is None else unknown("who takes it is not known", property=path)
        ]
    texts = [
        text
        for statement in allows(document)
        for kind, name in principals(statement)
        if (text := _loose(statement, kind, name))
    ]
    if any("NotPrincipal" in item for item in allows(document)):
        texts.append("is trusted to all but some")
    return all_of(*(failed(text, property=path) for text in texts))


def _loose(statement: dict[str, Any], kind: str, name: str) -> str | None:
    if kind == "AWS" and "*" in name:
        return "can be taken by anybody"
    if kind == "Service" and name not in _SENDS_NO_SOURCE and not is_bound(statement):
        return f"{name} takes it for anybody's account: aws:SourceArn or aws:SourceAccount is missing"
    if kind == "Federated" and "saml" not in name:
        subjects = [value for key, values in conditions(statement).items() if key.endswith(":sub") for value in values]
        if not subjects or any(value in {"*", "repo:*"} for value in subjects):
            return "is open to everybody of its identity provider"
    return None
