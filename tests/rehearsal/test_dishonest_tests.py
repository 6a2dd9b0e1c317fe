"""A test that is not good enough to tell says so: INVALID, and never GO."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import threading
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.rehearsal.conftest import SMOKE, Command

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
RUNS, HELD = 0.1, 0.4
"""Seconds."""


def verdict_of(command: Command) -> dict:
    code, text = command.wait()
    verdict = json.loads(text)
    assert verdict["exit_code"] == code, command.errors
    command.assert_nothing_left()
    return verdict


def failed(verdict: dict) -> list[str]:
    return [check["name"] for check in verdict["validity"] if not check["valid"]]


@contextlib.contextmanager
def held_up(pids: list[int]) -> Generator[None]:
    """Processes that run a tenth of a second, and are held up for four: as on a machine whose cores are sold twice."""
    over = threading.Event()

    def hold() -> None:
        while not over.wait(RUNS):
            _signal(pids, signal.SIGSTOP)
            over.wait(HELD)
            _signal(pids, signal.SIGCONT)

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _signal(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def test_a_starved_generator(surgeproof, tmp_path: Path) -> None:
    """It needs some 4 % of a core, and even as one of 41 on it gets that soon enough: such a run is valid, and says so.

    Held up for real, it is late, and the run is not.
    """
    command = surgeproof("rehearse", SMOKE, "--json", "--out", str(tmp_path / "evidence"))
    command.wait_for("are up after")
    with held_up(command.load_pids()):
        verdict = verdict_of(command)
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
    _master, *workers = command.load_pids()
    assert workers, "a master and its workers"
    os.kill(workers[-1], signal.SIGKILL)
    verdict = verdict_of(command)
    assert verdict["verdict"] == "INVALID"
    assert any("worker" in name for name in failed(verdict)), failed(verdict)


def test_the_only_load_process_that_is_killed(surgeproof, tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    command = surgeproof("rehearse", SMOKE, "--json", "--out", str(folder))
    command.wait_for("10:0")  # the first lines of progress
    (load,) = command.load_pids()
    os.kill(load, signal.SIGKILL)
    verdict = verdict_of(command)
    assert verdict["verdict"] == "INVALID"
    assert {"load workers lost", "stopped early", "arrivals delivered"} <= set(failed(verdict))
    assert verdict["invariants"] == []
    assert {gate["outcome"] for gate in verdict["gates"]} <= {"undecided", "holds"}
    assert "signal 9" in (folder / "report.html").read_text()
