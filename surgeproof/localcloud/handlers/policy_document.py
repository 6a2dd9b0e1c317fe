"""``aws.iam.getPolicyDocument``: an IAM policy from typed statements, in the provider's own format."""

from __future__ import annotations

import json
import zlib
from typing import Any

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import invoke

_LISTS = (
    ("actions", "Action"),
    ("notActions", "NotAction"),
    ("resources", "Resource"),
    ("notResources", "NotResource"),
)


@invoke("aws:iam/getPolicyDocument:getPolicyDocument")
def policy_document(_account: Account, args: dict[str, Any]) -> dict[str, Any]:
    """The document, pretty and in one line. Documents to merge or override with are not taken."""
    unknown = set(args) - {"statements", "version", "policyId", "region"}
    if unknown:
        raise ValueError(f"getPolicyDocument: {', '.join(sorted(unknown))} is not known here")
    named = {"Id": args["policyId"]} if args.get("policyId") else {}
    statements = [_statement(statement) for statement in args.get("statements") or []]
    document = {"Version": args.get("version") or "2012-10-17", **named, "Statement": statements}
    text = json.dumps(document, indent=2)
    return {
        **args,
        "json": text,
        "minifiedJson": json.dumps(document, separators=(",", ":")),
        "id": str(zlib.crc32(text.encode())),
    }


def _one_or_many(values: list[str]) -> str | list[str]:
    """A list of one is a text; longer ones are sorted backwards, as the provider writes them."""
    return values[0] if len(values) == 1 else sorted(values, reverse=True)


def _statement(statement: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"Sid": statement["sid"]} if statement.get("sid") else {}
    made["Effect"] = statement.get("effect", "Allow")
    made |= {member: _one_or_many(statement[name]) for name, member in _LISTS if statement.get(name)}
    for name, member in (("principals", "Principal"), ("notPrincipals", "NotPrincipal")):
        if statement.get(name):
            made[member] = _principals(statement[name])
    conditions: dict[str, Any] = {}
    for condition in statement.get("conditions") or []:
        conditions.setdefault(condition["test"], {})[condition["variable"]] = _one_or_many(condition["values"])
    return {**made, "Condition": conditions} if conditions else made


def _principals(principals: list[dict[str, Any]]) -> Any:
    gathered: dict[str, list[str]] = {}
    for principal in principals:
        gathered.setdefault(principal["type"], []).extend(principal["identifiers"])
    if gathered == {"*": ["*"]}:
        return "*"
    return {kind: _one_or_many(identifiers) for kind, identifiers in gathered.items()}
