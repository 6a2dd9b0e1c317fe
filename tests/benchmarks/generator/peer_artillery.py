"""Artillery, a peer on Node.js (MPL-2.0): has a row where it is on the path, or installed in artillery/.

``npm ci --ignore-scripts`` there. Its users are open arrivals by nature: so many arrive in the first second, and each
walks the journey again and again, with a connection of its own, as closed users do.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.benchmarks.generator.journeys import CART, CHECKOUT
from tests.benchmarks.generator.latency import Latency

_PROJECT = Path(__file__).with_name("artillery")


def program(project: Path = _PROJECT) -> str | None:
    """Where it is; the one of the lock file first."""
    installed = project / "node_modules/.bin/artillery"
    return str(installed) if installed.exists() and shutil.which("node") else shutil.which("artillery")


def version(project: Path = _PROJECT) -> str | None:
    """Its version; None when it is not installed."""
    path = program(project)
    if path is None:
        return None
    quiet = {"ARTILLERY_DISABLE_TELEMETRY": "true"}
    done = subprocess.run([path, "version"], capture_output=True, text=True, check=False, env={**os.environ, **quiet})
    found = re.search(r"Artillery: *(\S+)", done.stdout)
    return found[1] if found else "?"


def command(folder: Path, url: str, users: int) -> list[str]:
    """So many users within a second, until their time is over; its report is written as JSON."""
    get = [{"get": {"url": url}} for url in ("/", "/products?page={{ $randomNumber(1, 20) }}")]
    product = {"get": {"url": "/products/{{ $randomNumber(1, 500) }}"}}
    cart = {"url": "/cart", "json": {"product_id": 7, "qty": 1}, "ifTrue": "carts"}
    checkout = {"url": "/checkout", "json": {"cart_id": "c-1"}, "ifTrue": "checksOut"}
    journey = [*get, product, product, {"post": cart}, {"post": checkout}]
    scenario = {
        "config": {
            "target": url,
            "processor": str(_PROJECT / "journey.js"),
            "phases": [{"duration": 1, "arrivalCount": users}],
        },
        "scenarios": [{"flow": [{"loop": journey, "whileTrue": "unfinished"}]}],
    }
    path = folder / "artillery.yaml"
    path.write_text(json.dumps(scenario, indent=1))
    return [program() or "artillery", "run", "--quiet", "--output", str(folder / "artillery.json"), str(path)]


def environment(ca: Path, seconds: float) -> Mapping[str, str]:
    """Whom it trusts, the chances of the journey, how long its users walk, and that it tells nobody."""
    return {
        "NODE_EXTRA_CA_CERTS": str(ca),
        "CART": str(CART),
        "CHECKOUT": str(CHECKOUT),
        "BENCHMARK_SECONDS": str(seconds),
        "ARTILLERY_DISABLE_TELEMETRY": "true",
    }


def latency(folder: Path) -> Latency:
    """From its report: what had no answer, and answers other than 2xx, are errors.

    Raises:
        RuntimeError: Nothing was answered.
    """
    report = json.loads((folder / "artillery.json").read_text())["aggregate"]
    wrong = {
        name: count
        for name, count in report["counters"].items()
        if name.startswith("errors.") or (name.startswith("http.codes.") and not name.startswith("http.codes.2"))
    }
    times = report["summaries"].get("http.response_time")
    if times is None:
        raise RuntimeError(f"Artillery had no answer: {wrong}")
    return Latency(times["p50"], times["p99"], sum(wrong.values()))
