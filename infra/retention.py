"""How long objects are kept, and where they go meanwhile, by what they are: pure arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

STAYS = MappingProxyType({"STANDARD_IA": 30, "INTELLIGENT_TIERING": 0, "GLACIER_IR": 90, "DEEP_ARCHIVE": 180})
"""Days that S3 bills a storage class for at least (Amazon S3 User Guide, 'Understanding and managing storage classes')."""


@dataclass(frozen=True, slots=True)
class Move:
    """Into a storage class, so many days after an object was written."""

    days: int
    storage_class: str


CLASSES = MappingProxyType(
    {
        # Read when something has just gone wrong, and hardly ever after.
        "logs": (Move(30, "STANDARD_IA"), Move(120, "GLACIER_IR")),
        # Read by auditors, once a year, who then do not want to wait.
        "audit": (Move(90, "GLACIER_IR"),),
        # Nobody knows what is asked next.
        "analytics": (Move(30, "INTELLIGENT_TIERING"),),
    }
)
"""Where objects of a data class go; those of all others stay where they are, and are read at any time."""
VERSIONS = MappingProxyType({"orders": 90, "card-data": 1, "analytics": 7})
"""Days for which an overwritten version of an object is kept; 30 for all others. Of cards nothing is kept longer than it is used."""


def moves(classification: str, retention_days: int) -> tuple[Move, ...]:
    """Moves of a data class that are over, and have paid, before its objects expire."""
    return tuple(
        move for move in CLASSES.get(classification, ()) if move.days + STAYS[move.storage_class] <= retention_days
    )


def version_days(classification: str) -> int:
    """Days for which an overwritten version is kept."""
    return VERSIONS.get(classification, 30)
