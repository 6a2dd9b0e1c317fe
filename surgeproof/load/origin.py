"""Where the requests of a run go: one origin, and the proxy before it if there is one."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Self
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, name and port of the site.

    Attributes:
        host: Name or address, without brackets.
        netloc: As it stands in ``Host``: brackets around IPv6, no port where it is the scheme's own.
    """

    secure: bool
    host: str
    port: int
    netloc: str

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read ``http://host:port`` or ``https://host``.

        Raises:
            ValueError: It is neither.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"not an origin: {url!r}")
        secure = parts.scheme == "https"
        usual = 443 if secure else 80
        port = parts.port or usual
        host = _ascii(parts.hostname)
        name = f"[{host}]" if ":" in host else host
        return cls(secure, host, port, name if port == usual else f"{name}:{port}")

    @property
    def url(self) -> str:
        """As it stands before the path."""
        return f"{'https' if self.secure else 'http'}://{self.netloc}"


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy.

    Attributes:
        authorization: Value of ``Proxy-Authorization``, or None.
    """

    host: str
    port: int
    authorization: str | None

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read ``http://user:password@host:port``.

        Raises:
            ValueError: It is none.
        """
        parts = urlsplit(url)
        if parts.scheme != "http" or not parts.hostname or parts.path not in ("", "/") or parts.query:
            raise ValueError("not a proxy: give http://host:port or http://user:password@host:port")
        authorization = None
        if parts.username is not None:
            pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            authorization = "Basic " + base64.b64encode(pair.encode()).decode("ascii")
        return cls(_ascii(parts.hostname), parts.port or 80, authorization)


def _ascii(host: str) -> str:
    return host if host.isascii() else host.encode("idna").decode("ascii")
