"""The transport against servers that behave, and servers that do not."""

from __future__ import annotations

import json
import math
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from surgeproof.load.answer import Answer, looks_blocked
from surgeproof.load.heads import Head, parse_head
from surgeproof.load.transport import RequestTimeoutError, TransportError
from tests.load.asking import Asker
from tests.load.site import Site


@pytest.fixture
def ask(site: Site) -> Iterator[Asker]:
    made = Asker(site.url)
    yield made
    made.close()


def test_connections_are_kept_and_carry_the_headers_of_every_request(site: Site, ask: Asker):
    for _ in range(5):
        assert ask("/").status == 200
    assert site.connections == 1
    assert {seen.headers["x-every"] for seen in site.seen} == {"one"}


def test_chunked_and_gzip_bodies_are_read(ask: Asker):
    assert ask("/chunked").json() == {"a": [1, 2]}
    assert ask("/gzip").json() == {"packed": True}


def test_head_has_no_body_to_wait_for(ask: Asker):
    assert ask("/status/204").status == 204
    assert ask("/", "DELETE").status == 200


def test_an_answer_that_never_comes_is_a_timeout_after_the_whole_time(ask: Asker):
    begun = time.monotonic()
    with pytest.raises(RequestTimeoutError):
        ask("/never", timeout=0.3)
    assert 0.3 <= time.monotonic() - begun < 1.0


@pytest.mark.parametrize("path", ["/reset", "/half", "/junk"])
def test_what_is_no_whole_answer_is_a_transport_error(ask: Asker, path: str):
    with pytest.raises(TransportError):
        ask(path, "POST", b"{}")


def test_nobody_listening_is_a_transport_error():
    ask = Asker("http://127.0.0.1:9")
    with pytest.raises(TransportError, match="refused"):
        ask("/")
    assert ask.transport.connections == 0
    ask.close()


def test_a_kept_connection_that_the_server_closed_is_not_used_again(site: Site, ask: Asker):
    assert ask("/once").status == 200
    time.sleep(0.1)
    assert ask("/", "POST", b"{}").status == 200
    assert site.connections == 2


def test_a_lost_answer_is_asked_for_again_only_when_it_does_no_harm(site: Site, ask: Asker):
    assert ask("/").status == 200
    with pytest.raises(TransportError):
        ask("/reset", "POST", b"{}")
    assert site.paths()["/reset"] == 1
    with pytest.raises(TransportError):
        ask("/reset")
    assert site.paths()["/reset"] == 2, "on a new connection it is the site that failed"
    assert ask("/").status == 200
    with pytest.raises(TransportError):
        ask("/reset")
    assert site.paths()["/reset"] == 4, "on a kept one a GET is tried once more, and no oftener"


def test_ipv6():
    with Site(host="::1") as site:
        ask = Asker(site.url)
        assert ask("/").status == 200
        assert site.seen[0].headers["host"] == f"[::1]:{site.port}"
        ask.close()


def test_tls_is_verified_unless_told_otherwise(certificate: Path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    with Site(tls=context) as site:
        unknown = Asker(site.url)
        with pytest.raises(TransportError, match="CERTIFICATE_VERIFY_FAILED"):
            unknown("/")
        unknown.close()
        trusting: list[dict[str, Any]] = [{"ca_file": certificate}, {"verify_tls": False}]
        for options in trusting:
            ask = Asker(site.url, **options)
            assert [ask("/").status for _ in range(3)] == [200, 200, 200]
            ask.close()
        assert site.connections >= 2


def test_waiting_in_the_server_is_read_from_server_timing(ask: Asker):
    assert ask("/timing").head.waited == pytest.approx(0.0125)
    assert math.isnan(ask("/").head.waited), "when it is not told"


@pytest.mark.parametrize(
    ("field", "seconds"),
    [("vcpu-wait;dur=3", 0.003), ('db;dur=9, vcpu-wait;desc="queue";dur=1.5', 0.0015), ("VCPU-WAIT; dur=2", 0.002)],
)
def test_server_timing_as_servers_write_it(field: str, seconds: float):
    head = f"HTTP/1.1 200 OK\r\nServer-Timing: {field}\r\n\r\n"
    assert parse_head(head.encode()).waited == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("status", "headers", "body", "blocked"),
    [
        (403, {}, b"", True),
        (429, {}, b"", True),
        (202, {"x-amzn-waf-action": "challenge"}, b"", True),
        (503, {"cf-mitigated": "challenge"}, b"", True),
        (200, {"content-type": "text/html"}, b"<html>CAPTCHA please", True),
        (200, {"content-type": "application/json"}, json.dumps({"name": "captcha cream"}).encode(), False),
        (404, {}, b"", False),
    ],
)
def test_what_looks_like_an_edge_that_blocks(status: int, headers: dict[str, str], body: bytes, blocked: bool):  # noqa: FBT001
    assert looks_blocked(Answer(Head(status, headers), body)) is blocked


def test_a_damaged_body_is_told():
    answer = Answer(Head(200, {"content-encoding": "gzip"}), b"not gzip")
    with pytest.raises(ValueError, match="damaged"):
        answer.json()
