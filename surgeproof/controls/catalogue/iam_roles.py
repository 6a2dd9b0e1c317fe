"""Controls of roles: who may take one, and what all its policies together lead to."""

from __future__ import annotations

import re
from typing import Any

from surgeproof.controls.admission import is_bound, principals
from surgeproof.controls.context import UNKNOWN, Context
from surgeproof.controls.control import control
from surgeproof.controls.expectations import all_of
from surgeproof.controls.outcome import Outcome, failed, not_applicable, unknown
from surgeproof.controls.policy_document import allows, conditions, listed
from surgeproof.controls.published import published
from surgeproof.controls.role_powers import Powers, bounded
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

PASSES = "iam:PassRole"
_SENDS_NO_SOURCE = frozenset({"ec2.amazonaws.com", "lambda.amazonaws.com", "edgelambda.amazonaws.com"})
"""Services that take a role without telling aws:SourceArn."""


_NARROWS = ("aws:principalarn", "aws:principalorgid", "aws:principaltag/role", "aws:userid", "sts:externalid")
"""Condition keys that make part of an account out of the account."""


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
    """No set of `ESCALATIONS` over the union of policies; PassRole only of named roles, to a named service.

    Denials without a condition and the role's boundary count; so does a condition on the boundary of what is made, and
    that all roles that may be passed have one.
    """
    powers = Powers(context, resource)
    if not powers.stated:
        return [not_applicable("has no policy in this program")]
    found = [unknown("a policy is known only after deployment")] if powers.undecided else []
    found += [
        failed(f"can give itself more with {' and '.join(sorted(chain))}")
        for chain in ESCALATIONS
        if all(_freely(context, powers, action) for action in chain)
    ]
    if any(not _passes_named(item) for item in powers.granting(PASSES)):
        found.append(failed("passes roles without naming them and the service that gets them"))
    return all_of(*found)


def _freely(context: Context, powers: Powers, action: str) -> bool:
    """Whether the action is allowed by a statement that does not bound what comes of it."""
    statements = powers.granting(action)
    if action == PASSES:
        return any(not (_passes_named(item) and _are_bounded(context, item)) for item in statements)
    # Who may only make what carries a given boundary gives nothing beyond it (IAM User Guide, 'Delegating with
    # permissions boundaries').
    return any(not bounded(item, "iam:PermissionsBoundary") for item in statements)


def _are_bounded(context: Context, statement: dict[str, Any]) -> bool:
    """Whether every role that may be passed is of this program and has a boundary, which whoever passes it has not set."""
    roles: dict[str, bool] = context.once(
        "bounded roles",
        lambda: {
            str(role.outputs.get("arn")): bool(
                role.inputs.get("permissionsBoundary") or role.property_dependencies.get("permissionsBoundary")
            )
            for role in context.family("role")
        },
    )
    for arn in listed(statement.get("Resource")):
        passed = [
            known for known in roles if known == arn or (_OF_A_PATH.fullmatch(arn) and known.startswith(arn[:-1]))
        ]
        if not passed or not all(roles[known] for known in passed):
            return False
    return True


_OF_A_PATH = re.compile(r"arn:aws[\w-]*:iam::\d{12}:role/[\w+=,.@-]+(/[\w+=,.@-]+)*/\*")
"""All roles of one path of one account: as good as their names, where nobody makes roles there without a boundary."""


def _passes_named(statement: dict[str, Any]) -> bool:
    roles = listed(statement.get("Resource"))
    named = all("*" not in item or _OF_A_PATH.fullmatch(item) for item in roles)
    return bool(roles) and named and "iam:passedtoservice" in conditions(statement)


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
    if kind == "AWS" and (name.endswith(":root") or name.isdigit()) and not _names_who(statement):
        return "can be taken by everybody of an account"
    if kind == "Service" and name not in _SENDS_NO_SOURCE and not is_bound(statement):
        return f"{name} takes it for anybody's account: aws:SourceArn or aws:SourceAccount is missing"
    if kind == "Federated" and ":saml-provider/" not in name:
        keys = conditions(statement)
        subjects = [value for key, values in keys.items() if key.endswith(":sub") for value in values]
        if not subjects or any(not _pinned(value) for value in subjects):
            return "is open to everybody of its identity provider"
        if not any(key.endswith(":aud") for key in keys):
            return "takes tokens that were made for somebody else: the audience is missing"
    return None


def _names_who(statement: dict[str, Any]) -> bool:
    """Whether a condition narrows an account to some of it, or to who knows the external id."""
    keys = conditions(statement)
    return any(keys.get(key) not in (None, ["*"]) for key in _NARROWS)


def _pinned(subject: str) -> bool:
    """Whether a subject names one repository (``repo:shop/platform:...``) or the like before its first wildcard."""
    fixed = subject.partition("*")[0].partition("?")[0]
    parts = fixed.split(":")
    return subject == fixed or (len(parts) > 2 and all(parts[:2]) and "/" in parts[1])
