"""A server that misbehaves can't hang, crash or fool the client: whatever it says, in whatever pieces, however it ends.

The judge is h11, a parser of others. What h11 takes for a whole answer, the client takes for the same answer or for
none; what h11 takes for none is none. And the next visitor gets the answer to his own request.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import h11
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surgeproof.load.bodies import MOST_INTERIM
from surgeproof.load.heads import MOST_HEAD, HeadError, parse_head
from surgeproof.load.poller import EpollPoller, LoopPoller
from surgeproof.load.transport import RequestTimeoutError, TransportError
from tests.load.asking import Asker
from tests.load.rude import Ending, RudeServer, Script

PATIENCE = 0.12
"""Seconds that the client waits for a scripted answer."""
GRACE = 3.0
"""Seconds beyond it that a busy machine may take; a client that hangs takes longer."""


@dataclass
class Said:
    """What a server says, and whether every client should take it for an answer."""

    stream: bytes
    cuts: list[int]
    ending: Ending
    method: str
    kept: bool
    good: bool

    def script(self) -> Script:
        places = sorted({cut % (len(self.stream) + 1) for cut in self.cuts} | {0, len(self.stream)})
        pieces = [self.stream[start:end] for start, end in pairwise(places)]
        return Script(pieces, self.ending)


def chunked(body: bytes, size: int, *, extension: bytes = b"", trailer: bytes = b"") -> bytes:
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x%s\r\n%s\r\n" % (len(p), extension, p) for p in pieces) + b"0\r\n" + trailer + b"\r\n"


JUNK = [
    b"",
    b"\r\n\r\n",
    b"this is no HTTP at all\r\n\r\n",
    b"HTTP/2.0 200 OK\r\n\r\n",
    b"HTTP/1.1 2OO OK\r\n\r\n",
    b"HTTP/1.1 200 OK\nContent-Length: 0\n\n",
    b"\x15\x03\x03\x00\x02\x02\x28",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n folded\r\n\r\nab",
    b"HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nab",
    b"HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 2\r\n\r\nab",
    b"HTTP/1.1 200 OK\r\nX: " + b"y" * MOST_HEAD + b"\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 20_000,
    b"HTTP/1.1 100 Continue\r\n\r\n" * (MOST_INTERIM + 8),
]
BAD_LENGTHS = [b"-1", b"+2", b"0x2", b"2, 3", b"2 2", b"", b"9" * 30, b"2.0", b"\xb2"]
BAD_CODINGS = [b"gzip", b"chunked, chunked", b"identity", b"chunked;q=1", b"xchunked", b""]
BAD_CHUNKS = [
    b"zz\r\nab\r\n0\r\n\r\n",
    b"2\r\nabc\r\n0\r\n\r\n",
    b"-2\r\nab\r\n0\r\n\r\n",
    b"2\nab\n0\n\n",
    b"fffffffff\r\n",
    b"x" * 9000,
]


@st.composite
def said(draw: Callable[..., Any]) -> Said:  # noqa: C901 - one choice a line
    kind = draw(st.sampled_from(["length", "chunked", "close", "short", "long", "both", "bad", "chunk junk", "junk"]))
    status = draw(st.sampled_from([200, 200, 201, 204, 304, 404, 500, 503]))
    body = b"" if status in (204, 304) else draw(st.binary(max_size=200))
    interim = b"".join(
        draw(
            st.lists(st.sampled_from([b"100 Continue", b"102", b"103 Hints\r\nLink: </x>"]), max_size=3).map(
                lambda all_: [b"HTTP/1.1 %s\r\n\r\n" % each for each in all_]
            )
        )
    )
    extra = draw(
        st.lists(
            st.sampled_from([b"Server: x", b"X-A:", b"x-b:  y \t", b"Set-Cookie: a=1", b"Date: now", b"VARY: *"]),
            max_size=4,
        )
    )
    ending = draw(st.sampled_from(["keep", "keep", "keep", "close", "close", "reset"]))
    name = draw(st.sampled_from([b"Content-Length", b"content-length", b"CONTENT-LENGTH"]))
    after = b""
    good = kind in ("length", "chunked", "close") and ending != "reset"
    if kind == "junk":
        return Said(interim + draw(st.sampled_from(JUNK)), draw(cuts), ending, "GET", draw(st.booleans()), good=False)
    fields = list(extra)
    if kind == "length":
        fields.append(b"%s: %d" % (name, len(body)))
    elif kind == "chunked":
        fields.append(b"Transfer-Encoding: chunked")
        extension = draw(st.sampled_from([b"", b";a=b"]))
        trailer = draw(st.sampled_from([b"", b"X-T: 1\r\n"]))
        after = chunked(body, draw(st.integers(1, 80)), extension=extension, trailer=trailer)
    elif kind == "close":
        ending = "close"
    elif kind == "short":
        fields.append(b"%s: %d" % (name, len(body)))
        after = body + draw(st.sampled_from([b"x", b"\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"]))
    elif kind == "long":
        fields.append(b"%s: %d" % (name, len(body) + draw(st.integers(1, 10**6))))
    elif kind == "both":
        fields += [b"%s: %d" % (name, len(body)), b"Transfer-Encoding: chunked"]
        after = chunked(body, 50)
    elif kind == "bad":
        bad = draw(
            st.sampled_from(
                [(name, each) for each in BAD_LENGTHS] + [(b"Transfer-Encoding", each) for each in BAD_CODINGS]
            )
        )
        fields.append(b"%s: %s" % bad)
    else:
        fields.append(b"Transfer-Encoding: chunked")
        after = draw(st.sampled_from(BAD_CHUNKS))
    if kind != "close" and draw(st.booleans()) and ending == "close":
        fields.append(b"Connection: close")
    method = draw(st.sampled_from(["GET", "GET", "GET", "POST", "HEAD"]))
    payload = b"" if status in (204, 304) and kind != "short" else (after or body)
    if method == "HEAD" and kind != "short":
        payload = b""
    stream = interim + b"HTTP/1.1 %d X\r\n" % status + b"".join(each + b"\r\n" for each in fields) + b"\r\n" + payload
    # What comes too much comes with the rest: once the next request is out, nobody can tell it from its answer.
    return Said(stream, [] if kind == "short" else draw(cuts), ending, method, draw(st.booleans()), good)


cuts = st.lists(st.integers(0, 10**6), max_size=6)


def judged(said: Said) -> tuple[int, bytes] | None:
    """What h11 makes of it."""
    parser = h11.Connection(h11.CLIENT, max_incomplete_event_size=10**7)
    parser.send(h11.Request(method=said.method, target="/", headers=[("Host", "x")]))
    parser.send(h11.EndOfMessage())
    status, body = 0, b""
    try:
        parser.receive_data(said.stream)
        if said.ending in ("close", "reset") and said.stream:
            parser.receive_data(b"")
        while True:
            event = parser.next_event()
            if isinstance(event, h11.Response):
                status = event.status_code
            elif isinstance(event, h11.Data):
                body += bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                return status, body
            elif not isinstance(event, h11.InformationalResponse):
                return None
    except h11.RemoteProtocolError:
        return None


@pytest.fixture(scope="module")
def server() -> Iterator[RudeServer]:
    with RudeServer() as running:
        yield running


@pytest.fixture(scope="module", params=[EpollPoller, LoopPoller])
def ask(server: RudeServer, request: pytest.FixtureRequest) -> Iterator[Asker]:
    with Asker(server.url, poller=request.param()) as made:
        yield made


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(said())
def test_no_answer_hangs_crashes_or_fools(server: RudeServer, ask: Asker, said: Said):
    server.script = said.script()
    assert ask("/good/before").body == b"before"
    if not said.kept:
        ask.transport._pool.close()
    begun = time.monotonic()
    try:
        # A whole answer is there at once: only a machine that is held up needs the time.
        answer = ask("/script", said.method, timeout=PATIENCE + (GRACE if said.good else 0))
    except (TransportError, RequestTimeoutError):
        got = None
    else:
        got = (answer.status, answer.body)
    assert time.monotonic() - begun < PATIENCE + 2 * GRACE
    expected = judged(said)
    if said.good:
        assert expected is not None
        assert got == expected
    elif got is not None:
        assert got == expected
    for number in range(2):
        assert ask(f"/good/{number}").body == str(number).encode(), "the next visitor gets his own answer"
    assert ask.transport.connections <= 1, "what is of no use is closed"


@given(st.binary(max_size=300) | st.binary(max_size=200).map(lambda junk: b"HTTP/1.1 200 OK\r\n" + junk + b"\r\n\r\n"))
def test_no_bytes_crash_the_reader_of_heads(raw: bytes):
    try:
        head = parse_head(raw)
    except HeadError:
        return
    assert 100 <= head.status <= 999


def test_a_head_that_comes_a_byte_at_a_time_is_late_all_the_same(server: RudeServer, ask: Asker):
    server.script = Script([b"x"[:1] if n > 8 else b"HTTP/1.1 "[n : n + 1] for n in range(2000)], "keep")
    begun = time.monotonic()
    with pytest.raises((RequestTimeoutError, TransportError)):
        ask("/script", timeout=PATIENCE)
    assert time.monotonic() - begun < PATIENCE + GRACE


def test_a_body_that_drips_is_late_all_the_same(server: RudeServer, ask: Asker):
    server.script = Script([b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", *[b"x"] * 4000], "keep")
    begun = time.monotonic()
    with pytest.raises(RequestTimeoutError):
        ask("/script", timeout=PATIENCE)
    assert PATIENCE <= time.monotonic() - begun < PATIENCE + GRACE


def test_ten_thousand_chunks_of_one_byte_are_one_body(server: RudeServer, ask: Asker):
    body = b"abcdefghij" * 1000
    server.script = Script([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", chunked(body, 1)], "keep")
    assert ask("/script").body == body


def test_a_large_body_comes_whole(server: RudeServer, ask: Asker):
    body = bytes(range(256)) * 40_000
    server.script = Script([b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body), body], "keep")
    assert ask("/script", timeout=10).body == body


def test_an_idle_connection_that_says_something_is_not_used_again(server: RudeServer, ask: Asker):
    whole = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    server.script = Script([whole, b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"], "keep")
    assert ask("/script").body == b"ok"
    ask.alarms.sleep_until(time.monotonic() + 0.05)
    assert ask.transport.connections == 0
    assert ask("/good/mine").body == b"mine"
