"""Records of what is not emulated, kept by the embedded AWS: they outlive the process that made them."""

from __future__ import annotations

from typing import Any, Protocol


class Request(Protocol):
    """A call of the server's own endpoints, as `EmbeddedAws.request`."""

    def __call__(self, method: str, endpoint: str, body: Any = None, /) -> dict[str, Any]:
        """The answer."""
        ...


class ServerRecords:
    """The server's ``recorded`` endpoint as handlers see it.

    Args:
        request: Calls the server.
    """

    def __init__(self, request: Request) -> None:
        self._request = request

    def keep(self, record: dict[str, Any]) -> None:
        """Keep a record in the place of one with its type and id."""
        self._request("POST", "recorded", record)

    def find(self, type_: str, identity: str) -> dict[str, Any] | None:
        """The record of a type and id."""
        kept = self._request("GET", "recorded")["resources"]
        return next((record for record in kept if (record["type"], record["id"]) == (type_, identity)), None)

    def forget(self, type_: str, identity: str) -> None:
        """Drop a record."""
        self._request("DELETE", "recorded", {"type": type_, "id": identity})
