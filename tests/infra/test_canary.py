"""The canary: packed the same every time, and it walks to the checkout and no further."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import cast

import pytest

from infra.canaries import checkout
from infra.canary_package import CODE, package


def test_the_same_code_is_the_same_package(tmp_path: Path):
    copy = tmp_path / CODE.name
    copy.write_bytes(CODE.read_bytes())
    copy.touch()
    assert package(copy) == package()
    assert package().handler == "checkout.handler"
    copy.write_bytes(CODE.read_bytes() + b"\n")
    assert package(copy).digest != package().digest


def test_synthetics_finds_the_code_in_the_package():
    with zipfile.ZipFile(io.BytesIO(package().content)) as archive:
        assert archive.namelist() == ["python/checkout.py"]
        assert archive.read("python/checkout.py") == CODE.read_bytes()


class Shop(ThreadingHTTPServer):
    """A shop with one product; carts belong to a cookie."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.carts: dict[str, list[str]] = {}
        self.asked: list[str] = []
        self.broken: str | None = None
        self.products = ["P-1"]
        self.forgets = False


class _Answers(BaseHTTPRequestHandler):
    def _answer(self) -> None:
        shop, asked = cast("Shop", self.server), f"{self.command} {self.path}"
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        shop.asked.append(asked)
        session = (self.headers.get("Cookie") or "").rpartition("=")[2]
        if asked == shop.broken:
            self._send(503, {})
        elif asked == "POST /cart/items":
            session = session or f"visitor-{len(shop.carts)}"
            shop.carts.setdefault(session, []).extend([] if shop.forgets else [json.loads(body)["sku"]])
            self._send(200, {}, session)
        elif self.command == "DELETE":
            shop.carts[session].remove(self.path.rpartition("/")[2])
            self._send(200, {"items": []})
        elif self.path == "/cart":
            self._send(200, {"items": [{"sku": sku} for sku in shop.carts.get(session, [])]})
        else:
            self._send(200, {"items": [{"sku": sku} for sku in shop.products]})

    do_GET = do_POST = do_DELETE = _answer  # noqa: N815 - the server calls them so

    def _send(self, status: int, answer: object, session: str | None = None) -> None:
        payload = json.dumps(answer).encode()
        self.send_response(status)
        if session:
            self.send_header("Set-Cookie", f"session={session}; Path=/; HttpOnly")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the server's name
        """Nothing."""


@pytest.fixture
def shop() -> Iterator[Shop]:
    with Shop() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def url(shop: Shop) -> str:
    return f"http://127.0.0.1:{shop.server_address[1]}"


def test_it_walks_to_the_cart_and_leaves_nothing(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(checkout.SHOP, url(shop))
    assert checkout.handler({}, None) == "came through: home, list, product, add, cart, empty"
    assert shop.carts == {"visitor-0": []}
    assert "POST /checkout" not in shop.asked


@pytest.mark.parametrize(
    ("broken", "told"),
    [("GET /", "home: GET /: .*503"), ("POST /cart/items", "add: POST /cart/items"), ("GET /cart", "cart: GET /cart")],
)
def test_it_says_where_it_stopped(shop: Shop, broken: str, told: str):
    shop.broken = broken
    with pytest.raises(checkout.StepError, match=told):
        checkout.walk(url(shop))


def test_a_shop_without_products_or_memory_does_not_pass(shop: Shop):
    shop.forgets = True
    with pytest.raises(checkout.StepError, match="P-1 was put in and is not there"):
        checkout.walk(url(shop))
    shop.products = []
    with pytest.raises(checkout.StepError, match="has no product"):
        checkout.walk(url(shop))


def test_a_shop_that_is_not_there():
    with pytest.raises(checkout.StepError, match="home: GET /"):
        checkout.walk("http://127.0.0.1:9")
