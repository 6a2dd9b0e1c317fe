"""The client that a live journey talks to: one visitor's cookies, timing from the intended start, one row a request."""

from __future__ import annotations

import math
import struct
import time
from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import Any, NoReturn, Protocol

from surgeproof.launch.records import SAMPLE_DTYPE
from surgeproof.load.alarms import Alarms
from surgeproof.load.answer import Answer, looks_blocked
from surgeproof.load.client import Client
from surgeproof.load.exchange import Exchange
from surgeproof.load.request_bytes import RequestWriter, body_of
from surgeproof.load.transport import RequestTimeoutError, Transport, TransportError
from surgeproof.load.visitor import Visitor

TIMED_OUT, BROKEN = -1, 0
"""Statuses of rows without an answer, as in ``SAMPLE_DTYPE``."""

Row = bytes
"""One element of ``SAMPLE_DTYPE``, as it lies in memory."""
_ROW = struct.Struct("<ihhhddffffh?")
assert _ROW.size == SAMPLE_DTYPE.itemsize  # noqa: S101 -- packing is three times as fast as numpy's reading of tuples
_pack = _ROW.pack
_NOT_OK = b"\0"
_NONE: Mapping[str, str] = MappingProxyType({})
_MOST_SEQUENCE = 2**15 - 1
_monotonic = time.monotonic


class StepFailedError(Exception):
    """The answer was not one that the journey accepts: the journey ends."""


class CheckFailedError(Exception):
    """A check of the journey did not hold: the journey ends."""


class CurveEndedError(Exception):
    """The next step would be due after the curve's end: the journey is cut, and has not failed."""


class Recorder(Protocol):
    """Where a client notes what it did; the engine."""

    transport: Transport
    requests: RequestWriter
    alarms: Alarms
    started_at: float
    speed: float
    duration: float
    request_timeout: float
    order_step: str
    step_of: dict[str, int]

    def step(self, name: str, method: str, path: str) -> int:
        """Index of a step, noted when it is new."""
        ...

    def keep(self, row: Row, step: int, received: int) -> None:
        """Take a finished row, and how many bytes of body came with it."""
        ...

    def failed(self, words: str) -> None:
        """Note a failed request or check, in words."""
        ...

    def blocked(self) -> None:
        """Note an answer that looks like an edge's."""
        ...


