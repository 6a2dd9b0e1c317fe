"""What a role can do, by all its policies together: allowed somewhere, denied nowhere, within its boundary."""

from __future__ import annotations

from typing import Any

from surgeproof.controls.admission import condition_keys, statements
from surgeproof.controls.context import UNKNOWN, Context
from surgeproof.controls.policy_document import POLICY_TYPE, allows, grants, on_everything, permissions_of_role
from surgeproof.graph.model import Resource


class Powers:
    """The union of a role's identity policies.

    Attributes:
        stated: Whether the program states any policy of it.
        undecided: Whether one of them is known only after deployment.
        allowed: Statements that allow something.
    """

    def __init__(self, context: Context, role: Resource) -> None:
        documents = permissions_of_role(context, role)
        self.stated = bool(documents)
        self.undecided = UNKNOWN in documents
        known = [item for item in documents if item is not UNKNOWN]
        self.allowed = [statement for item in known for statement in allows(item)]
        self._denied = [
            statement
            for item in known
            for statement in statements(item)
            if statement.get("Effect") == "Deny" and _on_all(statement) and not statement.get("Condition")
        ]
        self._bounds = _boundaries(context, role)

    def granting(self, action: str) -> list[dict[str, Any]]:
        """Statements by which it may take an action; none where a denial or its boundary forbids it."""
        if any(grants(statement, action) for statement in self._denied):
            return []
        if self._bounds is not None and not any(grants(statement, action) for statement in self._bounds):
            return []
        return [statement for statement in self.allowed if grants(statement, action)]


def _on_all(statement: dict[str, Any]) -> bool:
    """Whether a denial leaves no resource out: one of all but some denies nothing of those."""
    return on_everything(statement) and "NotResource" not in statement


def _boundaries(context: Context, role: Resource) -> list[dict[str, Any]] | None:
    """What its boundary allows; None without a boundary that this program states."""
    places = [item for item in context.graph.sources(role, "permissionsBoundary") if item.type == POLICY_TYPE]
    documents = [context.document(item, "policy") for item in places]
    if not documents or UNKNOWN in documents:
        return None
    return [statement for item in documents for statement in allows(item)]


def bounded(statement: dict[str, Any], key: str) -> bool:
    """Whether a condition of the statement, one that bounds something, is on this key."""
    return key.lower() in condition_keys(statement)
