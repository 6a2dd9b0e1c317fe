"""Stalls: the server's is in the percentiles as it must be, the generator's own makes the run INVALID."""

from __future__ import annotations

import os
import signal
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from surgeproof.launch.clock import LaunchClock
from surgeproof.launch.plan import load_plan
from surgeproof.launch.records import LoadResult
from surgeproof.load.process import LoadProcess
from surgeproof.load.run_config import RunConfig
from surgeproof.verdict.validity import load_validity
from tests.load.conftest import LOCUSTFILE, ROOT
from tests.load.site import Site
from tests.load.stalling import fifo_server, run, write_plan


@pytest.mark.slow
@pytest.mark.parametrize("rate", ["constant", "rising"])
@pytest.mark.parametrize("share", [0.1, 0.5])
def test_a_stall_is_in_the_percentiles_as_it_must_be(share: float, rate: str, tmp_path: Path):
    with fifo_server() as url:
        outcome = run(url, share, tmp_path / "run", rising=rate == "rising")
    for percent in (99.0, 99.9):
        measured, analytic = outcome.percentile(percent)
        assert measured == pytest.approx(analytic, rel=0.05), f"p{percent:g}"
    assert outcome.percentile(99)[0] > 0.5, "the stall is seen"


def drive(site: Site, folder: Path, *, stopped_for: float) -> LoadResult:
    """A run in a process of its own, which stands still in the middle."""
    plan = write_plan(folder, rate=60, seconds=4, rising=False)
    process = LoadProcess(LOCUSTFILE)
    try:
        config = RunConfig(plan=plan, host=site.url, folder=folder / "run", seed=1, wait_for_start=True)
        process.start(config, ROOT)
        process.wait_ready()
        clock = LaunchClock(speed=1, started_at=time.monotonic() + 0.2, curve_start=datetime.now(UTC))
        process.begin(clock)
        time.sleep(max(0.0, clock.monotonic(1.5) - time.monotonic()))
        if stopped_for:
            assert process.pid is not None
            os.kill(process.pid, signal.SIGSTOP)
            time.sleep(stopped_for)
            os.kill(process.pid, signal.SIGCONT)
        return process.wait(timeout=30)
    finally:
        process.stop()


def test_a_generator_that_stands_still_tells_it_and_the_run_is_invalid(site: Site, tmp_path: Path):
    result = drive(site, tmp_path, stopped_for=1.0)
    (worker,) = result.workers
    assert worker.delivered == worker.planned, "nothing is dropped"
    assert worker.lag_max_ms > 900
    assert worker.lag_p99_ms > 500
    with np.load(tmp_path / "run" / "samples.npz") as files:
        rows = files["samples"]
    assert rows["latency"].max() > 0.9
    assert np.percentile(rows["raw"], 99) < 0.5, "the site was not slow"
    failed = [reading for reading in load_validity(result, load_plan(tmp_path / "plan.yaml", {})) if not reading.valid]
    assert "scheduling lag p99" in [reading.name for reading in failed]
