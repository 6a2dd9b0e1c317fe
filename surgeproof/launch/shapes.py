"""Shapes: the piecewise linear knots of one phase of a plan."""

from __future__ import annotations

import math

from surgeproof.launch.errors import PlanError
from surgeproof.launch.phases import PhaseSpec

_CHORD = 0.05
"""Growth (natural logarithm) from knot to knot of an exponential: a chord is then at most 0.05²/8 = 0.03 % high."""

Knots = list[tuple[float, float]]
"""(launch second, arrivals per second)."""


def shape_knots(spec: PhaseSpec, at: float, before: float) -> Knots:
    """Knots of one phase; two at one time are a jump.

    Args:
        spec: The phase.
        at: Launch second of its start.
        before: Rate at the end of the phase before it.

    Raises:
        PlanError: When an exponential would start at 0.
    """
    end = at + spec.duration
    start = before if spec.start_rate is None else spec.start_rate
    to = spec.to or 0.0
    if spec.shape == "constant":
        rate = spec.rate or 0.0
        return [(at, rate), (end, rate)]
    if spec.shape == "linear":
        return [(at, start), (end, to)]
    if spec.shape == "exponential":
        if start <= 0:
            problem = f"phase {spec.name} grows exponentially from 0"
            raise PlanError(problem, field="curve.phases", fix="Add from, a rate above 0, or use linear")
        growth = math.log(to / start)
        pieces = max(1, math.ceil(abs(growth) / _CHORD))
        inner = [(at + spec.duration * k / pieces, start * math.exp(growth * k / pieces)) for k in range(pieces)]
        return [*inner, (end, to)]
    if spec.shape == "step":
        stairs = [
            (at + spec.duration * k / spec.steps, start + (to - start) * (k + 1) / spec.steps)
            for k in range(spec.steps)
        ]
        tops = [(at + spec.duration * (k + 1) / spec.steps, rate) for k, (_, rate) in enumerate(stairs)]
        return [knot for pair in zip(stairs, tops, strict=True) for knot in pair]
    rise = at + spec.after
    top = rise + (spec.rise or 0.0)
    return [(at, start), (rise, start), (top, to), (top + (spec.fall or 0.0), start), (end, start)]
