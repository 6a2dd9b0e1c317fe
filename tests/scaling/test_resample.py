"""Replays over several processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from surgeproof.scaling.errors import ReplayError
from surgeproof.scaling.resample import resample
from tests.scaling.launches import curve_of
from tests.scaling.test_replay import inputs

CURVE = curve_of((0, 30), (600, 30))


def test_processes_give_what_one_gives_in_the_order_of_the_seeds():
    made = inputs(CURVE, [(0, 2)])
    told: list[int] = []
    several = resample(made, [5, 6, 7], processes=2, on_done=told.append)
    assert several == resample(made, [5, 6, 7], processes=1)
    assert told == [1, 2, 3]


def test_an_error_in_a_process_is_told_as_itself():
    with pytest.raises(ReplayError, match="unknown balancing"):
        resample(inputs(CURVE, [(0, 1)], balancing="round-robin"), [1, 2], processes=2)


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def test_processes_end_with_their_parent():
    root = Path(__file__).resolve().parents[2]
    program = textwrap.dedent("""
        from surgeproof.scaling.resample import resample
        from tests.scaling.launches import curve_of
        from tests.scaling.test_replay import inputs
        resample(inputs(curve_of((0, 200), (6000, 200)), [(0, 10)]), range(50), processes=2)
    """)
    parent = subprocess.Popen([sys.executable, "-c", program], cwd=root)
    try:
        deadline = time.monotonic() + 60
        while len(children := children_of(parent.pid)) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        os.kill(parent.pid, signal.SIGKILL)
        parent.wait()
    deadline = time.monotonic() + 10
    while any(alive(child) for child in children):
        assert time.monotonic() < deadline, "a replay process outlived its parent"
        time.sleep(0.05)
