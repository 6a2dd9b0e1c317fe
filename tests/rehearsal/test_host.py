"""The target of a load test is named, confirmed and answering, or there is no load test."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from surgeproof.rehearsal.errors import HostError
from surgeproof.rehearsal.host import check_host, is_this_machine


class Refusing(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_error(503)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the library's name
        del format, args


@pytest.fixture
def server():
    with HTTPServer(("127.0.0.1", 0), Refusing) as served:
        thread = threading.Thread(target=served.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{served.server_port}"
        served.shutdown()
        thread.join()


def test_any_http_answer_will_do(server: str) -> None:
    assert check_host(f"{server}/", None) == server


@pytest.mark.parametrize(
    "host",
    [
        "shop",
        "ftp://shop",
        "http://",
        "http://shop/path",
        "https://shop?x=1",
        "http://shop:99999",
        "http://shop:0",
        "http://[::1",
        "http://[shop]",
    ],
)
def test_not_a_base_url(host: str) -> None:
    with pytest.raises(HostError, match="--host: not a base URL"):
        check_host(host, None)


@pytest.mark.parametrize("confirmed", [None, "", "other.example.com", "https://staging.example.com"])
def test_another_machine_has_to_be_confirmed_by_name(confirmed: str | None) -> None:
    with pytest.raises(HostError, match=r"--confirm-host.*staging\.example\.com"):
        check_host("https://staging.example.com", confirmed)


def test_what_was_not_given_is_not_told_as_none() -> None:
    with pytest.raises(HostError) as caught:
        check_host("https://staging.example.com", None)
    assert "None" not in str(caught.value)
    assert str(caught.value).endswith("then add --confirm-host staging.example.com.")


def test_nobody_answers() -> None:
    with HTTPServer(("127.0.0.1", 0), Refusing) as closed:
        port = closed.server_port
    with pytest.raises(HostError, match="does not answer"):
        check_host(f"http://127.0.0.1:{port}", None)


def test_what_answers_is_no_web_server() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def greet() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")
                connection.recv(4096)

        thread = threading.Thread(target=greet)
        thread.start()
        with pytest.raises(HostError, match="does not answer"):
            check_host(f"http://127.0.0.1:{listener.getsockname()[1]}", None)
        thread.join()


def test_a_name_that_no_host_can_have_is_not_this_machine() -> None:
    assert not is_this_machine("x" * 64 + ".example")


@pytest.mark.parametrize(
    ("name", "ours"), [("localhost", True), ("127.9.8.7", True), ("::1", True), ("192.0.2.1", False)]
)
def test_what_is_this_machine(name: str, *, ours: bool) -> None:
    assert is_this_machine(name) is ours
