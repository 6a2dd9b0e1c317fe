"""Listeners to Locust's request event hear of each request of the journeys, as of those of other users."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tests.load.locust_run import ROOT, Start, requests_in, result_in
from tests.load.site import Site

LISTENING = """
import json
from pathlib import Path
from locust import events
from surgeproof.load.locust_glue import OpenArrivals, drive_open_arrivals

heard = open({heard!r}, "w")

@events.request.add_listener
def hear(request_type, name, response_time, response_length, exception, context, **_):
    heard.write(json.dumps([request_type, name, response_time, str(exception or ""), context]) + chr(10))
    heard.flush()
    if name == "home":
        raise ValueError("a listener that fails")

drive_open_arrivals(journeys=Path({journeys!r}), default_plan=Path("none.yaml"))
"""


def test_a_listener_hears_of_each_request(site: Site, plan_file: Callable[..., Path], tmp_path: Path, start: Start):
    locustfile, folder, heard = tmp_path / "listening.py", tmp_path / "run", tmp_path / "heard.jsonl"
    journeys = ROOT / "loadtests" / "journeys.py"
    locustfile.write_text(LISTENING.format(heard=str(heard), journeys=str(journeys)))
    process = start(
        *("--headless", "--host", site.url, "--plan", str(plan_file()), "--evidence", str(folder)),
        locustfile=locustfile,
    )
    _, err = process.communicate(timeout=40)
    assert process.returncode == 0, err
    told = [json.loads(line) for line in heard.read_text().splitlines()]
    assert len(told) == len(site.seen) == requests_in(result_in(folder)) > 30
    assert {(method, name) for method, name, *_ in told} >= {("GET", "home"), ("GET", "product"), ("POST", "checkout")}
    assert all(0 < milliseconds < 1000 for _, _, milliseconds, _, _ in told)
    assert {context["status"] for *_, context in told} == {200, 201}
    assert {exception for *_, exception, _ in told} == {""}
    assert "a listener that fails" in err, "it is told, and the run goes on"
