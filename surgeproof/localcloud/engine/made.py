"""What the provider has made, kept with the embedded AWS: how a run that was killed finds what its state does not know."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from surgeproof.localcloud.records import Request


@dataclass(frozen=True, slots=True)
class Made:
    """One resource that was created and not deleted."""

    urn: str
    type: str
    identity: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]


class Register:
    """Every resource that the provider made, by URN and id.

    Args:
        request: Calls the embedded AWS's server.
    """

    def __init__(self, request: Request) -> None:
        self._request = request

    def add(self, made: Made) -> None:
        """Enter a resource as soon as it is there."""
        self._request("POST", "made", asdict(made))

    def drop(self, urn: str, identity: str) -> None:
        """Strike out a resource that was deleted."""
        self._request("DELETE", "made", {"urn": urn, "identity": identity})

    def all(self) -> list[Made]:
        """All of them, oldest first."""
        return [Made(**one) for one in self._request("GET", "made")["resources"]]
