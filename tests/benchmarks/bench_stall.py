"""p99 in a server stall of 1.5 s against the analytic one; prints a table.

Run: ``python tests/benchmarks/bench_stall.py`` (two minutes). How the analytic latencies are made stands in
tests/load/stalling.py.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.load.stalling import SECONDS, STALL, fifo_server, run


def main() -> None:
    """Print the table."""
    columns = (
        "rate",
        "arrivals/s",
        "of capacity",
        "requests",
        "percentile",
        "measured ms",
        "analytic ms",
        "difference",
    )
    table = Table(*columns)
    for column in table.columns:
        column.no_wrap = True
    table.title = f"A stall of {STALL} s in {SECONDS:g} s, one FIFO server"
    lag = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for share in (0.1, 0.5):
            for rising in (False, True):
                with fifo_server() as url:
                    outcome = run(url, share, Path(folder) / f"{share}-{rising}", rising=rising)
                lag = max(lag, outcome.lag_p99)
                for percent in (99.0, 99.9):
                    measured, analytic = (value * 1000 for value in outcome.percentile(percent))
                    table.add_row(
                        "rising" if rising else "constant",
                        f"{outcome.rate:.0f}",
                        f"{outcome.rate / outcome.capacity:.0%} of {outcome.capacity:.0f}/s",
                        str(len(outcome.measured)),
                        f"p{percent:g}",
                        f"{measured:.0f}",
                        f"{analytic:.0f}",
                        f"{measured / analytic - 1:+.1%}",
                    )
    table.caption = f"Scheduling lag p99 {lag * 1000:.1f} ms at most. Wanted: within 5 %."
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
