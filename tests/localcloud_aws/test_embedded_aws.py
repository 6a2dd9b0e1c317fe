"""The server's life: it starts quickly, says why it can't, and never outlives the one who started it."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from surgeproof.localcloud.aws import EmbeddedAws
from surgeproof.localcloud.aws_errors import EmbeddedAwsError

PARENT = """
import sys, time, threading
from surgeproof.localcloud.aws import EmbeddedAws
aws = EmbeddedAws()
if {in_thread}:
    # A thread that ends must not take the server with it.
    starter = threading.Thread(target=aws.start); starter.start(); starter.join()
else:
    aws.start()
aws.client('sqs').create_queue(QueueName='alive')
print(aws.pid, aws.endpoint_url, flush=True)
try:
    time.sleep(60)
except KeyboardInterrupt:
    aws.stop()
"""


def gone(pid: int, within: float) -> bool:
    end = time.monotonic() + within
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


def port_is_free(url: str, within: float = 1.0) -> bool:
    """The last of its threads may close the port a moment after the process is a zombie."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", int(url.rsplit(":", 1)[1]))) != 0:
                return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize(
    ("in_thread", "signum"), [(False, signal.SIGKILL), (True, signal.SIGKILL), (False, signal.SIGINT)]
)
def test_the_server_is_gone_within_2_seconds_of_its_parent(in_thread, signum):
    code = textwrap.dedent(PARENT.format(in_thread=in_thread))
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()) as parent:
        try:
            assert parent.stdout is not None
            pid, url = parent.stdout.readline().split()
            assert not gone(int(pid), 0.3)
            parent.send_signal(signum)
            assert gone(int(pid), 2.0)
            assert port_is_free(url)
        finally:
            parent.kill()


def test_stop_leaves_nothing_and_may_be_called_twice():
    aws = EmbeddedAws()
    aws.start()
    pid, url = aws.pid, aws.endpoint_url
    assert pid is not None
    aws.stop()
    aws.stop()
    assert gone(pid, 0.1)
    assert port_is_free(url)


def test_a_taken_port_is_named():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(EmbeddedAwsError, match=f"port {port} of 127.0.0.1 can't be had"):
            EmbeddedAws(port=port).start()


def test_a_server_that_cannot_start_says_why(tmp_path, monkeypatch):
    (tmp_path / "moto").mkdir()
    (tmp_path / "moto" / "__init__.py").write_text("raise ImportError('moto is broken here')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(EmbeddedAwsError, match="moto is broken here") as caught:
        EmbeddedAws().start()
    assert "Traceback" in caught.value.last_lines


def test_asking_it_before_it_started_is_an_error():
    with pytest.raises(EmbeddedAwsError, match="not started"):
        EmbeddedAws().client("sqs")


def test_it_listens_on_the_loopback_alone_and_in_a_session_of_its_own(aws):
    assert aws.endpoint_url.startswith("http://127.0.0.1:")
    port = f"{int(aws.endpoint_url.rsplit(':', 1)[1]):04X}"
    listening = [line.split()[1] for line in Path("/proc/net/tcp").read_text().splitlines() if f":{port} " in line]
    assert f"0100007F:{port}" in listening
    assert os.getsid(aws.pid) == aws.pid


def test_what_is_wrong_with_an_internal_request_is_told(aws):
    with pytest.raises(EmbeddedAwsError, match="speed must be above 0"):
        aws.request("POST", "clock", {"speed": 0, "started_at": 0, "curve_start": 0})
    with pytest.raises(EmbeddedAwsError, match="no endpoint"):
        aws.request("GET", "nothing")
