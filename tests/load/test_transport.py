"""The transport against servers that behave, and servers that do not."""

from __future__ import annotations

import json
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from surgeproof.load.answer_view import AnswerView, looks_blocked, waited
from surgeproof.load.gevent_transport import GeventTransport
from surgeproof.load.transport import Answer, RequestTimeoutError, TransportError
from tests.load.site import Site


@pytest.fixture
def ask(site: Site) -> Iterator[Callable[..., Answer]]:
    transport = GeventTransport(site.url, headers={"X-Every": "one"}, connect_timeout=2)

    def exchange(path: str, method: str = "GET", body: bytes = b"", timeout: float = 2) -> Answer:
        return transport.request(method, path, {}, body, timeout)

    yield exchange
    transport.close()


def test_connections_are_kept_and_carry_the_headers_of_every_request(site: Site, ask: Callable[..., Answer]):
    for _ in range(5):
        assert ask("/").status == 200
    assert site.connections == 1
    assert {seen.headers["x-every"] for seen in site.seen} == {"one"}


def test_chunked_and_gzip_bodies_are_read(ask: Callable[..., Answer]):
    assert AnswerView(ask("/chunked")).json() == {"a": [1, 2]}
    assert AnswerView(ask("/gzip")).json() == {"packed": True}


def test_head_has_no_body_to_wait_for(ask: Callable[..., Answer]):
    assert ask("/status/204").status == 204
    assert ask("/", "DELETE").status == 200


def test_an_answer_that_never_comes_is_a_timeout_after_the_whole_time(ask: Callable[..., Answer]):
    begun = time.monotonic()
    with pytest.raises(RequestTimeoutError):
        ask("/never", timeout=0.3)
    assert 0.3 <= time.monotonic() - begun < 1.0


@pytest.mark.parametrize("path", ["/reset", "/half", "/junk"])
def test_what_is_no_whole_answer_is_a_transport_error(ask: Callable[..., Answer], path: str):
    with pytest.raises(TransportError):
        ask(path, "POST", b"{}")


def test_nobody_listening_is_a_transport_error():
    transport = GeventTransport("http://127.0.0.1:9", headers={}, connect_timeout=1)
    with pytest.raises(TransportError, match="refused"):
        transport.request("GET", "/", {}, b"", 1)


def test_a_kept_connection_that_the_server_closed_is_not_used_again(site: Site, ask: Callable[..., Answer]):
    assert ask("/once").status == 200
    time.sleep(0.1)
    assert ask("/", "POST", b"{}").status == 200
    assert site.connections == 2


def test_a_lost_answer_is_asked_for_again_only_when_it_does_no_harm(site: Site, ask: Callable[..., Answer]):
    assert ask("/").status == 200
    with pytest.raises(TransportError):
        ask("/reset", "POST", b"{}")
    assert site.paths()["/reset"] == 1
    with pytest.raises(TransportError):
        ask("/reset")
    assert site.paths()["/reset"] == 3, "a GET is tried once more, and no oftener"


def test_ipv6():
    with Site(host="::1") as site:
        transport = GeventTransport(site.url, headers={}, connect_timeout=2)
        assert transport.request("GET", "/", {}, b"", 2).status == 200
        assert site.seen[0].headers["host"] == f"[::1]:{site.port}"
        transport.close()


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    made = tmp_path / "cert.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"),
            *("-keyout", str(tmp_path / "key.pem"), "-out", str(made)),
        ],
        check=True,
        capture_output=True,
    )
    return made


def test_tls_is_verified_unless_told_otherwise(certificate: Path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    with Site(tls=context) as site:
        unknown = GeventTransport(site.url, headers={}, connect_timeout=2)
        with pytest.raises(TransportError, match="CERTIFICATE_VERIFY_FAILED"):
            unknown.request("GET", "/", {}, b"", 2)
        trusting: list[dict[str, Any]] = [{"ca_file": certificate}, {"verify_tls": False}]
        for options in trusting:
            transport = GeventTransport(site.url, headers={}, connect_timeout=2, **options)
            assert [transport.request("GET", "/", {}, b"", 2).status for _ in range(3)] == [200, 200, 200]
            transport.close()
        assert site.connections >= 2


def test_waiting_in_the_server_is_read_from_server_timing(ask: Callable[..., Answer]):
    assert waited(ask("/timing")) == pytest.approx(0.0125)
    assert waited(ask("/")) != waited(ask("/")), "nan when it is not told"


@pytest.mark.parametrize(
    ("field", "seconds"),
    [("vcpu-wait;dur=3", 0.003), ('db;dur=9, vcpu-wait;desc="queue";dur=1.5', 0.0015), ("VCPU-WAIT; dur=2", 0.002)],
)
def test_server_timing_as_servers_write_it(field: str, seconds: float):
    assert waited(Answer(200, {"server-timing": field}, [], b"")) == pytest.approx(seconds)


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
    assert looks_blocked(AnswerView(Answer(status, headers, [], body))) is blocked


def test_a_damaged_body_is_told():
    view = AnswerView(Answer(200, {"content-encoding": "gzip"}, [], b"not gzip"))
    with pytest.raises(ValueError, match="damaged"):
        view.json()
