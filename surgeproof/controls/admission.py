"""Admission: whom a resource policy lets in, statement by statement."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_BINDS = (
    "aws:sourcearn",
    "aws:sourceaccount",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:sourceorgid",
    "aws:sourcevpce",
    "aws:sourcevpc",
    "kms:calleraccount",
    "aws:resourceaccount",
)


def statements(document: Any) -> list[dict[str, Any]]:
    """Statements of a parsed policy document."""
    found = document.get("Statement", []) if isinstance(document, dict) else []
    return [item for item in (found if isinstance(found, list) else [found]) if isinstance(item, dict)]


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def condition_keys(statement: dict[str, Any]) -> dict[str, Any]:
    """Condition key in small letters to its value; a negated or if-exists operator bounds nothing and is left out."""
    return {
        key.lower(): value
        for operator, keys in _mapping(statement.get("Condition")).items()
        if "Not" not in operator and not operator.endswith("IfExists") and isinstance(keys, dict)
        for key, value in keys.items()
    }


def is_bound(statement: dict[str, Any]) -> bool:
    """Whether a condition says which account, organisation, source or endpoint may come in."""
    keys = condition_keys(statement)
    return any(keys.get(key) not in (None, "*", ["*"]) for key in _BINDS)


def principals(statement: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Kind and name of each principal; everybody is ``("AWS", "*")``."""
    principal = statement.get("Principal")
    if principal == "*":
        yield "AWS", "*"
    elif isinstance(principal, dict):
        for kind, names in principal.items():
            for name in names if isinstance(names, list) else [names]:
                yield kind, str(name)


def unbounded(document: Any) -> str | None:
    """What lets in too many, or None: everybody, or a service on anybody's behalf, without a condition."""
    for statement in statements(document):
        if statement.get("Effect") != "Allow":
            continue
        if "NotPrincipal" in statement:
            return "a statement allows all principals but some"
        for kind, name in principals(statement):
            if is_bound(statement):
                continue
            if kind == "AWS" and name == "*":
                return "a statement lets everybody in"
            if kind == "Service":
                return f"lets {name} in for anybody's account: aws:SourceArn or aws:SourceAccount is missing"
    return None


def denies_without_tls(document: Any) -> bool:
    """Whether everybody is denied everything when the connection is not TLS."""
    for statement in statements(document):
        secure = condition_keys(statement).get("aws:securetransport")
        if (
            statement.get("Effect") == "Deny"
            and ("AWS", "*") in principals(statement)
            and str(secure[0] if isinstance(secure, list) and secure else secure).lower() == "false"
        ):
            return True
    return False
