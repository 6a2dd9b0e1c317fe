"""Shapes: AWS's answers in the words of Pulumi's provider."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from surgeproof.graph.live.account import Part
from surgeproof.graph.wire import UNKNOWN_MARK

NOT_KEPT = UNKNOWN_MARK
"""Value of what AWS does not keep, or was not allowed to be read: it cannot be judged, and is no default."""

NEVER_KEPT = ("deletionWindowInDays", "forceDestroy", "recoveryWindowInDays", "skipFinalSnapshot", "templateBody")
"""Properties of a program that say what a later delete or update does; an account cannot be asked for them."""


def camel(value: Any) -> Any:
    """An answer with the provider's keys: ``MaxReceiveCount`` as ``maxReceiveCount``; nothing where AWS says nothing."""
    if isinstance(value, Mapping):
        return {_lower(str(key)): camel(item) for key, item in value.items() if item is not None}
    if isinstance(value, (list, tuple)):
        return [camel(item) for item in value]
    # What a rule of WAF searches for is bytes in AWS's answer, and text in a program.
    return value.decode(errors="replace") if isinstance(value, bytes) else value


def _lower(key: str) -> str:
    return key[:1].lower() + key[1:]


def picked(row: Mapping[str, Any], **names: str) -> dict[str, Any]:
    """Entries of an answer under the provider's names: ``picked(row, kmsKeyId="KmsKeyId")``; what is absent is left out."""
    return {ours: camel(row[theirs]) for ours, theirs in names.items() if row.get(theirs) is not None}


def tags(rows: Iterable[Mapping[str, Any]] | None, key: str = "Key", value: str = "Value") -> dict[str, str]:
    """Tags as a mapping; AWS's own are left out, as the provider does."""
    found = {str(row[key]): str(row.get(value, "")) for row in rows or () if key in row}
    return {name: text for name, text in found.items() if not name.startswith("aws:")}


def part_or(answer: dict[str, Any] | Part, read: Any, absent: Any = None) -> Any:
    """What ``read`` makes of an answer; the unknown mark when it could not be read; ``absent`` when there is none.

    Args:
        answer: Of `Reading.part`.
        read: Takes the answer.
        absent: What absence amounts to.
    """
    if answer is Part.UNREADABLE:
        return NOT_KEPT
    return absent if isinstance(answer, Part) else read(answer)


def without_nothing(values: Mapping[str, Any]) -> dict[str, Any]:
    """Properties without those that AWS says nothing of."""
    return {key: value for key, value in values.items() if value is not None and value != ""}
