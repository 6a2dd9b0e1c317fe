"""Locust itself, as a process, with our locustfile: alone, distributed, with its web UI, and told wrong things."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from surgeproof.launch.records import LoadResult
from surgeproof.load.journey import journeys_from
from surgeproof.load.run_config import RunConfig
from surgeproof.load.schedule import compile_schedule
from tests.load.conftest import LOCUSTFILE, ROOT
from tests.load.site import Site

Start = Callable[..., subprocess.Popen[str]]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def master_options() -> list[str]:
    """For ``--processes``: a port of this test's own."""
    port = str(free_port())
    return [
        *("--master-bind-host", "127.0.0.1", "--master-bind-port", port),
        *("--master-host", "127.0.0.1", "--master-port", port),
    ]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start Locust; whatever is left of its session in the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def run(*options: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), "--only-summary", *options]
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def result_in(folder: Path) -> LoadResult:
    return LoadResult.model_validate_json((folder / "result.json").read_text(encoding="utf-8"))


def wait_for(condition: Callable[[], Any], seconds: float = 20) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("it did not come")


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_headless_alone_with_csv_and_html(site: Site, plan_file: Callable[..., Path], tmp_path: Path, start: Start):
    folder = tmp_path / "run"
    process = start(
        *("--headless", "--host", site.url, "--plan", str(plan_file()), "--seed", "3", "--evidence", str(folder)),
        *("--csv", str(tmp_path / "csv"), "--html", str(tmp_path / "report.html")),
    )
    out, err = process.communicate(timeout=40)
    assert process.returncode == 0, err
    result = result_in(folder)
    requests = sum(result.status_counts.values())
    assert requests == len(site.seen) > 50
    with (tmp_path / "csv_stats.csv").open() as file:
        total = next(row for row in csv.DictReader(file) if row["Name"] == "Aggregated")
    assert int(total["Request Count"]) == requests
    assert int(total["Failure Count"]) == 0
    assert float(total["Average Content Size"]) > 0
    assert "cart_add" in (tmp_path / "report.html").read_text()
    assert "Aggregated" in err + out


def test_two_processes_drive_what_one_would(site: Site, plan_file: Callable[..., Path], tmp_path: Path, start: Start):
    folder, plan = tmp_path / "run", plan_file(rate=30)
    process = start(
        *("--headless", "--host", site.url, "--plan", str(plan), "--seed", "3", "--evidence", str(folder)),
        *("--processes", "2", *master_options()),
    )
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    result = result_in(folder)
    config = RunConfig(plan=plan, host=site.url, folder=folder, seed=3)
    schedule = compile_schedule(config, journeys_from(ROOT / "loadtests" / "journeys.py"))
    with np.load(folder / "samples.npz") as files:
        rows, steps = files["samples"], files["steps"].tolist()

    assert [worker.planned for worker in result.workers] == [len(schedule.arrivals[i::2]) for i in range(2)]
    assert [worker.delivered for worker in result.workers] == [worker.planned for worker in result.workers]
    first = rows[rows["sequence"] == 0]
    assert first["arrival"].tolist() == list(range(len(schedule.arrivals)))
    assert np.array_equal(first["arrived_at"], schedule.arrivals)
    sketched = [step.name for step in schedule.sketch.steps]
    for number in range(len(schedule.arrivals)):
        planned = [sketched[step] for step in schedule.sketch.rows["step"][schedule.sketch.rows["number"] == number]]
        taken = [steps[step] for step in rows["step"][rows["arrival"] == number]]
        assert taken == planned[: len(taken)]
    assert len(rows) == len(site.seen) == sum(result.status_counts.values())
    of_all = [h for h in result.histograms if h.step == "*" and h.kind == "corrected"]
    assert sum(h.count for h in of_all) == len(rows)


def test_a_killed_worker_is_lost_and_its_share_is_not_driven_again(
    site: Site, plan_file: Callable[..., Path], tmp_path: Path, start: Start
):
    folder, port = tmp_path / "run", str(free_port())
    plan = plan_file(rate=20, seconds=4, mix="{glance: 1}")
    workers = [start("--worker", "--master-host", "127.0.0.1", "--master-port", port) for _ in range(2)]
    master = start(
        *("--headless", "--host", site.url, "--plan", str(plan), "--evidence", str(folder), "--master"),
        *("--expect-workers", "2", "--master-bind-host", "127.0.0.1", "--master-bind-port", port),
    )
    wait_for(lambda: len(site.seen) > 30)
    workers[1].kill()
    _, err = master.communicate(timeout=60)
    assert master.returncode == 1, err
    lost = [worker for worker in result_in(folder).workers if worker.lost]
    alive = [worker for worker in result_in(folder).workers if not worker.lost]
    assert len(lost) == len(alive) == 1
    assert lost[0].delivered < lost[0].planned
    assert alive[0].delivered == alive[0].planned
    with np.load(folder / "samples.npz") as files:
        assert len(np.unique(files["samples"]["arrival"])) == len(files["samples"])
    assert workers[0].wait(20) == 0


