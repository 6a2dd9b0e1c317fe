"""``locust --headless`` with our locustfile: its reports are whole, and it ends as it is told to."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.load.locust_run import ROOT, Start, csv_total, progress, requests_in, result_in, wait_for
from tests.load.site import Site

PlanFile = Callable[..., Path]

BESIDE = """
from pathlib import Path
from locust import HttpUser, constant, task
from surgeproof.load.locust_glue import OpenArrivals, drive_open_arrivals

class Old(HttpUser):
    wait_time = constant(0.05)

    @task
    def look(self):
        self.client.get("/old", name="old")

drive_open_arrivals(journeys=Path({journeys!r}), default_plan=Path("none.yaml"))
"""


def test_csv_and_html_hold_every_request(site: Site, plan_file: PlanFile, tmp_path: Path, start: Start):
    folder = tmp_path / "run"
    process = start(
        *("--headless", "--host", site.url, "--plan", str(plan_file()), "--seed", "3", "--evidence", str(folder)),
        *("--csv", str(tmp_path / "csv"), "--html", str(tmp_path / "report.html")),
    )
    out, err = process.communicate(timeout=40)
    assert process.returncode == 0, err
    requests = requests_in(result_in(folder))
    assert requests == len(site.seen) > 50
    total = csv_total(tmp_path / "csv")
    assert int(total["Request Count"]) == requests
    assert int(total["Failure Count"]) == 0
    assert float(total["Average Content Size"]) > 0
    assert "cart_add" in (tmp_path / "report.html").read_text()
    assert "Aggregated" in err + out


@pytest.mark.slow
def test_an_http_user_runs_unchanged_beside_open_arrivals(
    site: Site, plan_file: PlanFile, tmp_path: Path, start: Start
):
    locustfile, folder = tmp_path / "both.py", tmp_path / "run"
    locustfile.write_text(BESIDE.format(journeys=str(ROOT / "loadtests" / "journeys.py")))
    process = start(
        *("--headless", "-u", "3", "--host", site.url, "--plan", str(plan_file()), "--evidence", str(folder)),
        *("--csv", str(tmp_path / "csv")),
        locustfile=locustfile,
    )
    _, err = process.communicate(timeout=40)
    assert process.returncode == 0, err
    old = site.paths()["/old"]
    assert old > 20
    assert requests_in(result_in(folder)) == len(site.seen) - old > 50, "users' requests are not in the result"
    # The last request of a user that is stopped may be under way when it is counted.
    assert abs(int(csv_total(tmp_path / "csv")["Request Count"]) - len(site.seen)) <= 2


@pytest.mark.slow
@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "terminate"])
def test_a_signal_ends_the_run_and_writes_what_there_is(
    told: signal.Signals, site: Site, plan_file: PlanFile, tmp_path: Path, start: Start
):
    folder = tmp_path / "run"
    process = start(
        *("--headless", "--host", site.url, "--plan", str(plan_file(seconds=30)), "--evidence", str(folder)),
        *("--csv", str(tmp_path / "csv")),
    )
    wait_for(lambda: progress(folder))
    process.send_signal(told)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 1, err
    assert "Traceback" not in err
    result = result_in(folder)
    assert result.aborted_by == "stopped by the user"
    assert int(csv_total(tmp_path / "csv")["Request Count"]) == requests_in(result) > 0


@pytest.mark.slow
def test_run_time_ends_a_run_early(site: Site, plan_file: PlanFile, tmp_path: Path, start: Start):
    folder = tmp_path / "run"
    process = start(
        *("--headless", "--run-time", "2s", "--host", site.url, "--plan", str(plan_file(seconds=30))),
        *("--evidence", str(folder)),
    )
    _, err = process.communicate(timeout=30)
    assert process.returncode == 1, err
    assert result_in(folder).aborted_by == "stopped by the user"
    assert progress(folder)[-1]["at"] < 5


STOP = {"none": ((), 0.0), "five seconds": (("--stop-timeout", "5"), 1.0)}


@pytest.mark.slow
@pytest.mark.parametrize("options", STOP)
def test_stop_timeout_lets_open_journeys_end(
    options: str, site: Site, plan_file: PlanFile, tmp_path: Path, start: Start
):
    """Every answer takes 0.8 s; none is broken off within the stop timeout, and all open ones are without it."""
    given, _ = STOP[options]
    site.delay, folder = 0.8, tmp_path / "run"
    plan = plan_file(seconds=30, rate=30, timeout=4, mix="{glance: 1}")
    process = start("--headless", "--host", site.url, "--plan", str(plan), "--evidence", str(folder), *given)
    wait_for(lambda: len(progress(folder)) >= 2)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 1, err
    result = result_in(folder)
    delivered = sum(phase.arrivals_delivered for phase in result.phases)
    assert result.aborted_by == "stopped by the user"
    assert sum(phase.journeys_failed for phase in result.phases) == 0
    with np.load(folder / "samples.npz") as files:
        rows = files["samples"]
    assert rows["ok"].all()
    if given:
        assert len(rows) == delivered > 30, "all that began were answered"
    else:
        assert 0 < len(rows) < delivered
