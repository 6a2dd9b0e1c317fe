"""Tags of what a reader does not ask the tags of: by ARN, from the Resource Groups Tagging API."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from surgeproof.graph.live.account import Account, NotReadableError, Reading
from surgeproof.graph.live.reader import TAGS_CALL, Found
from surgeproof.graph.live.shape import NOT_KEPT, tags


def with_tags(account: Account, found: Iterable[Found]) -> list[Found]:
    """The same resources, each that has an ARN with its tags.

    The API tells of tagged resources alone, and not of every type: what it does not tell of is not known.
    """
    rows = list(found)
    if all("tags" in item.inputs or "arn" not in item.outputs for item in rows):
        return rows
    known = _known(account)
    return [
        replace(item, inputs={**item.inputs, "tags": known.get(str(item.outputs["arn"]), NOT_KEPT)})
        if "arn" in item.outputs and "tags" not in item.inputs
        else item
        for item in rows
    ]


def _known(account: Account) -> dict[str, dict[str, str]]:
    try:
        rows = list(Reading(account, (TAGS_CALL,)).rows(TAGS_CALL, "ResourceTagMappingList"))
    except NotReadableError:
        return {}
    return {row["ResourceARN"]: tags(row.get("Tags")) for row in rows}
