"""A test that is not good enough to tell says so: INVALID, and never GO."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rehearsal.conftest import SMOKE, Command

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
BURN = "import os\nos.sched_setaffinity(0, {0})\nwhile os.getppid() == int(__import__('sys').argv[1]): pass"


def load_pids(command: Command) -> list[int]:
    """Locust's processes: master and workers."""
    found = command.descendants()
    return sorted(each.pid for each in found if "--run-config" in each.cmdline())


def verdict_of(command: Command) -> dict:
    code, text = command.wait()
    verdict = json.loads(text)
    assert verdict["exit_code"] == code, command.errors
    command.assert_nothing_left()
    return verdict


def failed(verdict: dict) -> list[str]:
    return [check["name"] for check in verdict["validity"] if not check["valid"]]


def test_a_starved_generator(surgeproof, tmp_path: Path) -> None:
    """The generator shares one core with so many others that it gets less than the 8 % of it that it needs.

    With a single one beside it, it still gets what it needs: 8 ms late at the 99th percentile, which is valid.
    """
    command = surgeproof("rehearse", SMOKE, "--json", "--out", str(tmp_path / "evidence"))
    command.wait_for("are up after")
    for pid in load_pids(command):
        os.sched_setaffinity(pid, {0})
    burners = [
        subprocess.Popen([sys.executable, "-c", BURN, str(os.getpid())], start_new_session=True) for _ in range(40)
    ]
    try:
        verdict = verdict_of(command)
    finally:
        for burner in burners:
            burner.kill()
            burner.wait()
    assert verdict["verdict"] == "INVALID"
    assert any("lag" in name or "delivered" in name for name in failed(verdict)), failed(verdict)


def test_a_rate_that_the_generator_cannot_reach(surgeproof, tmp_path: Path) -> None:
    sets = ["--set", "curve.phases.peak.rate=4000", "--set", "curve.phases.surge.to=4000"]
    command = surgeproof("rehearse", SMOKE, *sets, "--json", "--out", str(tmp_path / "evidence"))
    verdict = verdict_of(command)
    assert verdict["verdict"] == "INVALID"
    assert failed(verdict)


def test_a_load_worker_that_is_killed(surgeproof, tmp_path: Path) -> None:
    command = surgeproof("rehearse", SMOKE, "--processes", "2", "--json", "--out", str(tmp_path / "evidence"))
    command.wait_for("10:0")  # the first lines of progress
    _master, *workers = load_pids(command)
    assert workers, "a master and its workers"
    os.kill(workers[-1], signal.SIGKILL)
    verdict = verdict_of(command)
    assert verdict["verdict"] == "INVALID"
    assert any("worker" in name for name in failed(verdict)), failed(verdict)
