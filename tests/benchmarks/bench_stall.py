"""p99 in a server stall of 1.5 s against the analytic one; prints a table.

Run: ``python tests/benchmarks/bench_stall.py``. The server is FIFO with one place. The analytic latencies
are Lindley's recursion (Lindley 1952, 'The theory of queues with a single server') over the very
arrivals of the run, with the server's capacity measured in the same run: the pace at which it worked off
what the stall had left, and the base latency of a quiet moment.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from surgeproof.launch.clock import LaunchClock
from surgeproof.load.process import LoadProcess
from surgeproof.load.run_config import RunConfig
from tests.load.conftest import LOCUSTFILE, PLAN, ROOT

STALL = 1.5
SECONDS = 20.0
SERVICE = 0.004
"""Asked of the server, real seconds; what it really takes is measured."""
SERVER = (
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


def run(url: str, rate: float, folder: Path) -> Outcome:
    """Drive one product view an arrival at ``rate``, and stall the server in the middle."""
    folder.mkdir()
    plan = folder / "plan.yaml"
    plan.write_text(PLAN.format(half=SECONDS / 2, rate=rate, mix="{glance: 1}", timeout=10), encoding="utf-8")
    process = LoadProcess(LOCUSTFILE)
    try:
        process.start(RunConfig(plan=plan, host=url, folder=folder, seed=1, run_id="stall", wait_for_start=True), ROOT)
        process.wait_ready()
        clock = LaunchClock(speed=1, started_at=time.monotonic() + 0.5, curve_start=datetime.now(UTC))
        process.begin(clock)
        time.sleep(max(0.0, clock.monotonic(SECONDS * 0.4) - time.monotonic()))
        with urllib.request.urlopen(f"{url}/stall/{STALL}", timeout=5) as answer:  # noqa: S310 -- http on loopback
            until = clock.launch_seconds(json.load(answer)["until"])
        result = process.wait(timeout=SECONDS + 30)
    finally:
        process.stop()
    with np.load(folder / "samples.npz") as files:
        rows = np.sort(files["samples"], order="due_at")
    if not rows["ok"].all():
        raise RuntimeError(f"requests failed: {result.failures}")
    service, base = measure(rows, until)
    expected = lindley(rows["due_at"], service, until) + base
    return Outcome(rate, 1 / service, rows["latency"].astype(float), expected, result.workers[0].lag_p99_ms / 1000)


def measure(rows: NDArray[Any], until: float) -> tuple[float, float]:
    """Service time, and base latency besides it, real seconds."""
    stalled = rows[(rows["due_at"] > until - STALL) & (rows["due_at"] < until)]
    ends = np.sort(stalled["due_at"] + stalled["latency"])
    service = float((ends[-1] - ends[0]) / (len(ends) - 1))
    quiet = rows["latency"][rows["due_at"] < until - STALL - 0.5]
    return service, max(0.0, float(np.percentile(quiet, 10)) - service)


def lindley(due: NDArray[np.float64], service: float, until: float) -> NDArray[np.float64]:
    """Latency of each arrival at a FIFO server that starts nothing from ``until - STALL`` to ``until``."""
    free, found = 0.0, np.empty(len(due))
    for number, at in enumerate(due.tolist()):
        begin = max(at, free)
        if until - STALL <= begin < until:
            begin = until
        free = begin + service
        found[number] = free - at
    return found


def main() -> None:
    """Print the table."""
    table = Table(*("arrivals/s", "of capacity", "requests", "percentile", "measured ms", "analytic ms", "difference"))
    for column in table.columns:
        column.no_wrap = True
    table.title = f"A stall of {STALL} s in {SECONDS:g} s, one FIFO server"
    with tempfile.TemporaryDirectory() as folder:
        for number, share in enumerate((0.1, 0.5)):
            server = subprocess.Popen(
                [sys.executable, "-c", SERVER], cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
            with server:
                if server.stdin is None or server.stdout is None:
                    raise RuntimeError("no pipes")
                outcome = run(server.stdout.readline().strip(), share / SERVICE, Path(folder) / str(number))
                server.stdin.close()
            for percent in (99.0, 99.9):
                measured, analytic = (
                    float(np.percentile(each, percent)) * 1000 for each in (outcome.measured, outcome.analytic)
                )
                table.add_row(
                    f"{outcome.rate:.0f}",
                    f"{outcome.rate / outcome.capacity:.0%} of {outcome.capacity:.0f}/s",
                    str(len(outcome.measured)),
                    f"p{percent:g}",
                    f"{measured:.0f}",
                    f"{analytic:.0f}",
                    f"{measured / analytic - 1:+.1%}",
                )
            table.caption = f"Scheduling lag p99 {outcome.lag_p99 * 1000:.1f} ms in the last run. Wanted: within 5 %."
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
