"""Health checks of what answers badly: a bad answer is a bad answer, whatever it looks like."""

import socket
import threading

import pytest

from surgeproof.localcloud.deployed import HealthCheck
from surgeproof.localcloud.health_prober import HealthProber
from tests.localcloud.visitors import eventually

BAD = [b"HTTP/1.1\r\n\r\n", b"HTTP/1.1 many OK\r\n\r\n", b"SSH-2.0-OpenSSH\r\n", b""]


@pytest.fixture
def prober():
    made = HealthProber()
    yield made
    made.stop()


def test_a_task_that_answered_badly_is_asked_again(prober, net):
    answers = iter([*BAD, b"HTTP/1.1 200 OK\r\n\r\n"])
    with socket.create_server((net.cache, 8080)) as listener:

        def answer() -> None:
            for text in answers:
                connection, _ = listener.accept()
                with connection:
                    connection.recv(4096)
                    connection.sendall(text)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        health = prober.watch("web-1", net.cache, 8080, HealthCheck("/", 5.0, 2, 2, 2.0, "200"))
        assert eventually(lambda: health.ready_at)
        thread.join(5.0)
    assert next(answers, None) is None
