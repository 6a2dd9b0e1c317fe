"""A peer that misbehaves under TLS, or knows none: an error or late, and no body that was cut short."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from pathlib import Path

import pytest

from surgeproof.load.transport import RequestTimeoutError, TransportError
from tests.load.asking import Asker

PATIENCE = 0.12
"""Seconds that the client waits for a scripted answer."""
GRACE = 3.0
"""Seconds beyond it that a busy machine may take; a client that hangs takes longer."""


TLS_TALK = {
    "alert": b"\x15\x03\x03\x00\x02\x02\x28",
    "garbage": b"\x00\xff" * 40,
    "plain": b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
    "nothing": b"",
}


@pytest.mark.parametrize("closes", [True, False])
@pytest.mark.parametrize("talk", TLS_TALK.values(), ids=TLS_TALK.keys())
def test_a_peer_that_knows_no_tls_is_a_transport_error_or_late(talk: bytes, closes: bool):  # noqa: FBT001
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(talk)
                if not closes:
                    done.wait(5)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        begun = time.monotonic()
        with (
            Asker(f"https://127.0.0.1:{listener.getsockname()[1]}", verify_tls=False) as ask,
            pytest.raises((TransportError, RequestTimeoutError)),
        ):
            ask("/", timeout=PATIENCE)
        assert time.monotonic() - begun < PATIENCE + GRACE
        done.set()
        thread.join(5)


@pytest.mark.parametrize(("says_goodbye", "whole"), [(True, True), (False, False)])
def test_under_tls_a_body_ends_with_a_goodbye_and_not_with_a_cut_cable(
    certificate: Path,
    says_goodbye: bool,  # noqa: FBT001
    whole: bool,  # noqa: FBT001
):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            raw, _ = listener.accept()
            with context.wrap_socket(raw, server_side=True) as connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\n\r\nuntil the end")
                if says_goodbye:
                    with contextlib.suppress(OSError):
                        connection.unwrap().close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        with Asker(f"https://127.0.0.1:{listener.getsockname()[1]}", verify_tls=False) as ask:
            if whole:
                assert ask("/").body == b"until the end"
            else:
                with pytest.raises(TransportError):
                    ask("/")
        thread.join(5)
