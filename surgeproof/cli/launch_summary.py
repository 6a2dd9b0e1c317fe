"""What `surgeproof launch show` tells of a plan: arrivals, peak, steepest ramp, expected orders, gates, pre-warm."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np

from surgeproof.launch.curve import Curve
from surgeproof.launch.gates import EVERY, Gate
from surgeproof.launch.plan import LaunchPlan, TracedCurve
from surgeproof.load.sketch import Sketch

_WINDOWS = (60, 300, 900, 1800, 3600)
"""Windows of the steepest ramps, launch seconds: those that published traces are measured in."""


def expected_by_phase(plan: LaunchPlan, curve: Curve, sketch: Sketch) -> list[dict[str, float]]:
    """Expected arrivals, requests and orders of the arrivals of each phase, at speed 1 and scale 1.

    A visitor's order counts in the phase in which the visitor came, when it is placed before the curve ends.
    """
    rows = sketch.rows
    steps = [step.name for step in sketch.steps]
    is_order = np.isin(rows["step"], [k for k, name in enumerate(steps) if name == plan.journeys.order_step])
    told = [{"arrivals": curve.count(phase.start, phase.end), "requests": 0.0, "orders": 0.0} for phase in curve.phases]
    for kind, name in enumerate(sketch.journeys):
        mine = rows["journey"] == kind
        number = len(np.unique(rows["number"][mine]))
        orders = rows[mine & is_order]
        # A journey orders once, with its first accepted checkout
        _, first = np.unique(orders["number"], return_index=True)
        delays = orders["delay"][first].astype(float)
        for phase, figures in zip(curve.phases, told, strict=True):
            share = phase.mix.get(name, 0.0)
            last = np.clip(curve.duration - delays, phase.start, phase.end)
            placed = float((curve.integral(last) - curve.integral(phase.start)).sum()) / number
            figures["requests"] += share * figures["arrivals"] * mine.sum() / number
            figures["orders"] += share * placed
    return told


def steepest_ramps(curve: Curve) -> list[dict[str, float]]:
    """The steepest ramp within each of the usual windows that the curve is long enough for."""
    ramps = ((window, curve.steepest(window)) for window in _WINDOWS)
    return [
        {"window_s": window, "ratio": round(ramp.ratio, 4), "start_s": ramp.start} for window, ramp in ramps if ramp
    ]


def gate_words(gate: Gate) -> str:
    """A gate as people say it: ``p95 of checkout at most 1.2 s in surge, peak, hold``."""
    figure = gate.metric.replace("_", " ")
    if gate.step != EVERY:
        figure += f" of {gate.step}"
    elif gate.quantile is not None:
        figure += " of all requests"
    if gate.service:
        figure += f" of {gate.service}"
    words = {"orders": "of expected", "tasks": "of max_tasks"}.get(gate.metric, "")
    limit = f"{gate.limit:.4g} s" if gate.quantile is not None or gate.metric in {"queue_age", "shortfall"} else ""
    limit = limit or f"{gate.limit:.4%}".replace("0000%", "").replace("00%", "").rstrip("%").rstrip(".") + " %"
    where = "in every phase" if gate.phases == (EVERY,) else f"in {', '.join(gate.phases)}"
    bound = "at least" if gate.metric == "orders" else "at most"
    return " ".join(part for part in (figure, bound, limit, words, where) if part)


def summary(plan: LaunchPlan, curve: Curve, sketch: Sketch | None, *, speed: float, scale: float) -> dict[str, Any]:
    """All of it as plain data, for ``--json`` and for the terminal."""
    told = expected_by_phase(plan, curve, sketch) if sketch else None
    arrivals = curve.count(0, curve.duration)
    phases = [
        {
            "name": phase.name,
            "kind": phase.kind,
            "start_s": phase.start,
            "end_s": phase.end,
            "start": (curve.start + timedelta(seconds=phase.start)).isoformat(),
            "peak_rate": float(
                np.append(curve.rates[_within(curve, phase.start, phase.end)], curve.rate(phase.start)).max()
            ),
            "arrivals": round(curve.count(phase.start, phase.end), 1),
            "expected_orders": round(told[number]["orders"], 1) if told else None,
            "mix": phase.mix,
        }
        for number, phase in enumerate(curve.phases)
    ]
    record = plan.curve.record if isinstance(plan.curve, TracedCurve) else None
    return {
        "name": plan.name,
        "launch": plan.launch.moment.isoformat(),
        "curve_start": curve.start.isoformat(),
        "duration_s": curve.duration,
        "arrivals": round(arrivals, 1),
        "peak_rate": curve.peak,
        "steepest": steepest_ramps(curve),
        "expected_orders": round(sum(each["orders"] for each in told), 1) if told else None,
        "expected_requests": round(sum(each["requests"] for each in told), 1) if told else None,
        "run": {
            "speed": speed,
            "scale": scale,
            "real_s": curve.duration / speed,
            "arrivals": round(arrivals * scale / speed, 1),
            "peak_rate": curve.peak * scale,
            "expected_orders": round(sum(each["orders"] for each in told) * scale / speed, 1) if told else None,
        },
        "phases": phases,
        "prewarm": plan.prewarm.model_dump(mode="json"),
        "gates": [
            {**gate.model_dump(mode="json", exclude_none=True), "words": gate_words(gate)} for gate in plan.gates
        ],
        "trace": record
        and {
            "first": record.first,
            "growth": record.growth,
            "interval_s": record.interval,
            "notes": list(record.notes),
        },
        "knots": {"times_s": curve.times.tolist(), "rates": curve.rates.tolist()},
    }


def _within(curve: Curve, start: float, end: float) -> slice:
    first, last = np.searchsorted(curve.times, (start + 0.01, end + 0.0005))
    return slice(int(first), int(last))
