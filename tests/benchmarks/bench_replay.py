"""How long a replay takes: one of 350,000 requests, and 20 resamples of 220,000 over 2 processes.

Run it: ``python tests/benchmarks/bench_replay.py``. The budgets are 5 s and 15 s on 2 cores.
"""

from __future__ import annotations

import pickle
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from surgeproof.scaling.replay import replay
from surgeproof.scaling.replay_inputs import ReplayInputs
from surgeproof.scaling.resample import resample
from surgeproof.scaling.twin import simulate
from tests.scaling.launches import DEMAND, SHARE, autoscaler_of, browsing, inputs_of, launch_curve

RESAMPLES = 20


def inputs(peak: float) -> ReplayInputs:
    """What a run at speed 30 of 70 launch minutes leaves behind."""
    curve = launch_curve(peak=peak, base=peak / 3.5)
    run = simulate(curve, browsing(), DEMAND, SHARE, autoscaler_of(curve), seed=1, speed=30.0, timeout=10.0)
    return inputs_of(run, curve, timeout=10.0)


def main() -> int:
    """Measure and print."""
    table = Table(title="Replay at speed 1, least-connections")
    for column in ("what", "requests", "seconds", "µs a request", "budget s"):
        table.add_column(column, justify="left" if column == "what" else "right")
    large, usual = inputs(peak=36.5), inputs(peak=23.0)
    started = time.perf_counter()
    found = replay(large, seed=1)
    took = time.perf_counter() - started
    count = sum(h.count for h in found if h.step == "*")
    table.add_row("one replay", f"{count:,}", f"{took:.2f}", f"{took / count * 1e6:.1f}", "5")
    for processes in (2, 1):
        started = time.perf_counter()
        runs = resample(usual, range(RESAMPLES), processes=processes)
        took = time.perf_counter() - started
        count = sum(h.count for run in runs for h in run if h.step == "*")
        name = f"{RESAMPLES} resamples, {processes} process{'es' if processes > 1 else ''}"
        budget = "15" if processes == 2 else ""
        table.add_row(name, f"{count:,}", f"{took:.2f}", f"{took / count * 1e6:.1f}", budget)
    console = Console()
    console.print(table)
    console.print(f"inputs of a run, pickled: {len(pickle.dumps(large)) / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
