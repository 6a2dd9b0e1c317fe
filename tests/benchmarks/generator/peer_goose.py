"""Goose, a peer in Rust (Apache-2.0): a small load test of ours, which has a row once it is built.

``cargo build --release`` in goose/. Its users are closed ones, each with a client and a connection of its own.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from tests.benchmarks.generator.journeys import CART, CHECKOUT
from tests.benchmarks.generator.latency import Latency, percentile

_PROJECT = Path(__file__).with_name("goose")
_BINARY = "target/release/goose-journey"


def version(project: Path = _PROJECT) -> str | None:
    """Goose's version, from the lock file; None when the load test is not built."""
    if not (project / _BINARY).exists():
        return None
    found = re.search(r'name = "goose"\nversion = "([^"]+)"', (project / "Cargo.lock").read_text())
    return found[1] if found else "?"


def command(folder: Path, url: str, seconds: float, users: int) -> list[str]:
    """So many users at once, without think time; its report is written as JSON."""
    load = ["--users", str(users), "--increase-rate", str(users), "--run-time", f"{seconds:.0f}s"]
    quiet = ["--no-telnet", "--no-print-metrics", "--quiet"]
    return [str(_PROJECT / _BINARY), "--host", url, *load, *quiet, "--report-file", str(folder / "goose.json")]


def environment(ca: Path) -> Mapping[str, str]:
    """Whom it trusts, and the chances of the journey."""
    return {"SSL_CERT_FILE": str(ca), "CART": str(CART), "CHECKOUT": str(CHECKOUT)}


def latency(folder: Path) -> Latency:
    """From its report, which counts how many requests took so many microseconds, in steps of at most 1/64."""
    requests = json.loads((folder / "goose.json").read_text())["raw_metrics"]["requests"].values()
    times: Counter[float] = Counter()
    for request in requests:
        times.update({float(micros) / 1000: count for micros, count in request["raw_data"]["times_us"].items()})
    errors = sum(request["fail_count"] for request in requests)
    return Latency(percentile(times, 0.5), percentile(times, 0.99), errors)
