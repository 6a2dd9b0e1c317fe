"""Admission: whom a resource policy lets in, statement by statement."""

from __future__ import annotations

import re
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
    "aws:sourceowner",
)
"""Condition keys that say who comes. aws:ResourceAccount says whose the thing is, which its own policy knows already."""
_BINDS_NOTHING = re.compile(r"Not|IfExists$|^Null$|^ForAllValues:", re.IGNORECASE)
"""Operators that hold for a request which lacks the key, or whose key has any value but one (IAM User Guide, 'IAM JSON
policy elements: Condition operators' and 'Multivalued context keys')."""


def statements(document: Any) -> list[dict[str, Any]]:
    """Statements of a parsed policy document."""
    found = document.get("Statement", []) if isinstance(document, dict) else []
    return [item for item in (found if isinstance(found, list) else [found]) if isinstance(item, dict)]


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def condition_keys(statement: dict[str, Any]) -> dict[str, Any]:
    """Condition key in small letters to its value; operators that bound nothing (`_BINDS_NOTHING`) are left out."""
    return {
        key.lower(): value
        for operator, keys in _mapping(statement.get("Condition")).items()
        if not _BINDS_NOTHING.search(operator) and isinstance(keys, dict)
        for key, value in keys.items()
    }


def is_bound(statement: dict[str, Any]) -> bool:
    """Whether a condition says which account, organisation, source or endpoint may come in."""
    keys = condition_keys(statement)
    return any(_says_who(keys[key]) for key in _BINDS if key in keys)


def _says_who(value: Any) -> bool:
    """Whether each of a condition's values names somebody; an ARN by its account, or where it has none by its name."""
    named = value if isinstance(value, list) else [value]
    return bool(named) and all(map(_names_somebody, map(str, named)))


def _names_somebody(value: str) -> bool:
    fields = value.split(":", 5)
    if fields[0] != "arn" or len(fields) < 6:
        return bool(value.strip("*?"))
    account, name = fields[4], fields[5]
    return bool(name.strip("*?/:")) if not account else not set("*?") & set(account)


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


def denies_without_tls(statement: dict[str, Any]) -> bool:
    """Whether a statement denies everybody what it names as soon as the connection is not TLS, whatever else holds."""
    conditions = [
        (operator.lower().removesuffix("ifexists"), key.lower(), value if isinstance(value, list) else [value])
        for operator, keys in _mapping(statement.get("Condition")).items()
        for key, value in _mapping(keys).items()
    ]
    return (
        statement.get("Effect") == "Deny"
        and ("AWS", "*") in principals(statement)
        and len(conditions) == 1
        and conditions[0][:2] == ("bool", "aws:securetransport")
        and [str(item).lower() for item in conditions[0][2]] == ["false"]
    )