class LiveClient(Client):
    """Drives one visitor's requests against the site.

    Args:
        recorder: The engine.
        visitor: Whose think times are drawn.
        exchange: Cookies, redirects and hooks of this visitor.
        kind: Index of the journey.
        arrived_at: Launch second of the arrival.
        on_order: Called for each order that was acknowledged.
    """

    __slots__ = (
        "_arrived_at",
        "_due",
        "_exchange",
        "_kind",
        "_on_order",
        "_received",
        "_recorder",
        "_row",
        "_row_step",
        "_sequence",
        "_think",
        "_visitor",
    )

    def __init__(
        self,
        recorder: Recorder,
        visitor: Visitor,
        exchange: Exchange,
        *,
        kind: int,
        arrived_at: float,
        on_order: Callable[[], None],
    ) -> None:
        self.headers = {}
        self._recorder = recorder
        self._visitor = visitor
        self._exchange = exchange
        self._kind = kind
        self._arrived_at = arrived_at
        self._on_order = on_order
        self._due = recorder.started_at + arrived_at / recorder.speed
        self._think = 0.0
        self._sequence = 0
        self._row: Row | None = None
        self._row_step = 0
        self._received = 0

    def think(self, seconds: float | None = None) -> None:
        """Wait: drawn from the plan's think time, or so many launch seconds. The next step is due at its end."""
        self.settle()
        launch = self._visitor.draw_think() if seconds is None else seconds
        recorder = self._recorder
        self._think += launch
        self._due += launch / recorder.speed
        if (self._due - recorder.started_at) * recorder.speed >= recorder.duration:
            raise CurveEndedError
        recorder.alarms.sleep_until(self._due)

    def check(self, condition: object, what: str) -> None:
        """End the journey as failed unless ``condition`` holds."""
        if not condition:
            self._check_failed(what)

    def spoil(self, words: str) -> None:
        """Count the last request as one that the journey did not accept after all."""
        if self._row is not None:
            self._row = self._row[:-1] + _NOT_OK
        self._recorder.failed(f"arrival {self._visitor.number}: {words}")

    def settle(self) -> None:
        """Hand the last row over: from now on no check can spoil it."""
        if self._row is not None:
            self._recorder.keep(self._row, self._row_step, self._received)
            self._row = None

    def _step(  # noqa: C901, PLR0912, PLR0915 - the path of every request: calls would cost what they tidy
        self,
        method: str,
        path: str,
        name: str,
        json: Any,
        data: bytes | str | Mapping[str, Any] | None,
        headers: Mapping[str, str] | None,
        ok: Collection[int],
    ) -> Answer:
        recorder = self._recorder
        if self._row is not None:
            recorder.keep(self._row, self._row_step, self._received)
            self._row = None
        step = recorder.step_of.get(name)
        if step is None:
            step = recorder.step(name, method, path)
        exchange = self._exchange
        answer, trouble = None, ""
        if headers is None and exchange.plain and not self.headers:
            requests = recorder.requests
            if json is None and data is None:
                body, fields = b"", _NONE
                wire = requests.known((method, path)) or requests.plain(method, path)
            else:
                body, kind = body_of(json, data)
                fields = {"content-type": kind} if kind else _NONE
                wire = requests.carrying(method, path, kind, body) if kind else requests.full(method, path, _NONE, body)
            sent = _monotonic()
            try:
                answer = first = recorder.transport.exchange(wire, method, sent + recorder.request_timeout)
                if first.head.leads:
                    answer = None
                    answer = exchange.follow(first, method, path, fields, body, sent + recorder.request_timeout)
            except RequestTimeoutError as error:
                status, trouble = TIMED_OUT, str(error)
            except TransportError as error:
                status, trouble = BROKEN, str(error)
        else:
            body, kind = body_of(json, data)
            fields = {**({"content-type": kind} if kind else {}), **self.headers, **(headers or {})}
            exchange.prepare(method, path, name, fields, body)
            sent = _monotonic()
            try:
                answer = exchange.send(sent + recorder.request_timeout)
            except RequestTimeoutError as error:
                status, trouble = TIMED_OUT, str(error)
            except TransportError as error:
                status, trouble = BROKEN, str(error)
        done = _monotonic()
        if answer is not None:
            head = answer.head
            status, delay, self._received = head.status, head.waited, len(answer.body)
        else:
            delay, self._received = math.nan, 0
        due = self._due
        self._row = _pack(
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
        )
        self._row_step = step
        if self._sequence < _MOST_SEQUENCE:
            self._sequence += 1
        self._think = 0.0
        self._due = done
        if exchange.hooked:
            exchange.after(answer)
        if answer is None:
            self._fail(name, trouble)
        if status not in ok or (head.suspect and status == 200 and looks_blocked(answer)):
            self._refuse(answer, name, method, path, accepted=status in ok)
        answer.fail = self._check_failed
        if name == recorder.order_step and 200 <= status < 300:
            self._on_order()
        return answer

    def _check_failed(self, what: str) -> NoReturn:
        self.spoil(f"check failed: {what}")
        raise CheckFailedError(what)

    def _fail(self, name: str, trouble: str) -> NoReturn:
        self.spoil(f"{name}: {trouble}")
        raise StepFailedError(name)

    def _refuse(self, answer: Answer, name: str, method: str, path: str, *, accepted: bool) -> NoReturn:
        if looks_blocked(answer):
            self._recorder.blocked()
        if accepted:
            self._fail(name, f"a captcha or challenge from {method} {path}")
        self._fail(name, f"HTTP {answer.status} from {method} {path}")


def words_of(status: int) -> str:
    """Why a request with this status has failed."""
    if status == TIMED_OUT:
        return "request timeout"
    if status == BROKEN:
        return "transport error"
    return f"HTTP {status} was not what the journey accepts"
