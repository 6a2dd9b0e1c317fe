"""The client that a live journey talks to: one visitor's cookies, timing from the intended start, one row a request."""

from __future__ import annotations

import json as _json
import math
import time
from collections.abc import Callable, Collection, Mapping
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit

import gevent

from surgeproof.load.answer_view import AnswerView, looks_blocked, waited
from surgeproof.load.cookies import CookieJar
from surgeproof.load.journey import ACCEPTED
from surgeproof.load.transport import Answer, RequestTimeoutError, Transport, TransportError
from surgeproof.load.visitor import Visitor

MOST_REDIRECTS = 5
TIMED_OUT, BROKEN = -1, 0
"""Statuses of rows without an answer, as in ``SAMPLE_DTYPE``."""
_REDIRECTS = (301, 302, 303, 307, 308)
_JSON = {"content-type": "application/json"}

Row = list[Any]
"""Fields of ``SAMPLE_DTYPE`` in their order."""
STATUS, OK = 10, 11


class StepFailedError(Exception):
    """The answer was not one that the journey accepts: the journey ends."""


class CheckFailedError(Exception):
    """A check of the journey did not hold: the journey ends."""


class CurveEndedError(Exception):
    """The next step would be due after the curve's end: the journey is cut, and has not failed."""


class Recorder(Protocol):
    """Where a client notes what it did; the engine."""

    transport: Transport
    started_at: float
    speed: float
    duration: float
    host: str
    request_timeout: float

    def step(self, name: str, method: str, path: str) -> int:
        """Index of a step, noted when it is new."""
        ...

    def keep(self, row: Row, received: int) -> None:
        """Take a finished row, and how many bytes of body came with it."""
        ...

    def failed(self, words: str) -> None:
        """Note a failed request or check, in words."""
        ...

    def blocked(self) -> None:
        """Note an answer that looks like an edge's."""
        ...


