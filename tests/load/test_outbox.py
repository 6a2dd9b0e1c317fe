"""What several greenlets send in one batch goes out together: whole, or as an error to whom it belongs."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gevent
import gevent.event
import gevent.lock
import pytest

from surgeproof.load.poller import EpollPoller
from surgeproof.load.transport import TransportError
from tests.load.asking import Asker
from tests.load.site import Site

VISITORS = 6
LARGE = bytes(range(256)) * 16_384
"""4 MB: more than a socket takes at once."""
Place = tuple[Site, dict[str, Any]]
"""A site, and what a transport must know to trust it."""


class Watching(EpollPoller):
    """Counts what lay in the outbox, and does something to it before it is sent."""

    def __init__(self, before: Callable[[Any], None] = lambda _: None) -> None:
        super().__init__()
        self.posted = 0
        self._before = before

    def _post(self) -> None:
        self.posted += len(self.outbox)
        for watched, _ in self.outbox:
            self._before(watched)
        super()._post()


@pytest.fixture(params=["plain", "tls"])
def place(request: pytest.FixtureRequest, certificate: Path) -> Iterator[Place]:
    if request.param == "plain":
        with Site(delay=0.05) as site:
            yield site, {}
        return
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    with Site(delay=0.05, tls=context) as site:
        yield site, {"ca_file": certificate}


def in_one_batch(ask: Asker, then: Callable[[], object]) -> list[object]:
    """Each of six visitors has a kept connection, has an answer at the same time, and then does ``then``."""
    together = gevent.event.Event()
    ready = gevent.lock.Semaphore(0)

    def visit() -> object:
        ask("/")
        ready.release()
        together.wait()
        ask("/")
        try:
            return then()
        except TransportError as error:
            return error

    visitors = [gevent.spawn(visit) for _ in range(VISITORS)]
    for _ in visitors:
        ready.acquire()
    together.set()
    gevent.sleep(0.02)  # their second requests are sent
    time.sleep(0.2)  # and answered, while nobody here looks
    gevent.joinall(visitors, timeout=20)
    return [visitor.value for visitor in visitors]


def test_large_bodies_arrive_whole(place: Place):
    site, trust = place
    poller = Watching()
    with Asker(site.url, poller=poller, **trust) as ask:
        answers = in_one_batch(ask, lambda: ask("/checkout", "POST", LARGE, timeout=10).status)
        assert answers == [201] * VISITORS
    assert [seen.body == LARGE for seen in site.seen if seen.method == "POST"] == [True] * VISITORS
    assert poller.posted > 1


def broken(watched: Any) -> None:
    """No more can be sent."""
    watched.sock.shutdown(socket.SHUT_WR)


def test_a_request_that_can_not_be_sent_is_sent_anew_when_it_does_no_harm(place: Place):
    site, trust = place
    poller = Watching(broken)
    with Asker(site.url, poller=poller, **trust) as ask:
        assert in_one_batch(ask, lambda: ask("/products/1").status) == [200] * VISITORS
    assert poller.posted > 1
    assert site.paths()["/products/1"] == VISITORS


def test_else_it_is_a_transport_error_of_its_own_visitor(place: Place):
    site, trust = place
    poller = Watching(broken)
    with Asker(site.url, poller=poller, **trust) as ask:
        ended = in_one_batch(ask, lambda: ask("/checkout", "POST", b"{}").status)
        assert ask("/").status == 200
    errors = [each for each in ended if isinstance(each, TransportError)]
    assert poller.posted > 1
    assert len(errors) == poller.posted
    assert site.paths()["/checkout"] == VISITORS - len(errors)
