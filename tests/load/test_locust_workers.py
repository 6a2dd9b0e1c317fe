"""Several processes: they drive what one would, and one that is lost is told and not replaced."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from surgeproof.launch.plan import load_plan
from surgeproof.launch.records import LoadResult
from surgeproof.load.journey import journeys_from
from surgeproof.load.run_config import RunConfig
from surgeproof.load.schedule import compile_schedule
from surgeproof.verdict.validity import load_validity
from tests.load.locust_run import (
    ROOT,
    Start,
    csv_total,
    free_port,
    master_options,
    progress,
    requests_in,
    result_in,
    wait_for,
)
from tests.load.site import Site

PlanFile = Callable[..., Path]


def test_two_processes_drive_what_one_would(site: Site, plan_file: PlanFile, tmp_path: Path, start: Start):
    folder, plan = tmp_path / "run", plan_file(rate=30)
    process = start(
        *("--headless", "--host", site.url, "--plan", str(plan), "--seed", "3", "--evidence", str(folder)),
        *("--processes", "2", *master_options(), "--csv", str(tmp_path / "csv")),
        *("--html", str(tmp_path / "report.html")),
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
    assert int(csv_total(tmp_path / "csv")["Request Count"]) == len(rows)
    assert "cart_add" in (tmp_path / "report.html").read_text()
    of_all = [h for h in result.histograms if h.step == "*" and h.kind == "corrected"]
    assert sum(h.count for h in of_all) == len(rows)


def _lost(folder: Path, plan: Path) -> None:
    result = result_in(folder)
    lost = [worker for worker in result.workers if worker.lost]
    alive = [worker for worker in result.workers if not worker.lost]
    assert len(lost) == len(alive) == 1
    assert lost[0].delivered < lost[0].planned
    assert alive[0].delivered == alive[0].planned, "the other drives its own share to the end"
    with np.load(folder / "samples.npz") as files:
        assert len(np.unique(files["samples"]["arrival"])) == len(files["samples"]), "and nobody else's"
    assert "load workers lost" in _invalid(result, plan)


def _invalid(result: LoadResult, plan: Path) -> list[str]:
    return [reading.name for reading in load_validity(result, load_plan(plan, {})) if not reading.valid]


@pytest.mark.slow
@pytest.mark.parametrize(
    "told", [signal.SIGKILL, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)], ids=["killed", "ended"]
)
def test_a_worker_that_goes_is_lost_and_its_share_is_not_driven_again(
    told: signal.Signals, site: Site, plan_file: PlanFile, tmp_path: Path, start: Start
):
    folder, port = tmp_path / "run", str(free_port())
    plan = plan_file(rate=20, seconds=4, mix="{glance: 1}")
    workers = [start("--worker", "--master-host", "127.0.0.1", "--master-port", port) for _ in range(2)]
    master = start(
        *("--headless", "--host", site.url, "--plan", str(plan), "--evidence", str(folder), "--master"),
        *("--expect-workers", "2", "--master-bind-host", "127.0.0.1", "--master-bind-port", port),
    )
    wait_for(lambda: len(site.seen) > 30)
    workers[1].send_signal(told)
    _, err = master.communicate(timeout=60)
    assert master.returncode == 1, err
    _lost(folder, plan)
    assert workers[0].wait(20) == 0


@pytest.mark.slow
def test_stop_timeout_reaches_the_workers(site: Site, plan_file: PlanFile, tmp_path: Path, start: Start):
    site.delay, folder = 0.8, tmp_path / "run"
    plan = plan_file(seconds=30, rate=30, timeout=4, mix="{glance: 1}")
    process = start(
        *("--headless", "--host", site.url, "--plan", str(plan), "--evidence", str(folder), "--stop-timeout", "5"),
        *("--processes", "2", *master_options()),
    )
    wait_for(lambda: len(progress(folder)) >= 2)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 1, err
    result = result_in(folder)
    assert result.aborted_by == "stopped by the user"
    assert not any(worker.lost for worker in result.workers)
    assert requests_in(result) == sum(worker.delivered for worker in result.workers) == len(site.seen)