@pytest.mark.slow
def test_the_web_ui_starts_a_run_and_shows_its_requests(
    site: Site, plan_file: Callable[..., Path], tmp_path: Path, start: Start
):
    port, folder = free_port(), tmp_path / "run"
    base = f"http://127.0.0.1:{port}"
    process = start(
        *("--web-host", "127.0.0.1", "--web-port", str(port), "--plan", str(plan_file(seconds=3))),
        *("--evidence", str(folder)),
    )

    def get(path: str) -> dict[str, Any]:
        with urllib.request.urlopen(base + path, timeout=5) as answer:  # noqa: S310 -- http on loopback
            return json.load(answer)

    def up() -> bool:
        try:
            return bool(get("/stats/requests"))
        except OSError:
            return False

    wait_for(up)
    form = urllib.parse.urlencode({"user_count": 1, "spawn_rate": 1, "host": site.url}).encode()
    with urllib.request.urlopen(base + "/swarm", form, timeout=5) as answer:  # noqa: S310
        assert json.load(answer)["success"]
    wait_for((folder / "result.json").exists)
    shown = get("/stats/requests")
    total = next(entry for entry in shown["stats"] if entry["name"] == "Aggregated")
    assert total["num_requests"] == sum(result_in(folder).status_counts.values()) > 20
    wait_for(lambda: get("/stats/requests")["state"] == "stopped")
    process.send_signal(signal.SIGTERM)
    assert process.wait(15) == 0


@pytest.mark.slow
def test_ctrl_c_writes_what_there_is(site: Site, plan_file: Callable[..., Path], tmp_path: Path, start: Start):
    folder = tmp_path / "run"
    process = start(
        *("--headless", "--host", site.url, "--plan", str(plan_file(seconds=30)), "--evidence", str(folder))
    )
    wait_for(lambda: lines(folder / "progress.jsonl"))
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode == 1
    result = result_in(folder)
    assert result.aborted_by == "stopped by the user"
    assert sum(result.status_counts.values()) > 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--set", "curve.nothing=1"), "--host"),
        (("--host", "http://127.0.0.1:1", "--max-rate", "1"), "ceiling"),
    ],
    ids=["before-the-run", "at-its-start"],
)
def test_what_is_asked_wrongly_ends_with_2_and_a_sentence(options: tuple[str, ...], words: str, start: Start):
    process = start("--headless", *options)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 2, err
    assert words in err
    assert "Traceback" not in err


def test_the_command_line_becomes_settings():
    """In a process of its own, as importing Locust patches the standard library."""
    code = """
from pathlib import Path
from locust.argument_parser import get_parser
from surgeproof.errors import SurgeproofError
from surgeproof.load.locust_arguments import config_of
from locust import events
from surgeproof.load.locust_arguments import add_arguments
events.init_command_line_parser.add_listener(lambda parser: add_arguments(parser))
def ask(*words):
    options = get_parser().parse_args(["--headless", *words])
    try:
        return config_of(options, host=options.host, default_plan=Path("spring.yaml"))
    except SurgeproofError as error:
        return str(error)
good = ask("--host", "http://x:1", "--speed", "30", "--seed", "7", "--set", "prewarm.enabled=false", "--abort-if", "p95>2s")
assert (good.speed, good.seed, good.scale, good.plan) == (30.0, 7, 1.0, Path("spring.yaml")), good
assert good.overrides == {"prewarm.enabled": False} and good.abort_if == ("p95>2s",), good
assert str(good.folder).startswith("evidence/load-") and good.run_id in str(good.folder), good
for words, told in (
    (["--host", "x:1"], "not a host"),
    (["--host", "http://x:1", "--speed", "0"], "speed"),
    (["--host", "http://x:1", "--abort-if", "p95"], "abort_if"),
    (["--host", "http://x:1", "--set", "nonsense"], "--set"),
    (["--run-config", "no-such-file.json"], "no-such-file.json"),
):
    assert told in ask(*words), (words, ask(*words))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
