"""Load generators on one static target, each on one core; prints Markdown tables.

Run: ``python tests/benchmarks/generator``, on Linux with two cores or more, nginx installed
(``apt-get install nginx-light``). wrk, vegeta, Goose, Gatling and Artillery are rows where they are installed. nginx
answers from memory on one core, the generator runs on another; requests are counted at nginx, CPU by the kernel.
Windows in which others used more than 10 % of either core are left out where there are quiet ones.
"""

from __future__ import annotations

import argparse
import platform
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from tests.benchmarks.generator import target as nginx
from tests.benchmarks.generator.contenders import Job, contenders
from tests.benchmarks.generator.machine import wait_for_quiet
from tests.benchmarks.generator.measuring import AFTER, BUSY, REQUESTS_A_JOURNEY, WINDOW, Reading, measure
from tests.benchmarks.generator.report import HEAD, markdown, ratios, rows

CORE, SERVER_CORE = 0, 1
OPEN_SHARE = 0.6
"""The open row's arrivals: this share of what the closed row did, so that the generator has time to spare."""
_FIRST_RATE = 500.0
"""Journeys a second of the open row when there is no closed one."""


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", action="append", default=[], help="contenders whose name has this; repeatable")
    parser.add_argument("--target", choices=("plain", "TLS"), action="append", default=[])
    parser.add_argument("--patience", type=float, default=0, help="seconds to wait for quiet cores before each run")
    parser.add_argument("--rate", type=float, help="journeys a second of the open row")
    return parser.parse_args()


def main() -> int:
    """Measure, and print."""
    options = arguments()
    if nginx.version() is None:
        sys.stderr.write("nginx is not installed: apt-get install nginx-light\n")
        return 2
    chosen = [each for each in contenders() if not options.only or any(word in each.name for word in options.only)]
    for absent in (each for each in chosen if each.version is None):
        sys.stderr.write(f"{absent.name} is not installed: no row\n")
    chosen = [each for each in chosen if each.version is not None]
    readings: dict[tuple[str, str], list[Reading]] = {}
    rates: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        with nginx.running(folder, core=SERVER_CORE) as target:
            for number in range(options.rounds):
                for kind in options.target or ["plain", "TLS"]:
                    for contender in chosen:
                        rate = options.rate or rates.get(kind, _FIRST_RATE)
                        seconds = contender.warm_up + WINDOW + AFTER
                        job = _job(kind, target, folder / f"{number}-{kind}-{contender.name}", seconds, rate)
                        wait_for_quiet(BUSY, options.patience)
                        reading = measure(contender, job, target, core=CORE, server_core=SERVER_CORE)
                        readings.setdefault((contender.name, kind), []).append(reading)
                        if contender.name == "surgeproof, closed":
                            rates[kind] = OPEN_SHARE * reading.requests_per_second / REQUESTS_A_JOURNEY
                        sys.stderr.write(f"{number} {kind} {contender.name}: {reading}\n")
    print(f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, Python {platform.python_version()}, ", end="")
    print(f"nginx {nginx.version()}, Linux {platform.release()}\n")
    print(markdown(HEAD, rows(chosen, readings)), end="\n\n")
    print(markdown(("ours", "peer", "target", "requests a CPU second", "requests/s"), ratios(chosen, readings)))
    return 0


def _job(kind: str, target: nginx.Target, folder: Path, seconds: float, rate: float) -> Job:
    folder.mkdir()
    return Job(
        url=target.tls if kind == "TLS" else target.plain,
        ca=target.ca,
        folder=folder,
        seconds=seconds,
        rate=rate,
    )


if __name__ == "__main__":
    sys.exit(main())
