"""`surgeproof loadtest`: a foreign server, a kept shop, an edge that blocks."""

from __future__ import annotations

import json
import os
import re
import signal
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from tests.rehearsal.conftest import SMOKE

SHORT = [
    "--set",
    "curve.phases=[{name: surge, duration: 4s, shape: constant, rate: 30}, {name: drain, duration: 3s, rate: 5}]",
    "--set",
    "gates=[{phase: surge, metric: p95, max: 800ms}, {phase: '*', metric: error_rate, max: 1%}]",
    "--set",
    "journeys.mix={glance: 1}",
]
"""Seven seconds in real time."""


@pytest.fixture
def site():
    """A server that answers everything with one status; yields its address and the headers that it saw."""

    class Site(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        status = 200
        seen: ClassVar[list[dict[str, str]]] = []

        def do_GET(self) -> None:
            self.seen.append(dict(self.headers))
            self.send_response(self.status)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the library's name
            del format, args

    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", Site
        server.shutdown()
        thread.join()


@pytest.mark.slow
@pytest.mark.timeout(200)
def test_a_foreign_server(site, judged) -> None:
    url, seen = site
    verdict = judged("loadtest", SMOKE, "--host", url, *SHORT)
    assert verdict["verdict"] == "GO"
    assert "not observed" in " ".join(verdict["not_covered"])
    assert {headers.get("X-Surgeproof-Run") for headers in seen.seen[1:]} == {verdict["scope"]["run_id"]}


@pytest.mark.timeout(200)
@pytest.mark.parametrize("status", [pytest.param(403, marks=pytest.mark.slow), 429])
def test_an_edge_that_blocks_is_invalid_not_slow(site, surgeproof, tmp_path: Path, status: int) -> None:
    url, handler = site
    handler.status = status
    command = surgeproof("loadtest", SMOKE, "--host", url, *SHORT, "--json", "--out", str(tmp_path / "evidence"))
    code, text = command.wait()
    assert code == 3, command.errors
    assert any("block" in check["name"] for check in json.loads(text)["validity"] if not check["valid"])


@pytest.mark.timeout(100)
def test_a_load_that_is_killed_is_invalid_and_says_by_what(site, surgeproof, tmp_path: Path) -> None:
    url, handler = site
    command = surgeproof("loadtest", SMOKE, "--host", url, *SHORT, "--json", "--out", str(tmp_path / "evidence"))
    command.wait_for("load test of")
    while len(handler.seen) < 30:
        assert command.process.poll() is None, command.errors
        time.sleep(0.02)
    (load,) = command.load_pids()
    os.kill(load, signal.SIGKILL)
    code, text = command.wait(30)
    assert code == 3, command.errors
    notes = {check["name"]: check["note"] for check in json.loads(text)["validity"] if not check["valid"]}
    assert "signal 9 (Killed)" in notes["stopped early"]
    assert "Lost: all" in notes["load workers lost"]
    command.assert_nothing_left()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--host", "https://staging.example.com"], "--confirm-host staging.example.com"),
        (["--host", "http://127.0.0.1:9"], "does not answer"),
        (["--host", "http://127.0.0.1:9", "--max-rate", "1"], "--max-rate"),
        (["--host", "http://127.0.0.1:9", "--set", "services.storefront.cpu=1"], "addresses a stack"),
    ],
)
def test_wrong_targets(surgeproof, arguments: list[str], words: str) -> None:
    command = surgeproof("loadtest", SMOKE, *arguments)
    code, _ = command.wait(60)
    assert code == 2
    assert words in command.errors
    assert "Traceback" not in command.errors
    command.assert_nothing_left()


@pytest.mark.slow
@pytest.mark.timeout(500)
def test_a_shop_that_was_kept(surgeproof, judged, tmp_path: Path) -> None:
    kept = surgeproof("rehearse", SMOKE, "--keep", "--out", str(tmp_path / "kept"))
    kept.wait_for("kept running", timeout=240)
    found = re.search(r"shop\s+(http://\S+)", kept.errors)
    assert found, kept.errors
    verdict = judged("loadtest", SMOKE, "--host", found[1], *SHORT)
    assert verdict["verdict"] in {"GO", "NO-GO"}
    kept.send(signal.SIGINT)
    code, _ = kept.wait(60)
    assert code in {0, 1, 3}
    kept.assert_nothing_left()


@pytest.mark.timeout(100)
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_load_test_that_is_ended_leaves_nothing(site, surgeproof, number: signal.Signals) -> None:
    url, _ = site
    command = surgeproof("loadtest", SMOKE, "--host", url, *SHORT)
    command.wait_for("load test of")
    command.send(number)
    code, _ = command.wait(30)
    assert code == (130 if number == signal.SIGINT else -number)
    command.assert_nothing_left()
