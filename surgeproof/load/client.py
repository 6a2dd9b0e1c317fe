"""What a journey talks to: the verbs, once; the site and the sketch differ only in what a step does."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from typing import Any, Protocol, Self

ACCEPTED = range(200, 400)
"""Statuses that a step accepts when the journey names none."""


class Response(Protocol):
    """An answer that the journey accepted."""

    @property
    def status(self) -> int:
        """HTTP status."""
        ...

    @property
    def ok(self) -> bool:
        """Whether the status is below 400."""
        ...

    @property
    def text(self) -> str:
        """Body as text."""
        ...

    @property
    def content(self) -> bytes:
        """Body, unpacked."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """Header fields by lower-case name."""
        ...

    def json(self) -> Any:
        """Body as JSON."""
        ...

    def expect(self, *, status: int | Collection[int] | None = None, json: Any = None, text: str | None = None) -> Self:
        """End the journey as failed unless the answer is as expected.

        Args:
            status: One, or several.
            json: A mapping names the keys that must be there, a function says whether a value is right.
            text: What must stand somewhere in the body.
        """
        ...


class Client(ABC):
    """One visitor's client.

    A step ends the journey when its answer is none of ``ok`` (2xx and 3xx by default), when it
    takes longer than the request timeout, or when the connection breaks. ``name`` is the step's
    name in reports and gates.

    Attributes:
        headers: What each request of this visitor carries from now on.
    """

    __slots__ = ("headers",)

    def __init__(self) -> None:
        self.headers: dict[str, str] = {}

    @abstractmethod
    def _step(
        self,
        method: str,
        path: str,
        name: str,
        json: Any,
        data: bytes | str | Mapping[str, Any] | None,
        headers: Mapping[str, str] | None,
        ok: Collection[int],
    ) -> Response:
        """Take one step."""

    def get(
        self, path: str, *, name: str, headers: Mapping[str, str] | None = None, ok: Collection[int] = ACCEPTED
    ) -> Response:
        """Request ``path``."""
        return self._step("GET", path, name, None, None, headers, ok)

    def head(
        self, path: str, *, name: str, headers: Mapping[str, str] | None = None, ok: Collection[int] = ACCEPTED
    ) -> Response:
        """Request the head of ``path``."""
        return self._step("HEAD", path, name, None, None, headers, ok)

    def options(
        self, path: str, *, name: str, headers: Mapping[str, str] | None = None, ok: Collection[int] = ACCEPTED
    ) -> Response:
        """Ask what ``path`` takes."""
        return self._step("OPTIONS", path, name, None, None, headers, ok)

    def post(
        self,
        path: str,
        *,
        name: str,
        json: Any = None,
        data: bytes | str | Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        ok: Collection[int] = ACCEPTED,
    ) -> Response:
        """Send ``json``, or ``data`` (bytes, text, or a form) to ``path``."""
        return self._step("POST", path, name, json, data, headers, ok)

    def put(
        self,
        path: str,
        *,
        name: str,
        json: Any = None,
        data: bytes | str | Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        ok: Collection[int] = ACCEPTED,
    ) -> Response:
        """Replace ``path``."""
        return self._step("PUT", path, name, json, data, headers, ok)

    def patch(
        self,
        path: str,
        *,
        name: str,
        json: Any = None,
        data: bytes | str | Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        ok: Collection[int] = ACCEPTED,
    ) -> Response:
        """Change ``path``."""
        return self._step("PATCH", path, name, json, data, headers, ok)

    def delete(
        self, path: str, *, name: str, headers: Mapping[str, str] | None = None, ok: Collection[int] = ACCEPTED
    ) -> Response:
        """Delete ``path``."""
        return self._step("DELETE", path, name, None, None, headers, ok)

    @abstractmethod
    def think(self, seconds: float | None = None) -> None:
        """Wait as a visitor does: drawn from the plan's think time, or so many launch seconds."""

    @abstractmethod
    def check(self, condition: object, what: str) -> None:
        """End the journey as failed unless ``condition`` holds; ``what`` says what should have held."""
