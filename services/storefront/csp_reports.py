"""Takes what browsers tell of the content policy: what they refused to load, and on which page. No part of the API."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

log = logging.getLogger("shop.csp")

PATH = "/csp-reports"
"""Where the edge's content policy sends browsers, unless its `report_endpoint` says otherwise."""
MOST_BYTES = 16_384
LINES_A_MINUTE = 10
"""Of the log, in each task: a policy that is wrong is refused something by every visitor of a launch."""
LONGEST = 200


class Limited:
    """Lets through so many a minute, and counts what it kept back.

    Args:
        most: A minute.
        clock: Seconds, ever growing.
    """

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock = most, clock
        self._minute = clock()
        self._let_through = 0
        self.kept_back = 0

    def lets_through(self) -> bool:
        """Whether one more may pass now."""
        now = self._clock()
        if now - self._minute >= 60:
            self._minute, self._let_through = now, 0
        self._let_through += 1
        if self._let_through <= self._most:
            return True
        self.kept_back += 1
        return False

    def take_kept_back(self) -> int:
        """How many were kept back since this was last asked."""
        kept, self.kept_back = self.kept_back, 0
        return kept


_limited = Limited(LINES_A_MINUTE)


async def take_reports(request: Request) -> Response:
    """Log what a browser refused, and answer 204; of a body that is too large 413, of one that is no report 400."""
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > MOST_BYTES:
            return Response(status_code=413)
    try:
        told = list(violations(json.loads(raw)))
    except (ValueError, RecursionError):
        return Response(status_code=400)
    for page, directive, blocked in told:
        if _limited.lets_through():
            log.warning(
                "the content policy's %s refused %s on %s (%d more were not told)",
                directive,
                blocked,
                page,
                _limited.take_kept_back(),
            )
    return Response(status_code=204)


def violations(document: object) -> Iterator[tuple[str, str, str]]:
    """Page, directive and what was blocked, of both forms that browsers send.

    `application/csp-report` has one, under `csp-report` (CSP Level 2); `application/reports+json` is a list of which
    each of the type `csp-violation` has one under `body` (Reporting API). Queries are left out: they may name visitors.

    Raises:
        ValueError: It is neither.
    """
    if isinstance(document, dict) and isinstance(document.get("csp-report"), dict):
        yield _violation(document["csp-report"], "document-uri", "violated-directive", "blocked-uri")
    elif isinstance(document, list):
        for item in document:
            if isinstance(item, dict) and item.get("type") == "csp-violation" and isinstance(item.get("body"), dict):
                yield _violation(item["body"], "documentURL", "effectiveDirective", "blockedURL")
    else:
        raise ValueError("no report of a content policy")  # noqa: TRY004 - the document is wrong, not the call


def _violation(report: dict[str, Any], page: str, directive: str, blocked: str) -> tuple[str, str, str]:
    return _word(report.get(page)), _word(report.get(directive)), _word(report.get(blocked))


def _word(value: object) -> str:
    """One line of the log at most, whatever a stranger sends."""
    text = value if isinstance(value, str) else "?"
    plain = text.partition("?")[0].partition("#")[0][:LONGEST]
    return "".join(letter if letter.isprintable() else "?" for letter in plain) or "?"
