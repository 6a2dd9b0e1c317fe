"""The launch plan of our rows: so many closed users that arrive within a second, or arrivals at a rate.

The rate rises to its level within two seconds. At full rate from the first moment, each of the first arrivals would
open a connection before any is free again, thousands of them, and none of the contenders starts so.
"""

from __future__ import annotations

from pathlib import Path

from surgeproof.launch.arrivals import draw_arrivals
from surgeproof.launch.curve import compile_curve
from surgeproof.launch.plan import load_plan

_PLAN = """\
name: generator
launch: {{date: 2027-03-20, time: "10:00", zone: Europe/Paris}}
curve:
  phases: [{phases}]
journeys:
  mix: {{{journey}: 1}}
  think_time: {{mu: -3, sigma: 0.5, max: 1s}}
  order_step: checkout
  request_timeout: 10s
catalogue: {{products: 50, hero_sku: SERUM-001, hero_share: 0.2, zipf: 0.9, hero_stock: 1000, stock: 100}}
gates: [{{phase: "*", metric: p95, max: 800ms}}]
prewarm: {{enabled: false, lead: 0s, release: 0s, tasks: {{}}}}
"""


def write(folder: Path, seconds: float, *, users: int | None, rate: float) -> tuple[Path, int]:
    """Write the plan; returns its path, and a seed (for closed users one that draws exactly so many)."""
    path = folder / "plan.yaml"
    if users is None:
        rise = f"{{name: surge, duration: 2s, shape: linear, from: 0, to: {rate:g}}}"
        path.write_text(_PLAN.format(phases=f"{rise}, {_phase('peak', seconds - 2, rate)}", journey="shop"))
        return path, 1
    phases = f"{_phase('warm-up', 1, users)}, {_phase('hold', seconds, 0)}"
    path.write_text(_PLAN.format(phases=phases, journey="shop_on"))
    curve = compile_curve(load_plan(path, {}))
    return path, next(seed for seed in range(1000) if len(draw_arrivals(curve, seed=seed, speed=1)) == users)


def _phase(name: str, seconds: float, rate: float) -> str:
    return f"{{name: {name}, duration: {seconds:g}s, rate: {rate:g}}}"
