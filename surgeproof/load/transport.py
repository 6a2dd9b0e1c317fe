"""What carries a request: a small interface, so that the client underneath can be replaced."""

from __future__ import annotations

from typing import Protocol

from surgeproof.load.answer import Answer


class TransportError(Exception):
    """The connection failed, broke, or said something that is not HTTP."""


class RequestTimeoutError(Exception):
    """The request was not over within its time, from its start to the last byte."""


class Transport(Protocol):
    """Sends one request and waits for the whole answer, without following redirects."""

    @property
    def connections(self) -> int:
        """Connections that are open now."""
        ...

    @property
    def waiting(self) -> int:
        """Requests that wait for a connection now."""
        ...

    @property
    def queued(self) -> int:
        """Requests that had to wait for a connection so far, noticeably."""
        ...

    def exchange(self, wire: bytes, method: str, deadline: float) -> Answer:
        """Exchange one request.

        Args:
            wire: The whole request as bytes (``RequestWriter``).
            method: Upper case; decides whether the answer has a body, and whether it may be sent twice.
            deadline: ``time.monotonic()`` at which the last byte must be here; waiting for a connection counts.

        Raises:
            TransportError: See there.
            RequestTimeoutError: See there.
        """
        ...

    def close(self) -> None:
        """Close all connections."""
        ...
