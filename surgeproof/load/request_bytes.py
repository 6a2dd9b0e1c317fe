"""Builds requests as bytes: what every request carries is written once, and a plain request of a path once."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

_MOST_KEPT = 20_000
_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_TARGET = re.compile(r"/[\x21\x22\x24-\x7e]*")
_SAFE = "/?&=%:;,@!$'()*+~[]"
_OURS = frozenset({"host", "content-length", "transfer-encoding", "connection"})
"""Fields that a journey can't set: the connection is not its own."""
_encode = json.JSONEncoder(separators=(",", ":")).encode


class RequestWriter:
    """Writes the requests of one run.

    Args:
        netloc: Value of ``Host``.
        headers: What every request carries; a request's own fields of the same name take their place.
        prefix: Before the path: empty, or the origin's URL for a proxy (RFC 9112, 3.2.2).

    Raises:
        ValueError: A header is none.
    """

    def __init__(self, netloc: str, headers: Mapping[str, str], *, prefix: str = "") -> None:
        self._prefix = prefix
        self._common = {"host": ("Host", netloc)}
        self._common |= {name.lower(): (name, value) for name, value in headers.items()}
        for name, value in self._common.values():
            _check(name, value)
        self._tail = _lines(self._common)
        self._plain: dict[tuple[str, str], bytes] = {}
        self.known = self._plain.get
        self._begun: dict[tuple[str, str, str], bytes] = {}

    def plain(self, method: str, path: str) -> bytes:
        """A request with neither body nor fields of its own. ``known((method, path))`` finds one that was built."""
        wire = self._plain.get((method, path))
        if wire is None:
            if len(self._plain) >= _MOST_KEPT:
                self._plain.clear()
            length = "Content-Length: 0\r\n" if method in ("POST", "PUT", "PATCH") else ""
            text = f"{method} {self._prefix}{target(path)} HTTP/1.1\r\n{self._tail}{length}\r\n"
            wire = self._plain[method, path] = text.encode("latin-1")
        return wire

    def carrying(self, method: str, path: str, kind: str, body: bytes) -> bytes:
        """A request with a body, and no field of its own but its content type; its beginning is written once."""
        begun = self._begun.get((method, path, kind))
        if begun is None:
            if len(self._begun) >= _MOST_KEPT:
                self._begun.clear()
            wire = self.full(method, path, {"content-type": kind}, b"")
            begun = self._begun[method, path, kind] = wire[:-4].removesuffix(b"\r\nContent-Length: 0")
        return b"%b\r\nContent-Length: %d\r\n\r\n%b" % (begun, len(body), body)

    def full(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> bytes:
        """A request with fields of its own, a body, or both.

        Raises:
            ValueError: A name or a value can't stand in a header, or is the connection's business.
        """
        if not headers and not body:
            return self.plain(method, path)
        own: dict[str, tuple[str, str]] = {}
        for name, value in headers.items():
            _check(name, value)
            key = name.lower()
            if key in _OURS:
                raise ValueError(f"header {name!r} is not a journey's to set")
            own[key] = (name, value)
        lines = self._tail + _lines(own) if own.keys().isdisjoint(self._common) else _lines({**self._common, **own})
        if body or method in ("POST", "PUT", "PATCH"):
            lines += f"Content-Length: {len(body)}\r\n"
        return f"{method} {self._prefix}{target(path)} HTTP/1.1\r\n{lines}\r\n".encode("latin-1") + body


def target(path: str) -> str:
    """A path and query as they stand in a request: what may not stand there is percent-encoded, a fragment left out.

    Raises:
        ValueError: It does not begin with a slash.
    """
    if _TARGET.fullmatch(path) is not None:
        return path
    if not path.startswith("/"):
        raise ValueError(f"a path begins with a slash: {path!r}")
    return quote(path.partition("#")[0], safe=_SAFE)


def body_of(json_value: Any, data: Any) -> tuple[bytes, str | None]:
    """The body of a request, and its content type.

    Args:
        json_value: Sent as JSON, unless None.
        data: Bytes or text as they are, or a mapping as a form.

    Raises:
        ValueError: Both are given.
        TypeError: The one can't be written as JSON, or the other is none of its kinds.
    """
    if json_value is not None:
        if data is not None:
            raise ValueError("give json or data, not both")
        return _encode(json_value).encode(), "application/json"
    if data is None:
        return b"", None
    if isinstance(data, bytes):
        return data, None
    if isinstance(data, str):
        return data.encode(), None
    if isinstance(data, Mapping):
        return urlencode(data, doseq=True).encode(), "application/x-www-form-urlencoded"
    raise TypeError(f"data is bytes, text or a mapping, not {type(data).__name__}")


def _check(name: str, value: str) -> None:
    if not isinstance(name, str) or _NAME.fullmatch(name) is None:
        raise ValueError(f"not the name of a header: {name!r}")
    if not isinstance(value, str) or _VALUE.fullmatch(value) is None:
        raise ValueError(f"not a value of header {name}: {value!r}")


def _lines(fields: Mapping[str, tuple[str, str]]) -> str:
    return "".join(f"{name}: {value}\r\n" for name, value in fields.values())
