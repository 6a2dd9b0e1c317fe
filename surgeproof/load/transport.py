"""What carries a request: a small interface, so that the client underneath can be replaced by a faster one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


class TransportError(Exception):
    """The connection failed, broke, or said something that is not HTTP."""


class RequestTimeoutError(Exception):
    """The request was not over within its time, from its start to the last byte."""


@dataclass(slots=True)
class Answer:
    """One answer as it came.

    Attributes:
        status: HTTP status.
        headers: Fields by lower-case name; several of one name are joined by a comma.
        cookies: Values of Set-Cookie, one each.
        body: Bytes as sent, perhaps compressed.
    """

    status: int
    headers: Mapping[str, str]
    cookies: list[str]
    body: bytes


class Transport(Protocol):
    """Sends one request and waits for the whole answer, without following redirects."""

    def request(self, method: str, target: str, headers: Mapping[str, str], body: bytes, timeout: float) -> Answer:
        """Exchange one request.

        Args:
            method: Upper case.
            target: Path and query, from ``/``.
            headers: Besides those that every request carries.
            body: Empty for none.
            timeout: Real seconds for the whole exchange, waiting for a connection included.

        Raises:
            TransportError: See there.
            RequestTimeoutError: See there.
        """
        ...

    def close(self) -> None:
        """Close all idle connections."""
        ...
