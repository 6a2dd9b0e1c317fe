"""kill -9 in mid-peak: the run recovers or says NO-GO, and no order is lost, doubled or oversold."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

import psutil
import pytest

from tests.rehearsal.conftest import SMOKE, Command

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
MID_PEAK = 13.0
"""Real seconds after the start of the smoke plan's curve: 10:05:30."""
PARTS = ["task", "worker", "cache", "database"]


def pid_of(command: Command, part: str) -> int:
    """The process of a part, by what it runs or listens on."""
    lines = {each.pid: " ".join(each.cmdline()) for each in command.descendants()}
    match part:
        case "worker":
            return next(pid for pid, line in lines.items() if "services.orders" in line)
        case "cache":
            return next(pid for pid, line in lines.items() if "valkey-server" in line)
        case "database":
            # The postmaster: its children are named after what they do.
            return next(pid for pid, line in lines.items() if "postgres" in line and " -D " in line)
        case _:
            return next(pid for pid in lines if _listens(pid, 8080))


def _listens(pid: int, port: int) -> bool:
    try:
        connections = psutil.Process(pid).net_connections("tcp")
    except psutil.Error:
        return False
    return any(each.status == psutil.CONN_LISTEN and each.laddr.port == port for each in connections)


@pytest.mark.parametrize("part", PARTS)
def test_kill_9_in_mid_peak(surgeproof, tmp_path: Path, part: str) -> None:
    for attempt in (1, 2):
        command = surgeproof("rehearse", SMOKE, "--json", "--out", str(tmp_path / f"evidence{attempt}"))
        command.wait_for("are up after")
        time.sleep(MID_PEAK)
        os.kill(pid_of(command, part), signal.SIGKILL)
        code, text = command.wait()
        assert code in {0, 1, 3}, command.errors
        command.assert_nothing_left()
        verdict = json.loads(text)
        broken = [each for each in verdict["invariants"] if not each["holds"]]
        assert broken == [], "whatever the verdict says"
        if code != 3:
            break
        print(f"INVALID, attempt {attempt}:", [check for check in verdict["validity"] if not check["valid"]])
    assert verdict["verdict"] in {"GO", "NO-GO"}
