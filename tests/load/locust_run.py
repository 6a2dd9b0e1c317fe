"""Locust as a process of its own, with our locustfile or another, and what it left behind."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from surgeproof.launch.records import LoadResult

ROOT = Path(__file__).resolve().parents[2]
LOCUSTFILE = ROOT / "loadtests" / "locustfile.py"
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start Locust; whatever is left of its session in the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def run(*options: str, locustfile: Path = LOCUSTFILE) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "locust", "-f", str(locustfile), "--only-summary", *options]
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def master_options() -> list[str]:
    """For ``--processes``: a port of this test's own."""
    port = str(free_port())
    return [
        *("--master-bind-host", "127.0.0.1", "--master-bind-port", port),
        *("--master-host", "127.0.0.1", "--master-port", port),
    ]


def result_in(folder: Path) -> LoadResult:
    return LoadResult.model_validate_json((folder / "result.json").read_text(encoding="utf-8"))


def requests_in(result: LoadResult) -> int:
    """All but failed checks, which are no requests of their own."""
    return sum(count for status, count in result.status_counts.items() if status != "check")


def csv_total(prefix: Path) -> dict[str, str]:
    """The line of Locust's CSV that counts all requests."""
    with prefix.with_name(f"{prefix.name}_stats.csv").open() as file:
        return next(row for row in csv.DictReader(file) if row["Name"] == "Aggregated")


def progress(folder: Path) -> list[dict[str, Any]]:
    path = folder / "progress.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def wait_for(condition: Callable[[], Any], seconds: float = 20) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("it did not come")
