"""Generators that are no part of this project, for comparison where they are installed: wrk and vegeta."""

from __future__ import annotations

import base64
import json
import random
import re
from pathlib import Path

from tests.benchmarks.generator.journeys import CART, CHECKOUT
from tests.benchmarks.generator.latency import Latency

_WRK = f"""\
local step, requests, json = 0, {{}}, {{["Content-Type"] = "application/json"}}
function request()
  step = step + 1
  if step == 1 then return wrk.format("GET", "/") end
  if step == 2 then return wrk.format("GET", "/products?page=" .. math.random(20)) end
  if step == 3 then return wrk.format("GET", "/products/" .. math.random(500)) end
  if step == 4 then
    if math.random() >= {CART} then step = 0 end
    return wrk.format("GET", "/products/" .. math.random(500))
  end
  if step == 5 then
    if math.random() >= {CHECKOUT} then step = 0 end
    return wrk.format("POST", "/cart", json, '{{"product_id":7,"qty":1}}')
  end
  step = 0
  return wrk.format("POST", "/checkout", json, '{{"cart_id":"c-1"}}')
end
"""


def wrk(folder: Path, url: str, seconds: float, connections: int) -> list[str]:
    """One thread; the script walks the journeys one after another over all connections."""
    script = folder / "journey.lua"
    script.write_text(_WRK)
    load = ["-t", "1", "-c", str(connections), "-d", f"{seconds:.0f}s", "--latency"]
    return ["wrk", *load, "-s", str(script), url]


def of_wrk(out: str) -> Latency:
    """From its report."""
    units = {"us": 0.001, "ms": 1.0, "s": 1000.0}

    def percentile(percent: int) -> float:
        found = re.search(rf"{percent}% +([0-9.]+)(us|ms|s)", out)
        if found is None:
            raise RuntimeError(f"wrk did not say its p{percent}: {out}")
        return float(found[1]) * units[found[2]]

    wrong = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    return Latency(percentile(50), percentile(99), int(wrong[1]) if wrong else 0)


def vegeta(folder: Path, url: str, ca: Path, seconds: float, connections: int) -> list[str]:
    """As fast as so many workers go; 5,000 drawn journeys, again and again."""
    draw = random.Random(1)
    lines = []

    def add(method: str, path: str, body: object = None) -> None:
        target: dict[str, object] = {"method": method, "url": url + path}
        if body is not None:
            target["body"] = base64.b64encode(json.dumps(body).encode()).decode()
            target["header"] = {"Content-Type": ["application/json"]}
        lines.append(json.dumps(target))

    for _ in range(5000):
        add("GET", "/")
        add("GET", f"/products?page={draw.randint(1, 20)}")
        for _ in (1, 2):
            add("GET", f"/products/{draw.randint(1, 500)}")
        if draw.random() < CART:
            add("POST", "/cart", {"product_id": 7, "qty": 1})
            if draw.random() < CHECKOUT:
                add("POST", "/checkout", {"cart_id": "c-1"})
    targets = folder / "targets.json"
    targets.write_text("\n".join(lines))
    workers = ["-rate", "0", "-workers", str(connections), "-max-workers", str(connections)]
    attack = f"vegeta attack -format json -targets {targets} -root-certs {ca} {' '.join(workers)}"
    report = f"vegeta report -type json -output {folder / 'vegeta.json'}"
    return ["sh", "-c", f"{attack} -duration {seconds:.0f}s | {report}"]


def of_vegeta(folder: Path) -> Latency:
    """From its report, which is in nanoseconds."""
    report = json.loads((folder / "vegeta.json").read_text())
    wrong = sum(count for status, count in report["status_codes"].items() if not status.startswith("2"))
    return Latency(report["latencies"]["50th"] / 1e6, report["latencies"]["99th"] / 1e6, wrong)
