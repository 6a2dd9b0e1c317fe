"""Policy documents: what the statements of an IAM or resource policy grant, wildcards and all."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from surgeproof.controls.admission import condition_keys, principals, statements
from surgeproof.controls.context import ABSENT, UNKNOWN, Context
from surgeproof.graph.model import Resource

ROLE_TYPE = "aws:iam/role:Role"
POLICY_TYPE = "aws:iam/policy:Policy"


def listed(value: Any) -> list[str]:
    """A value that may be one text or a list of them."""
    found = value if isinstance(value, list) else [] if value is None else [value]
    return [item for item in found if isinstance(item, str)]


def allows(document: Any) -> list[dict[str, Any]]:
    """Statements that allow something."""
    return [item for item in statements(document) if item.get("Effect") == "Allow"]


def matches(pattern: str, name: str) -> bool:
    """Whether a pattern with ``*`` and ``?`` covers a name; IAM takes no notice of case in actions."""
    return _shape(pattern).fullmatch(name) is not None


@cache
def _shape(pattern: str) -> re.Pattern[str]:
    shape = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.compile(shape, re.IGNORECASE | re.DOTALL)


def grants(statement: dict[str, Any], action: str) -> bool:
    """Whether a statement covers an action, by Action or by what NotAction leaves."""
    if "NotAction" in statement:
        return not any(matches(item, action) for item in listed(statement["NotAction"]))
    return any(matches(item, action) for item in listed(statement.get("Action")))


def on_everything(statement: dict[str, Any]) -> bool:
    """Whether it holds for every resource."""
    return "NotResource" in statement or "*" in listed(statement.get("Resource"))


def permissions(context: Context, resource: Resource) -> list[tuple[str, Any]]:
    """Identity policies that a resource states: property and document, UNKNOWN where it is not known.

    A policy that is a boundary and nothing else gives nobody anything, however wide it is.
    """
    if resource.urn in context.once("only boundaries", lambda: _only_boundaries(context)):
        return []
    if resource.type != ROLE_TYPE:
        document = context.document(resource, "policy")
        return [] if document is None else [("policy", document)]
    inline = context.value(resource, "inlinePolicies")
    if inline is ABSENT:
        return []
    if inline is UNKNOWN or not isinstance(inline, list):
        return [("inlinePolicies", UNKNOWN)]
    paths = (f"inlinePolicies[{index}].policy" for index in range(len(inline)))
    found = [(path, context.document(resource, path)) for path in paths]
    return [(path, document) for path, document in found if document is not None]


def _only_boundaries(context: Context) -> frozenset[str]:
    """URNs of the policies that bound a role and are attached to nobody."""
    bounds = {
        urn
        for role in context.graph.of_type(ROLE_TYPE)
        for urn in role.property_dependencies.get("permissionsBoundary", ())
    }
    attached = {
        urn
        for item in context.graph.resources
        if item.type.endswith("PolicyAttachment") or item.type == ROLE_TYPE
        for name in ("policyArn", "managedPolicyArns")
        for urn in item.property_dependencies.get(name, ())
    }
    return frozenset(bounds - attached)


def permissions_of_role(context: Context, role: Resource) -> list[Any]:
    """Every document that gives a role something: inline, companion, and attached policies of this program."""
    found = [document for _, document in permissions(context, role)]
    found += [context.document(item, "policy") for item in context.companions(role, "role_policy", by="role")]
    found += [
        context.document(policy, "policy")
        for item in context.companions(role, "role_policy_attachment", by="role")
        for policy in context.graph.sources(item, "policyArn")
        if policy.type == POLICY_TYPE
    ]
    return [document for document in found if document is not None]


def own_accounts(context: Context) -> frozenset[str]:
    """Account numbers that the program's own resources lie in, from their ARNs."""
    return context.once("own accounts", lambda: _accounts(item.outputs.get("arn") for item in context.graph.resources))


def _accounts(arns: Iterable[object]) -> frozenset[str]:
    fields = (arn.split(":") for arn in arns if isinstance(arn, str))
    return frozenset(parts[4] for parts in fields if len(parts) > 5 and re.fullmatch(r"\d{12}", parts[4]))


def foreign_account(document: Any, own: Iterable[str]) -> bool:
    """Whether an account other than these is let in; false when none is known."""
    known = set(own)
    named = (
        found.group()
        for statement in allows(document)
        if "aws:principalorgid" not in condition_keys(statement)
        for kind, name in principals(statement)
        if kind == "AWS" and (found := re.search(r"\d{12}", name))
    )
    return bool(known) and any(account not in known for account in named)


def conditions(statement: dict[str, Any]) -> dict[str, list[str]]:
    """Condition keys in small letters with their values as lists; only operators that bound something."""
    return {key: listed(value) for key, value in condition_keys(statement).items()}
