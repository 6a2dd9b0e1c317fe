"""Rehearsals as a user starts them: the command in a process of its own, and a look at what it leaves behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

ROOT = Path(__file__).parents[2]
SMOKE = "loadtests/plans/smoke.yaml"
MARK = "SURGEPROOF_TEST_MARK"


def _line(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline() if process.status() != psutil.STATUS_ZOMBIE else []
    except psutil.Error:
        return []


@dataclass
class Command:
    """`surgeproof ...` started; found again by a mark in its environment, which its children inherit."""

    arguments: tuple[str, ...]
    temporary: Path
    told_in: Path
    mark: str = field(default_factory=lambda: uuid.uuid4().hex)
    process: subprocess.Popen[str] | None = None
    seen: set[psutil.Process] = field(default_factory=set)

    def start(self, *prefix: str) -> Command:
        env = {**os.environ, MARK: self.mark, "TMPDIR": str(self.temporary), "CI": "true", "COLUMNS": "200"}
        with (self.told_in / f"{self.mark}.err").open("w") as errors:
            self.process = subprocess.Popen(
                [*prefix, sys.executable, "-m", "surgeproof", *self.arguments],
                cwd=ROOT,
                env=env,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                start_new_session=True,
            )
        return self

    @property
    def errors(self) -> str:
        return (self.told_in / f"{self.mark}.err").read_text()

    def wait(self, timeout: float = 300.0) -> tuple[int, str]:
        assert self.process is not None
        out, _ = self.process.communicate(timeout=timeout)
        return self.process.returncode, out

    def send(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.descendants()
        os.kill(self.process.pid, number)

    def descendants(self) -> list[psutil.Process]:
        """All that runs under the command now; remembered, to be looked for when the command is gone."""
        assert self.process is not None
        try:
            found = psutil.Process(self.process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []
        self.seen.update(found)
        return found

    def load_pids(self) -> list[int]:
        """Locust's processes: master and workers, or the only one."""
        return sorted(each.pid for each in self.descendants() if "--run-config" in each.cmdline())

    def processes(self) -> dict[int, str]:
        """Pid to command line of what still runs: what was seen under the command, and all that carries the mark."""
        found = {each.pid: " ".join(_line(each)) for each in self.seen if each.is_running() and _line(each)}
        for folder in Path("/proc").iterdir():
            if not folder.name.isdigit():
                continue
            try:
                if self.mark.encode() in (folder / "environ").read_bytes():
                    found[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
        return found

    def wait_for(self, words: str, timeout: float = 90.0) -> None:
        """Until the command has said something."""
        give_up = time.monotonic() + timeout
        while words not in self.errors:
            assert self.process is not None
            assert self.process.poll() is None, self.errors
            assert time.monotonic() < give_up, self.errors
            time.sleep(0.05)
        self.descendants()

    def assert_nothing_left(self, within: float = 10.0) -> None:
        give_up = time.monotonic() + within
        while self.processes() and time.monotonic() < give_up:
            time.sleep(0.1)
        assert self.processes() == {}
        left = list(self.temporary.iterdir())
        while left and time.monotonic() < give_up:
            time.sleep(0.1)
            left = list(self.temporary.iterdir())
        assert left == []


@pytest.fixture
def surgeproof(tmp_path: Path):
    """Start commands; whatever is still running at the end of the test is ended by its pid."""
    started: list[Command] = []

    def start(*arguments: str, prefix: tuple[str, ...] = ()) -> Command:
        # Short, as a user's is: the path of a socket has to fit.
        temporary = Path(tempfile.mkdtemp(prefix="t", dir="/tmp"))
        command = Command(arguments, temporary, tmp_path).start(*prefix)
        started.append(command)
        return command

    yield start
    for command in started:
        if command.process is not None:
            command.process.kill()
            command.process.communicate()
        for pid in command.processes():
            os.kill(pid, signal.SIGKILL)
        shutil.rmtree(command.temporary, ignore_errors=True)


@pytest.fixture
def judged(surgeproof, tmp_path: Path):
    """Run to the verdict; once more when it is INVALID, which a busy machine may cause, and say so."""

    def run(*arguments: str, timeout: float = 300.0) -> dict[str, Any]:
        for attempt in (1, 2):
            out = tmp_path / f"evidence{attempt}"
            command = surgeproof(*arguments, "--out", str(out), "--json")
            code, text = command.wait(timeout)
            assert code in {0, 1, 3}, command.errors
            verdict = json.loads(text)
            assert verdict["exit_code"] == code
            command.assert_nothing_left()
            if verdict["verdict"] != "INVALID":
                return verdict
            print(f"INVALID, attempt {attempt}:", [check for check in verdict["validity"] if not check["valid"]])
        raise AssertionError(f"INVALID twice: {command.errors}")

    return run