class LiveClient:
    """Drives one visitor's requests against the site.

    Args:
        recorder: The engine.
        visitor: Whose think times are drawn.
        kind: Index of the journey.
        arrived_at: Launch second of the arrival.
        order_step: Name of the step that places an order.
        on_order: Called for each order that was acknowledged.
    """

    __slots__ = (
        "_arrived_at",
        "_cookies",
        "_due",
        "_kind",
        "_on_order",
        "_order_step",
        "_pending",
        "_received",
        "_recorder",
        "_sequence",
        "_think",
        "_visitor",
    )

    def __init__(
        self,
        recorder: Recorder,
        visitor: Visitor,
        *,
        kind: int,
        arrived_at: float,
        order_step: str,
        on_order: Callable[[], None],
    ) -> None:
        self._recorder = recorder
        self._visitor = visitor
        self._kind = kind
        self._arrived_at = arrived_at
        self._order_step = order_step
        self._on_order = on_order
        self._cookies = CookieJar(secure=recorder.host.startswith("https"))
        self._due = recorder.started_at + arrived_at / recorder.speed
        self._think = 0.0
        self._sequence = 0
        self._pending: Row | None = None
        self._received = 0

    def get(
        self, path: str, *, name: str, headers: Mapping[str, str] | None = None, ok: Collection[int] = ACCEPTED
    ) -> AnswerView:
        """Request ``path``."""
        return self._step("GET", path, name, headers=headers, ok=ok)

    def post(
        self,
        path: str,
        *,
        name: str,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        ok: Collection[int] = ACCEPTED,
    ) -> AnswerView:
        """Send ``json`` to ``path``."""
        return self._step("POST", path, name, json=json, headers=headers, ok=ok)

    def put(
        self,
        path: str,
        *,
        name: str,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        ok: Collection[int] = ACCEPTED,
    ) -> AnswerView:
        """Replace ``path`` by ``json``."""
        return self._step("PUT", path, name, json=json, headers=headers, ok=ok)

    def patch(
        self,
        path: str,
        *,
        name: str,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        ok: Collection[int] = ACCEPTED,
    ) -> AnswerView:
        """Change ``path`` by ``json``."""
        return self._step("PATCH", path, name, json=json, headers=headers, ok=ok)

    def delete(
        self, path: str, *, name: str, headers: Mapping[str, str] | None = None, ok: Collection[int] = ACCEPTED
    ) -> AnswerView:
        """Delete ``path``."""
        return self._step("DELETE", path, name, headers=headers, ok=ok)

    def think(self, seconds: float | None = None) -> None:
        """Wait: drawn from the plan's think time, or so many launch seconds. The next step is due at its end."""
        self.settle()
        launch = self._visitor.draw_think() if seconds is None else seconds
        recorder = self._recorder
        self._think += launch
        self._due += launch / recorder.speed
        if (self._due - recorder.started_at) * recorder.speed >= recorder.duration:
            raise CurveEndedError
        gevent.sleep(max(0.0, self._due - time.monotonic()))

    def check(self, condition: object, what: str) -> None:
        """End the journey as failed unless ``condition`` holds."""
        if not condition:
            self.spoil(f"check failed: {what}")
            raise CheckFailedError(what)

    def spoil(self, words: str) -> None:
        """Count the last request as one that the journey did not accept after all."""
        if self._pending is not None:
            self._pending[OK] = False
        self._recorder.failed(f"arrival {self._visitor.number}: {words}")

    def settle(self) -> None:
        """Hand the last row over: from now on no check can spoil it."""
        if self._pending is not None:
            self._recorder.keep(self._pending, self._received)
            self._pending = None

    def _step(
        self,
        method: str,
        path: str,
        name: str,
        *,
        json: Any = None,
        headers: Mapping[str, str] | None,
        ok: Collection[int],
    ) -> AnswerView:
        self.settle()
        recorder = self._recorder
        step = recorder.step(name, method, path)
        body = b"" if json is None else _json.dumps(json, separators=(",", ":")).encode()
        fields = {**(_JSON if body else {}), **(headers or {})}
        due, trouble, view, delay = self._due, "", None, math.nan
        sent = time.monotonic()
        try:
            answer = self._exchange(method, path, fields, body, sent + recorder.request_timeout)
        except RequestTimeoutError as error:
            status, trouble = TIMED_OUT, str(error)
        except TransportError as error:
            status, trouble = BROKEN, str(error)
        else:
            status, view, delay = answer.status, AnswerView(answer), waited(answer)
            self._received = len(answer.body)
        done = time.monotonic()
        self._pending = [
            self._visitor.number,
            self._kind,
            step,
            self._sequence,
            self._arrived_at,
            (due - recorder.started_at) * recorder.speed,
            self._think,
            done - due,
            done - sent,
            delay,
            status,
            True,
        ]
        self._sequence += 1
        self._think = 0.0
        self._due = done
        if view is None:
            self._received = 0
            self.spoil(f"{name}: {trouble}")
            raise StepFailedError(name)
        if status not in ok:
            if looks_blocked(view):
                recorder.blocked()
            self.spoil(f"{name}: HTTP {status} from {method} {path}")
            raise StepFailedError(name)
        if status == 200 and looks_blocked(view):
            recorder.blocked()
            self.spoil(f"{name}: a captcha or challenge from {method} {path}")
            raise StepFailedError(name)
        if name == self._order_step and 200 <= status < 300:
            self._on_order()
        return view

    def _exchange(self, method: str, path: str, headers: Mapping[str, str], body: bytes, deadline: float) -> Answer:
        """One request with its redirects, all within one deadline."""
        transport, host = self._recorder.transport, self._recorder.host
        for _ in range(MOST_REDIRECTS + 1):
            cookie = self._cookies.header(path)
            fields = {**headers, "cookie": cookie} if cookie else headers
            left = deadline - time.monotonic()
            if left <= 0:
                raise RequestTimeoutError(f"no full answer within {self._recorder.request_timeout:g} s")
            answer = transport.request(method, path, fields, body, left)
            for field in answer.cookies:
                self._cookies.set(field, path)
            if answer.status not in _REDIRECTS or "location" not in answer.headers:
                return answer
            target = urljoin(host + path, answer.headers["location"])
            parts = urlsplit(target)
            if f"{parts.scheme}://{parts.netloc}" != host:
                # Never to another host: that one nobody has confirmed.
                return answer
            path = parts.path + (f"?{parts.query}" if parts.query else "") or "/"
            if answer.status == 303 or (answer.status in (301, 302) and method == "POST"):
                method, body, headers = "GET", b"", {k: v for k, v in headers.items() if k != "content-type"}
        raise TransportError(f"more than {MOST_REDIRECTS} redirects")
