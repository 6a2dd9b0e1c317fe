"""A machine without room for the connections of a run says so before it begins, and how to mend it."""

from __future__ import annotations

import resource
from collections.abc import Callable
from pathlib import Path

from tests.load.locust_run import Start, free_port
from tests.load.site import Site

FEW = (240, 240)
"""Open files, soft and hard: 200 are kept free, so that 40 are left for connections."""


def test_a_run_without_room_is_refused_with_the_command_that_mends_it(
    site: Site, plan_file: Callable[..., Path], tmp_path: Path, start: Start
):
    plan = plan_file(rate=200, mix="{glance: 1}")
    process = start("--headless", "--host", site.url, "--plan", str(plan), "--evidence", str(tmp_path / "run"))
    resource.prlimit(process.pid, resource.RLIMIT_NOFILE, FEW)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 2, err
    assert "busiest second" in err
    assert "ulimit -n" in err
    assert "Traceback" not in err
    assert site.seen == []


def test_a_worker_without_room_refuses_and_the_run_does_not_begin(
    site: Site, plan_file: Callable[..., Path], tmp_path: Path, start: Start
):
    port = str(free_port())
    plan = plan_file(rate=400, mix="{glance: 1}")
    workers = [start("--worker", "--master-host", "127.0.0.1", "--master-port", port) for _ in range(2)]
    resource.prlimit(workers[1].pid, resource.RLIMIT_NOFILE, FEW)
    master = start(
        *("--headless", "--host", site.url, "--plan", str(plan), "--evidence", str(tmp_path / "run"), "--master"),
        *("--expect-workers", "2", "--master-bind-host", "127.0.0.1", "--master-bind-port", port),
    )
    _, err = master.communicate(timeout=40)
    assert master.returncode == 2, err
    assert "a load worker refuses" in err
    assert "ulimit -n" in err
    assert site.seen == []
