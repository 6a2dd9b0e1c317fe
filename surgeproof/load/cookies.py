"""Cookies of one visitor on one site: what RFC 6265 asks of a client that talks to a single origin."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime


class CookieJar:
    """Keeps name and value by path. ``Domain`` needs no look: there is one origin."""

    __slots__ = ("_cookies", "_secure")

    def __init__(self, *, secure: bool) -> None:
        self._cookies: dict[tuple[str, str], str] = {}
        self._secure = secure

    def set(self, field: str, request_path: str) -> None:
        """Take in one Set-Cookie field (RFC 6265, 5.2 and 5.3); one without a name is ignored."""
        pair, *attributes = field.split(";")
        name, equals, value = pair.partition("=")
        name = name.strip()
        if not equals or not name:
            return
        path, expires, max_age, secure = _default_path(request_path), None, None, False
        for attribute in attributes:
            key, _, content = attribute.partition("=")
            key, content = key.strip().lower(), content.strip()
            if key == "path" and content.startswith("/"):
                path = content
            elif key == "max-age":
                max_age = content
            elif key == "expires":
                expires = content
            elif key == "secure":
                secure = True
        if secure and not self._secure:
            return
        if _is_past(max_age, expires):
            self._cookies.pop((name, path), None)
        else:
            self._cookies[name, path] = value.strip()

    def header(self, path: str) -> str | None:
        """The Cookie field for a request, or None; longer paths first (RFC 6265, 5.4)."""
        if not self._cookies:
            return None
        fitting = [(kept, name, value) for (name, kept), value in self._cookies.items() if _matches(path, kept)]
        fitting.sort(key=lambda cookie: -len(cookie[0]))
        return "; ".join(f"{name}={value}" for _, name, value in fitting) or None


def _default_path(request_path: str) -> str:
    return request_path.partition("?")[0].rpartition("/")[0] or "/"


def _matches(path: str, kept: str) -> bool:
    path = path.partition("?")[0]
    return path == kept or path.startswith(kept if kept.endswith("/") else kept + "/")


def _is_past(max_age: str | None, expires: str | None) -> bool:
    if max_age is not None:
        try:
            return int(max_age) <= 0
        except ValueError:
            return False
    if expires is not None:
        try:
            return parsedate_to_datetime(expires).timestamp() <= time.time()
        except (ValueError, TypeError, OverflowError):
            return False
    return False
