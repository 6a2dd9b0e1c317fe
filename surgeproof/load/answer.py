"""An answer as a journey reads it: the body is unpacked when it is first read."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Collection, Mapping
from typing import Any

from surgeproof.load.expectation import difference
from surgeproof.load.heads import Head

MOST_BODY = 256 * 1024 * 1024
"""Bytes of one body, packed or not."""
_CHARSET = re.compile(r"charset=\"?([\w.:-]+)", re.IGNORECASE)
_LOOK = 64 * 1024
"""Bytes of a page that are searched for a captcha."""

OnDifference = Callable[[str], None]


class Answer:
    """One answer, whole.

    Attributes:
        head: Status and fields.
        body: Bytes as sent, perhaps compressed.
        fail: Told what a journey expected in vain; ends the journey. The client sets it.
    """

    __slots__ = ("_content", "body", "fail", "head")

    def __init__(self, head: Head, body: bytes = b"") -> None:
        self.head = head
        self.body = body
        self.fail: OnDifference | None = None
        self._content: bytes | None = None

    @property
    def status(self) -> int:
        """HTTP status."""
        return self.head.status

    @property
    def ok(self) -> bool:
        """Whether the status is below 400."""
        return self.head.status < 400

    @property
    def headers(self) -> Mapping[str, str]:
        """Header fields by lower-case name; Set-Cookie is the visitor's cookie jar's business."""
        return self.head.headers

    @property
    def content(self) -> bytes:
        """Body without its content encoding.

        Raises:
            ValueError: It is damaged, or in an encoding that was not asked for.
        """
        if self._content is None:
            self._content = _unpacked(self.body, self.headers.get("content-encoding", ""))
        return self._content

    @property
    def text(self) -> str:
        """Body as text, in the charset that the answer names, else UTF-8."""
        match = _CHARSET.search(self.headers.get("content-type", ""))
        try:
            return self.content.decode(match.group(1) if match else "utf-8", errors="replace")
        except LookupError:
            return self.content.decode("utf-8", errors="replace")

    def json(self) -> Any:
        """Body as JSON.

        Raises:
            ValueError: It is none.
        """
        return json.loads(self.content)

    def expect(
        self, *, status: int | Collection[int] | None = None, json: Any = None, text: str | None = None
    ) -> Answer:
        """End the journey as failed unless the answer is as expected.

        Args:
            status: One, or several; it must be one that the step accepts (``ok``) to be looked at here at all.
            json: What must be in the body: a mapping names the keys that must be there, a function says whether
                a value is right, all else must be equal.
            text: What must stand somewhere in the body.

        Returns:
            Itself.
        """
        wrong = None
        if status is not None:
            wanted = (status,) if isinstance(status, int) else status
            if self.status not in wanted:
                wrong = f"status {self.status}, not {' or '.join(map(str, sorted(wanted)))}"
        if wrong is None and json is not None:
            try:
                wrong = difference(self.json(), json)
            except ValueError as error:
                wrong = f"no JSON: {error}"
        if wrong is None and text is not None and text not in self.text:
            wrong = f"no {text!r} in the body"
        if wrong is not None:
            if self.fail is None:
                raise ValueError(wrong)
            self.fail(wrong)
        return self


def looks_blocked(answer: Answer) -> bool:
    """Whether an answer looks like an edge's that took the generator for a robot: 403, 429, a challenge, a captcha.

    Signs besides the status: ``x-amzn-waf-action`` (AWS WAF, 'Customizing the captcha and challenge response'),
    ``cf-mitigated`` (Cloudflare), or the word captcha in an HTML page.
    """
    if answer.status in (403, 429):
        return True
    headers = answer.headers
    if "x-amzn-waf-action" in headers or headers.get("cf-mitigated") == "challenge":
        return True
    if "html" not in headers.get("content-type", ""):
        return False
    try:
        return b"captcha" in answer.content[:_LOOK].lower()
    except ValueError:
        return False


def _unpacked(body: bytes, coding: str) -> bytes:
    coding = coding.strip().lower()
    if coding in ("identity", "") or not body:
        return body
    if coding in ("gzip", "x-gzip"):
        return _inflated(body, coding, zlib.MAX_WBITS | 16)
    if coding == "deflate":
        # RFC 9110, 8.4.1.2: zlib's format; some servers send the bare stream.
        wrapped = body[0] & 0x0F == 8 and len(body) > 1 and (body[0] << 8 | body[1]) % 31 == 0
        return _inflated(body, coding, zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)
    raise ValueError(f"the body is encoded as {coding!r}, which was not asked for")


def _inflated(body: bytes, coding: str, window: int) -> bytes:
    parts: list[bytes] = []
    room = MOST_BODY
    while body:
        inflater = zlib.decompressobj(window)
        try:
            parts.append(inflater.decompress(body, room))
        except zlib.error as error:
            raise ValueError(f"the {coding} body is damaged: {error}") from error
        room -= len(parts[-1])
        if room <= 0:
            raise ValueError(f"the {coding} body unpacks to more than {MOST_BODY:,} bytes")
        if not inflater.eof:
            raise ValueError(f"the {coding} body is damaged: it ends too early")
        body = inflater.unused_data.lstrip(b"\0") if coding != "deflate" else b""  # a gzip file may have members
    return b"".join(parts)
