"""The head of an answer, read strictly (RFC 9112) and once: a site repeats the same heads again and again.

What is not certain is refused: two lengths, a length beside a transfer coding, a folded line, a bare line feed.
A client that guesses there can be fooled about where an answer ends, and would take the rest for the next one.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

MOST_HEAD = 64 * 1024
"""Bytes of a head; nginx and Envoy send less, and take less."""
MOST_DIGITS = 15
"""Of a length: a petabyte."""
UNTIL_CLOSE, CHUNKED, INTERIM = -1, -2, -3
"""Lengths of bodies that are not told beforehand; of an answer that is not the last (1xx)."""
_NOT_QUICK = -9
_REDIRECTS = (301, 302, 303, 307, 308)
_MOST_KEPT = 2048

_STATUS = re.compile(rb"HTTP/1\.([01]) ([1-9][0-9][0-9])(?: [\t\x20-\x7e\x80-\xff]*)?")
_FIELD = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)")
_VCPU_WAIT = re.compile(r"(?:^|,)\s*vcpu-wait\s*(?:;[^,]*?)?;\s*dur\s*=\s*\"?([0-9.]+)", re.IGNORECASE)


class HeadError(ValueError):
    """This is not the head of an HTTP answer, or one that says two things about its body."""


@dataclass(frozen=True, slots=True)
class Head:
    """Everything of an answer but its body.

    Attributes:
        status: HTTP status.
        headers: Fields by lower-case name; several of one name are joined by a comma.
        cookies: Values of Set-Cookie, one each.
        length: Bytes of body, or how its end is found.
        keep: Whether the connection may be used again, if the body ends before it does.
        waited: Real seconds in the virtual CPU's queue (``Server-Timing: vcpu-wait;dur=<ms>``); nan if not told.
        quick: The length, when nothing stands in the way of using the connection again; else a length that none has.
        leads: Whether the visitor has cookies to keep, or is sent elsewhere.
        suspect: Whether it may be an edge that blocks: its signs, or a page, in which a captcha may be.
    """

    status: int
    headers: dict[str, str]
    cookies: tuple[str, ...] = ()
    length: int = 0
    keep: bool = True
    waited: float = math.nan
    quick: int = _NOT_QUICK
    leads: bool = False
    suspect: bool = False

    @property
    def redirects(self) -> bool:
        """Whether it sends the visitor elsewhere."""
        return self.status in _REDIRECTS and "location" in self.headers


def parse_head(raw: bytes) -> Head:
    """Read a head.

    Args:
        raw: From the status line to the empty line, both included.

    Raises:
        HeadError: It is none.
    """
    first, *lines = raw[:-4].split(b"\r\n")
    match = _STATUS.fullmatch(first)
    if match is None:
        raise HeadError(f"not a status line: {first[:60]!r}")
    status = int(match.group(2))
    fields: dict[str, str] = {}
    cookies: list[str] = []
    for line in lines:
        found = _FIELD.fullmatch(line)
        if found is None:
            raise HeadError(f"not a header field: {line[:60]!r}")
        name, value = found.group(1).decode("ascii").lower(), found.group(2).rstrip(b" \t").decode("latin-1")
        if name == "set-cookie":
            cookies.append(value)
        else:
            fields[name] = f"{fields[name]}, {value}" if name in fields else value
    length = _length(status, fields, old=match.group(1) == b"0")
    keep = _keeps(fields, old=match.group(1) == b"0")
    page = "html" in fields.get("content-type", "")
    redirect = status in _REDIRECTS and "location" in fields
    signs = "x-amzn-waf-action" in fields or "cf-mitigated" in fields
    return Head(
        status=status,
        headers=fields,
        cookies=tuple(cookies),
        length=length,
        keep=keep,
        waited=_waited(fields.get("server-timing")),
        quick=length if keep and length >= 0 else _NOT_QUICK,
        leads=bool(cookies) or redirect,
        suspect=signs or page,
    )


def _length(status: int, fields: dict[str, str], *, old: bool) -> int:
    """How the end of the body is found (RFC 9112, 6.3)."""
    coding, told = fields.get("transfer-encoding"), fields.get("content-length")
    if status < 200:
        if status == 101:
            raise HeadError("switches protocols, which was not asked for")
        return INTERIM
    if coding is not None:
        if told is not None:
            raise HeadError("has both a length and a transfer coding")
        if coding.lower() != "chunked" or old:
            raise HeadError(f"a transfer coding that was not asked for: {coding[:60]!r}")
        return 0 if status in (204, 304) else CHUNKED
    if told is not None:
        values = {value.strip(" \t") for value in told.split(",")}
        value = values.pop()
        if values or not (value.isascii() and value.isdigit()) or len(value) > MOST_DIGITS:
            raise HeadError(f"not one length: {told[:60]!r}")
        return 0 if status in (204, 304) else int(value)
    return 0 if status in (204, 304) else UNTIL_CLOSE


def _keeps(fields: dict[str, str], *, old: bool) -> bool:
    wishes = {wish.strip(" \t").lower() for wish in fields.get("connection", "").split(",")}
    return "close" not in wishes and (not old or "keep-alive" in wishes)


def _waited(field: str | None) -> float:
    """Source: W3C Server Timing; the virtual CPU of a rehearsal writes it."""
    match = None if field is None else _VCPU_WAIT.search(field)
    if match is None:
        return math.nan
    try:
        return float(match.group(1)) / 1000
    except ValueError:
        return math.nan


class HeadBook:
    """Heads by their bytes: an equal head is not read twice. Forgets all when it is full.

    Attributes:
        get: A head that was read, by its bytes without the empty line; None when there was none.
    """

    __slots__ = ("_heads", "get")

    def __init__(self) -> None:
        self._heads: dict[bytes, Head] = {}
        self.get = self._heads.get

    def read(self, raw: bytes) -> Head:
        """The head behind these bytes, the empty line included.

        Raises:
            HeadError: See ``parse_head``.
        """
        head = self._heads.get(raw[:-4])
        if head is None:
            head = parse_head(raw)
            if len(self._heads) >= _MOST_KEPT:
                self._heads.clear()
            self._heads[raw[:-4]] = head
        return head
