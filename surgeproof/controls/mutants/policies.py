"""Mutations of policy documents: what makes them let in too many, or allow too much."""

from __future__ import annotations

import json
from typing import Any

from surgeproof.controls.mutants.operators import Mutation, edited

EVERYBODY: dict[str, Any] = {"AWS": "*"}


def with_statement(label: str, statement: dict[str, Any], *, on: str | None = None, path: str = "policy") -> Mutation:
    """Add a statement to a policy."""

    def edit(document: Any) -> str:
        found = document if isinstance(document, dict) else {"Version": "2012-10-17"}
        present = found.get("Statement", [])
        present = present if isinstance(present, list) else [present]
        return json.dumps({**found, "Statement": [*present, statement]})

    return edited(label, path, edit, on=on)


def without_statements(label: str, word: str, *, on: str | None = None, path: str = "policy") -> Mutation:
    """Take out the statements in which a word stands."""

    def edit(document: Any) -> str:
        kept = [item for item in document.get("Statement", []) if word not in json.dumps(item)]
        return json.dumps({**document, "Statement": kept})

    return edited(label, path, edit, on=on)


def opened(action: str, *, on: str | None = None, path: str = "policy") -> tuple[Mutation, ...]:
    """A resource policy that lets in too many, in four ways."""
    allow = {"Effect": "Allow", "Action": action, "Resource": "*"}
    source = {"aws:SourceArn": "arn:aws:events:eu-west-1:123456789012:rule/x"}
    return (
        with_statement("everybody may come in", {**allow, "Principal": "*"}, on=on, path=path),
        with_statement("every account may come in", {**allow, "Principal": EVERYBODY}, on=on, path=path),
        with_statement(
            "all but one may come in", {**allow, "NotPrincipal": {"AWS": "arn:aws:iam::1:root"}}, on=on, path=path
        ),
        with_statement(
            "a negated source bounds nobody",
            {**allow, "Principal": "*", "Condition": {"ArnNotEquals": source}},
            on=on,
            path=path,
        ),
    )


def allowed(*actions: str, resource: str = "*", condition: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """An allowing statement of an identity policy."""
    statement: dict[str, Any] = {"Effect": "Allow", "Action": list(actions), "Resource": resource, **more}
    return {**statement, "Condition": condition} if condition else statement
