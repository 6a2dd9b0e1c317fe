"""A server that stalls while arrivals go on, and the latencies that each of them must have had.

The server is FIFO with one place. The analytic latencies are Lindley's recursion (Lindley 1952, 'The theory of queues
with a single server') over the very arrivals of the run, with the server's capacity measured in the same run: the pace
at which it worked off what the stall had left, and the base latency of a quiet moment.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surgeproof.launch.clock import LaunchClock
from surgeproof.load.process import LoadProcess
from surgeproof.load.run_config import RunConfig
from tests.load.conftest import LOCUSTFILE, PLAN, ROOT

STALL = 1.5
SECONDS = 20.0
SERVICE = 0.004
"""Asked of the server, real seconds; what it really takes is measured."""
RISE = 1.6
"""A rising rate starts so far below its mean as it ends above it: from 0.4 to 1.6 times."""
_SERVER = (
    "import sys; from tests.load.site import Site\n"
    f"with Site(delay={SERVICE}, one_at_a_time=True) as site:\n"
    "    print(site.url, flush=True); sys.stdin.read()"
)


@dataclass
class Outcome:
    """Of one run; latencies in real seconds."""

    rate: float
    capacity: float
    measured: NDArray[np.float64]
    analytic: NDArray[np.float64]
    lag_p99: float

    def percentile(self, percent: float) -> tuple[float, float]:
        """Measured and analytic."""
        return float(np.percentile(self.measured, percent)), float(np.percentile(self.analytic, percent))


@contextmanager
def fifo_server() -> Generator[str]:
    """The server's URL, in a process of its own."""
    server = subprocess.Popen(
        [sys.executable, "-c", _SERVER], cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with server:
        assert server.stdin is not None
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.stdin.close()


def write_plan(folder: Path, rate: float, seconds: float, *, rising: bool, max_ms: int = 800) -> Path:
    """One product view an arrival, at a rate or around it."""
    text = PLAN.format(half=seconds / 2, rate=rate, mix="{glance: 1}", timeout=10).replace("800ms", f"{max_ms}ms")
    if rising:
        head, _, rest = text.partition("  phases:")
        shape = f"shape: linear, from: {rate * (2 - RISE):g}, to: {rate * RISE:g}"
        phases = f"  phases: [{{name: surge, duration: {seconds:g}s, {shape}}}]\n"
        text = head + phases + rest[rest.index("journeys:") :]
    path = folder / "plan.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def run(url: str, share: float, folder: Path, *, rising: bool = False) -> Outcome:
    """Drive arrivals at a share of the capacity that was asked for, and stall the server in the middle."""
    folder.mkdir()
    rate = share / SERVICE
    plan = write_plan(folder, rate, SECONDS, rising=rising)
    process = LoadProcess(LOCUSTFILE)
    try:
        process.start(RunConfig(plan=plan, host=url, folder=folder, seed=1, run_id="stall", wait_for_start=True), ROOT)
        process.wait_ready()
        clock = LaunchClock(speed=1, started_at=time.monotonic() + 0.5, curve_start=datetime.now(UTC))
        process.begin(clock)
        time.sleep(max(0.0, clock.monotonic(SECONDS * 0.4) - time.monotonic()))
        with urllib.request.urlopen(f"{url}/stall/{STALL}", timeout=5) as answer:  # noqa: S310 - http on loopback
            until = clock.launch_seconds(json.load(answer)["until"])
        result = process.wait(timeout=SECONDS + 30)
    finally:
        process.stop()
    with np.load(folder / "samples.npz") as files:
        rows = np.sort(files["samples"], order="due_at")
    if not rows["ok"].all():
        raise RuntimeError(f"requests failed: {result.failures}")
    service, base = _measure(rows, until)
    expected = _lindley(rows["due_at"], service, until) + base
    return Outcome(rate, 1 / service, rows["latency"].astype(float), expected, result.workers[0].lag_p99_ms / 1000)


def _measure(rows: NDArray[Any], until: float) -> tuple[float, float]:
    """Service time, and base latency besides it, real seconds."""
    stalled = rows[(rows["due_at"] > until - STALL) & (rows["due_at"] < until)]
    ends = np.sort(stalled["due_at"] + stalled["latency"])
    service = float((ends[-1] - ends[0]) / (len(ends) - 1))
    quiet = rows["latency"][rows["due_at"] < until - STALL - 0.5]
    return service, max(0.0, float(np.percentile(quiet, 10)) - service)


def _lindley(due: NDArray[np.float64], service: float, until: float) -> NDArray[np.float64]:
    """Latency of each arrival at a FIFO server that starts nothing from ``until - STALL`` to ``until``."""
    free, found = 0.0, np.empty(len(due))
    for number, at in enumerate(due.tolist()):
        begin = max(at, free)
        if until - STALL <= begin < until:
            begin = until
        free = begin + service
        found[number] = free - at
    return found
