"""TLS sessions and names, and HTTP proxies: on real servers, and told from what those have seen."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from pathlib import Path

import gevent
import pytest

from surgeproof.load.client import Client
from surgeproof.load.origin import Origin, Proxy
from surgeproof.load.request_bytes import RequestWriter
from surgeproof.load.run_config import RunConfig
from surgeproof.load.tls_connection import TlsConnection
from surgeproof.load.transport import TransportError
from surgeproof.load.visitor import Visitor
from tests.load.asking import Asker
from tests.load.driving import drive, journeys
from tests.load.forward import ForwardProxy
from tests.load.site import Site


@pytest.fixture
def context(certificate: Path) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certificate, certificate.with_name("key.pem"))
    return made


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_session_is_taken_up_again(context: ssl.SSLContext, certificate: Path, version: ssl.TLSVersion):
    context.maximum_version = version
    with Site(tls=context) as site, Asker(site.url, ca_file=certificate) as ask:
        reused = []
        for _ in range(3):
            assert ask("/").status == 200
            (connection,) = ask.transport._pool.idle
            assert isinstance(connection, TlsConnection)
            reused.append(connection.tls.session_reused)
            ask.transport._pool.close()
        assert reused == [False, True, True]
        assert site.connections == 3


def at_this_site(monkeypatch: pytest.MonkeyPatch, *ports: int) -> None:
    """Every name is found at 127.0.0.1, at these ports."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)) for port in ports]
    monkeypatch.setattr(gevent.get_hub().resolver, "getaddrinfo", lambda *_: found)


def test_the_servers_name_is_sent_and_checked(
    context: ssl.SSLContext, certificate: Path, monkeypatch: pytest.MonkeyPatch
):
    asked: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: asked.append(name)
    with Site(tls=context) as site:
        at_this_site(monkeypatch, site.port)
        with Asker(site.url.replace("127.0.0.1", "localhost"), ca_file=certificate) as ask:
            assert ask("/").status == 200
        with (
            Asker(site.url.replace("127.0.0.1", "other.example"), ca_file=certificate) as ask,
            pytest.raises(TransportError, match=r"no TLS.*not valid for 'other\.example'"),
        ):
            ask("/")
    assert asked == ["localhost", "other.example"]


def test_large_bodies_both_ways_under_tls(context: ssl.SSLContext, certificate: Path):
    with Site(tls=context) as site, Asker(site.url, ca_file=certificate) as ask:
        body = b"x" * 3_000_000
        assert ask("/cart", "POST", body, timeout=20).status == 200
        assert site.seen[0].body == body
        assert ask("/").status == 200
        assert site.connections == 1


def test_a_plain_request_goes_through_a_proxy_in_absolute_form(site: Site):
    with ForwardProxy() as proxy, Asker(site.url, proxy=Proxy.parse(f"http://{proxy.address}")) as ask:
        ask.requests = RequestWriter(Origin.parse(site.url).netloc, {}, prefix=site.url)
        assert [ask(f"/products/{n}").status for n in range(3)] == [200] * 3
        assert proxy.asked == [f"GET {site.url}/products/0 HTTP/1.1"], "the connection is kept"
    assert len(site.seen) == 3


def test_tls_goes_through_a_tunnel_and_the_site_is_verified_through_it(context: ssl.SSLContext, certificate: Path):
    with Site(tls=context) as site, ForwardProxy(password="me:s3 cret") as proxy:
        url = f"http://me:s3%20cret@{proxy.address}"
        with Asker(site.url, ca_file=certificate, proxy=Proxy.parse(url)) as ask:
            assert [ask("/").status for _ in range(3)] == [200] * 3
        assert proxy.asked == [f"CONNECT 127.0.0.1:{site.port} HTTP/1.1"]
        with (
            Asker(site.url, proxy=Proxy.parse(url)) as unknowing,
            pytest.raises(TransportError, match="CERTIFICATE_VERIFY_FAILED"),
        ):
            unknowing("/")
        with (
            Asker(site.url, proxy=Proxy.parse(f"http://{proxy.address}")) as stranger,
            pytest.raises(TransportError, match="407"),
        ):
            stranger("/")


def test_a_whole_run_goes_through_the_proxy_that_it_is_given(
    site: Site, plan_file: Callable[..., Path], tmp_path: Path
):
    def run(client: Client, _: Visitor) -> None:
        client.get("/", name="step")

    with ForwardProxy(password="me:secret") as proxy:
        config = RunConfig(
            plan=plan_file(mix="{one: 1}", rate=20, seconds=0.5),
            host=site.url,
            folder=tmp_path / "run",
            proxy=f"http://me:secret@{proxy.address}",
        )
        driven = drive(config, journeys(one=run))
        assert driven.result.failures == []
        assert len(driven.rows) == len(site.seen) > 3
        assert set(proxy.asked) == {f"GET {site.url}/ HTTP/1.1"}


@pytest.mark.parametrize("url", ["socks5://x:1", "https://x", "x:1", "http://", "http://x/path", "http://x?y"])
def test_what_is_no_proxy_is_refused(url: str):
    with pytest.raises(ValueError, match="not a proxy"):
        Proxy.parse(url)


@pytest.mark.parametrize(
    ("url", "netloc", "port"),
    [
        ("http://x", "x", 80),
        ("http://x:80", "x", 80),
        ("https://x:443", "x", 443),
        ("http://x:443", "x:443", 443),
        ("https://[::1]:8443", "[::1]:8443", 8443),
        ("https://bücher.example", "xn--bcher-kva.example", 443),
    ],
)
def test_an_origin_is_named_as_browsers_name_it(url: str, netloc: str, port: int):
    origin = Origin.parse(url)
    assert (origin.netloc, origin.port) == (netloc, port)


def test_all_addresses_of_a_name_take_their_turn_and_a_dead_one_is_passed_over(
    site: Site, monkeypatch: pytest.MonkeyPatch
):
    at_this_site(monkeypatch, 9, site.port)
    with Asker(site.url.replace("127.0.0.1", "site.example")) as ask:
        for _ in range(4):
            assert ask("/").status == 200
            ask.transport._pool.close()
    assert site.connections == 4
