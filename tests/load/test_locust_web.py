"""Locust's web UI: it starts our runs, shows their requests, and stops them."""

from __future__ import annotations

import json
import signal
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.load.locust_run import Start, free_port, progress, requests_in, result_in, wait_for
from tests.load.site import Site

pytestmark = pytest.mark.slow
PlanFile = Callable[..., Path]


class WebUi:
    """What a browser would ask."""

    def __init__(self, port: int) -> None:
        self.base = f"http://127.0.0.1:{port}"
        self.options = ("--web-host", "127.0.0.1", "--web-port", str(port))

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(self.base + path, timeout=15) as answer:  # noqa: S310 - http on loopback
            text = answer.read().decode()
            return json.loads(text) if "json" in answer.headers["content-type"] else text

    def swarm(self, host: str) -> None:
        self.post("/swarm", {"user_count": 1, "spawn_rate": 1, "host": host})

    def post(self, path: str, form: dict[str, Any]) -> None:
        request = urllib.request.Request(self.base + path, urllib.parse.urlencode(form).encode(), method="POST")  # noqa: S310
        with urllib.request.urlopen(request, timeout=15) as answer:  # noqa: S310
            assert json.load(answer)["success"]

    def up(self) -> bool:
        try:
            return bool(self.get("/stats/requests"))
        except (urllib.error.URLError, ConnectionError):
            return False

    def state(self) -> str:
        return self.get("/stats/requests")["state"]

    def total(self) -> int:
        stats = self.get("/stats/requests")["stats"]
        return next((entry["num_requests"] for entry in stats if entry["name"] == "Aggregated"), 0)


@pytest.fixture
def web() -> WebUi:
    return WebUi(free_port())


def test_it_starts_runs_one_after_another_and_shows_their_requests(
    web: WebUi, site: Site, plan_file: PlanFile, tmp_path: Path, start: Start
):
    folder = tmp_path / "run"
    process = start(*web.options, "--plan", str(plan_file(seconds=3)), "--evidence", str(folder))
    wait_for(web.up)
    for each in (folder, folder / "run-2"):
        web.swarm(site.url)
        wait_for((each / "result.json").exists)
        assert web.total() == requests_in(result_in(each)) > 20
        wait_for(lambda: web.state() == "stopped")
        assert result_in(each).aborted_by is None
    page = web.get("/stats/report")
    assert "cart_add" in page
    assert str(requests_in(result_in(folder / "run-2"))) in web.get("/stats/requests/csv")
    process.send_signal(signal.SIGTERM)
    assert process.wait(15) == 0


def test_it_stops_a_run(web: WebUi, site: Site, plan_file: PlanFile, tmp_path: Path, start: Start):
    folder = tmp_path / "run"
    process = start(*web.options, "--plan", str(plan_file(seconds=60)), "--evidence", str(folder))
    wait_for(web.up)
    web.swarm(site.url)
    wait_for(lambda: len(progress(folder)) >= 2)
    assert web.state() == "running"
    web.post("/stop", {})
    wait_for((folder / "result.json").exists)
    assert result_in(folder).aborted_by == "stopped by the user"
    wait_for(lambda: web.state() == "stopped")
    seen = len(site.seen)
    assert web.total() == requests_in(result_in(folder)) > 0
    process.send_signal(signal.SIGTERM)
    assert process.wait(15) == 1, "its last run was not complete"
    assert len(site.seen) == seen, "nothing goes on"
