"""An answer as a journey reads it, and what an answer tells besides: waiting in the server, an edge that blocks."""

from __future__ import annotations

import gzip
import json
import math
import re
import zlib
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from surgeproof.load.transport import Answer

_VCPU_WAIT = re.compile(r"(?:^|,)\s*vcpu-wait\s*(?:;[^,]*?)?;\s*dur\s*=\s*\"?([0-9.]+)", re.IGNORECASE)
_CHARSET = re.compile(r"charset=\"?([\w.:-]+)", re.IGNORECASE)
_LOOK = 64 * 1024
"""Bytes of a page that are searched for a captcha."""


class AnswerView:
    """A response as journeys know it. The body is unpacked when it is first read."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    @property
    def status(self) -> int:
        """HTTP status."""
        return self._answer.status

    @property
    def ok(self) -> bool:
        """Whether the status is below 400."""
        return self._answer.status < 400

    @property
    def headers(self) -> Mapping[str, str]:
        """Header fields by lower-case name."""
        return self._answer.headers

    @cached_property
    def content(self) -> bytes:
        """Body without its content encoding.

        Raises:
            ValueError: It is damaged, or in an encoding that was not asked for.
        """
        encoding = self.headers.get("content-encoding", "identity").strip().lower()
        body = self._answer.body
        if encoding in ("identity", "") or not body:
            return body
        try:
            if encoding in ("gzip", "x-gzip"):
                return gzip.decompress(body)
            if encoding == "deflate":
                return zlib.decompress(body)
        except (OSError, EOFError, zlib.error) as error:
            raise ValueError(f"the {encoding} body is damaged: {error}") from error
        raise ValueError(f"the body is encoded as {encoding!r}, which was not asked for")

    @cached_property
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


def waited(answer: Answer) -> float:
    """Real seconds that the request waited for the task's virtual CPU; nan when the answer does not tell.

    Read from ``Server-Timing: vcpu-wait;dur=<ms>`` (W3C Server Timing).
    """
    field = answer.headers.get("server-timing")
    if field is None:
        return math.nan
    match = _VCPU_WAIT.search(field)
    return float(match.group(1)) / 1000 if match else math.nan


def looks_blocked(view: AnswerView) -> bool:
    """Whether an answer looks like an edge's that took the generator for a robot: 403, 429, a challenge, a captcha.

    Signs besides the status: ``x-amzn-waf-action`` (AWS WAF, 'Customizing the captcha and challenge response'),
    ``cf-mitigated`` (Cloudflare), or the word captcha in an HTML page.
    """
    if view.status in (403, 429):
        return True
    headers = view.headers
    if "x-amzn-waf-action" in headers or headers.get("cf-mitigated") == "challenge":
        return True
    if "html" not in headers.get("content-type", ""):
        return False
    try:
        return b"captcha" in view.content[:_LOOK].lower()
    except ValueError:
        return False
