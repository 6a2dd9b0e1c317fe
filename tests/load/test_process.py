"""The load process as a rehearsal uses it: ready, begin, progress, result, stop, and its death."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from surgeproof.launch.clock import LaunchClock
from surgeproof.load.errors import LoadProcessError
from surgeproof.load.process import LoadProcess
from surgeproof.load.run_config import RunConfig
from tests.load.conftest import LOCUSTFILE, ROOT
from tests.load.site import Site


@pytest.fixture
def process() -> Iterator[LoadProcess]:
    made = LoadProcess(LOCUSTFILE)
    yield made
    made.stop()


def config(site: Site, plan: Path, folder: Path, **settings: object) -> RunConfig:
    return RunConfig.model_validate(
        {"plan": plan, "host": site.url, "folder": folder, "speed": 10, "wait_for_start": True, **settings}
    )


def clock(delay: float) -> LaunchClock:
    return LaunchClock(speed=10, started_at=time.monotonic() + delay, curve_start=datetime.now(UTC))


@pytest.mark.parametrize("processes", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_it_waits_for_the_clock_and_drives_on_it(
    site: Site, plan_file: Callable[..., Path], tmp_path: Path, processes: int
):
    process = LoadProcess(LOCUSTFILE, processes=processes)
    try:
        process.start(config(site, plan_file(seconds=20), tmp_path / "run"), ROOT)
        process.wait_ready()
        time.sleep(0.3)
        assert site.seen == []
        started = clock(1.0)
        process.begin(started)
        result = process.wait(timeout=30)
        assert len(result.workers) == processes
        assert result.aborted_by is None
        assert sum(result.status_counts.values()) == len(site.seen) > 20
        told = process.progress()
        assert told[-1].at == 20
        assert abs(told[0].at - 10) < 3, "one real second is ten launch seconds"
        assert process.progress() == []
    finally:
        process.stop()
    assert not process.running


def test_it_can_be_stopped_at_any_time(
    site: Site, plan_file: Callable[..., Path], tmp_path: Path, process: LoadProcess
):
    process.start(config(site, plan_file(seconds=300), tmp_path / "run"), ROOT)
    process.wait_ready()
    process.begin(clock(0.2))
    while not process.progress():
        process.check()
        time.sleep(0.05)
    begun = time.monotonic()
    process.stop()
    assert time.monotonic() - begun < 8
    assert not process.running
    process.stop()
    sent = len(site.seen)
    time.sleep(0.3)
    assert len(site.seen) == sent


def test_a_mistake_ends_it_with_its_words(
    site: Site, plan_file: Callable[..., Path], tmp_path: Path, process: LoadProcess
):
    process.start(config(site, plan_file(mix="{nobody_wrote_it: 1}"), tmp_path / "run"), ROOT)
    with pytest.raises(LoadProcessError, match=r"exit code 2(?s:.*)nobody_wrote_it"):
        process.wait_ready()


def test_its_death_before_the_end_is_an_error(
    site: Site, plan_file: Callable[..., Path], tmp_path: Path, process: LoadProcess
):
    process.start(config(site, plan_file(seconds=300), tmp_path / "run"), ROOT)
    process.wait_ready()
    process.begin(clock(0.2))
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    with pytest.raises(LoadProcessError, match="ended before the run did"):
        process.wait(timeout=10)


@pytest.mark.slow
def test_it_dies_with_whoever_started_it(site: Site, plan_file: Callable[..., Path], tmp_path: Path):
    folder = tmp_path / "run"
    settings = config(site, plan_file(seconds=300), folder, wait_for_start=False)
    code = (
        "import sys, time; from pathlib import Path;"
        "from surgeproof.load.process import LoadProcess; from surgeproof.load.run_config import RunConfig;"
        f"process = LoadProcess(Path({str(LOCUSTFILE)!r}), processes=2);"
        f"process.start(RunConfig.model_validate_json({settings.model_dump_json()!r}), Path({str(ROOT)!r}));"
        "print(process.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    try:
        deadline = time.monotonic() + 20
        while not site.seen and time.monotonic() < deadline:
            time.sleep(0.05)
        assert site.seen
        parent.kill()
        parent.wait()
        time.sleep(0.5)
        sent = len(site.seen)
        time.sleep(0.5)
        assert len(site.seen) == sent, "nothing drives any more"
        assert not Path(f"/proc/{pid}").exists() or "Z" in Path(f"/proc/{pid}/stat").read_text().split(")")[1][:3]
    finally:
        parent.kill()
        parent.wait()
        parent.stdout.close()
