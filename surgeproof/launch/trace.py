"""A real day as the curve of a plan: ``trace_plan`` puts a history in the place of the plan's phases."""

from __future__ import annotations

import math
from collections.abc import Set as AbstractSet
from pathlib import Path

import numpy as np
from pydantic import ValidationError

from surgeproof.launch.curve import compile_curve
from surgeproof.launch.errors import TraceError
from surgeproof.launch.gates import EVERY, Gate
from surgeproof.launch.model import LaunchPlan
from surgeproof.launch.phases import Mix, PhaseKind
from surgeproof.launch.trace_csv import read_history
from surgeproof.launch.trace_phases import derive_phases
from surgeproof.launch.trace_window import choose_window
from surgeproof.launch.traced import TracedCurve, TraceRecord, TraceSpec


def record_trace(spec: TraceSpec, *, folder: Path = Path()) -> TraceRecord:
    """Read a history and make the record that is driven.

    Args:
        spec: Which file, window and growth.
        folder: Where the file's name counts from.

    Raises:
        TraceError: When it cannot become a curve.
    """
    history = read_history(spec, folder / spec.file)
    rows, notes = choose_window(history, spec)
    rates = history.rates[rows]
    top = float(rates.max())
    if top <= 0:
        raise TraceError("has no arrivals: every count is 0", path=history.file, fix="Choose another window or label")
    growth = spec.growth if isinstance(spec.growth, float) else (spec.peak or top) / top
    grown = rates * growth
    if grown.max() > 1e6:
        problem = "raises the peak above a million arrivals a second"
        raise TraceError(problem, path="--growth", got=growth, fix="Lower the growth: rates are per second")
    phases = derive_phases(rates, history.interval)
    if (share := float(rates[0]) / top) > 0.5:
        notes.append(f"The window starts at {share:.0%} of its peak: what scaled out before it is not rehearsed.")
    if zeros := int((rates == 0).sum()):
        notes.append(f"{zeros} of {len(rates)} intervals have no arrivals: an outage, or a pause of the log.")
    return TraceRecord(
        first=history.date(float(history.instants[rows][0])).isoformat(),
        interval=history.interval,
        growth=growth,
        rates=tuple(float(rate) for rate in np.round(grown, 9)),
        phases=phases,
        notes=tuple(notes),
    )


def trace_plan(
    plan: LaunchPlan,
    file: str | Path,
    *,
    label: str | None = None,
    zone: str | None = None,
    window: str | None = None,
    growth: float | str = "auto",
) -> LaunchPlan:
    """The plan with a history for its curve; journeys, catalogue, gates, pre-warm and launch moment stay.

    Without a window, the part of the plan's length around the peak, its peak where the plan's is. Gates follow
    their phases by kind: one that names ``night-sale`` of kind ``surge`` is applied to the history's surge.

    Args:
        plan: The plan.
        file: CSV, plain or gz.
        label: Which label's rows, when there are several.
        zone: IANA name or ``utc±N`` of timestamps that do not tell theirs.
        window: ``START/END`` with times, or dates in which to look for the peak.
        growth: Factor on the history's rates, or ``auto``: its peak becomes the plan's.

    Raises:
        TraceError: When the history cannot become a curve, or a gate names only phases that it has not.
    """
    curve = compile_curve(plan)
    tops = curve.times[curve.rates >= curve.peak * (1 - 1e-9)]
    try:
        spec = TraceSpec(
            file=str(Path(file).absolute()),
            label=label,
            zone=zone,
            window=window,
            length=curve.duration,
            lead_in=float((tops[0] + tops[-1]) / 2),
            growth=_growth(growth),
            peak=curve.peak,
        )
    except ValidationError:
        raise TraceError(
            "is not a growth",
            path="--growth",
            got=growth,
            allowed="auto, or a number from 0 to a million",
            fix="Correct it",
        ) from None
    record = record_trace(spec)
    kinds = {phase.name: phase.kind for phase in curve.phases}
    known = {phase.kind for phase in record.phases}
    gates, notes = _follow(plan.gates, kinds, known)
    record = record.model_copy(update={"notes": (*record.notes, *notes)})
    traced = TracedCurve(trace=spec, mix=_mixes(plan), record=record)
    return LaunchPlan.model_validate({**dict(plan), "curve": traced, "gates": gates})


def _growth(growth: float | str) -> float | str:
    if isinstance(growth, str) and growth != "auto":
        try:
            growth = float(growth)
        except ValueError:
            growth = math.nan
    return growth


def _mixes(plan: LaunchPlan) -> dict[PhaseKind, Mix]:
    if isinstance(plan.curve, TracedCurve):
        return dict(plan.curve.mix)
    mixes: dict[PhaseKind, Mix] = {}
    for phase in plan.curve.phases:
        if phase.mix is not None:
            mixes.setdefault(phase.kind, phase.mix)
    return mixes


def _follow(
    gates: tuple[Gate, ...], kinds: dict[str, str], known: AbstractSet[str]
) -> tuple[tuple[Gate, ...], list[str]]:
    """Gates with the names of the history's phases, and what was left out."""
    followed: list[Gate] = []
    notes: list[str] = []
    for index, gate in enumerate(gates):
        if gate.phases == (EVERY,):
            followed.append(gate)
            continue
        wanted = list(dict.fromkeys(kinds[name] for name in gate.phases))
        found = [kind for kind in wanted if kind in known]
        if not found:
            problem = f"names {' and '.join(gate.phases)}, and the traced window has no {' or '.join(wanted)}"
            fix = "Move or widen --window, or let the gate name other phases"
            raise TraceError(problem, path=f"gates[{index}].phase", allowed=", ".join(sorted(known)), fix=fix)
        if missing := [kind for kind in wanted if kind not in known]:
            notes.append(
                f"gates[{index}] ({gate.metric}) counts in {', '.join(found)} alone: the window has no {', '.join(missing)}."
            )
        followed.append(gate.model_copy(update={"phase": found[0] if len(found) == 1 else tuple(found)}))
    return tuple(followed), notes
