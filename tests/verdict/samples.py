"""The requests of a launch, drawn in code, and what the load generator tells of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from hdrh.histogram import HdrHistogram

from surgeproof.launch.curve import Curve
from surgeproof.launch.records import (
    SAMPLE_DTYPE,
    LoadResult,
    PhaseCount,
    SampleHistogram,
    StepInfo,
    SupplyPoint,
    WorkerReport,
)
from tests.verdict.launch import STEPS, Case
from tests.verdict.supply import waits

ALL = "*"
COARSE_FROM = 1000


def histogram(
    seconds: Sequence[float] | np.ndarray,
    phase: str = "peak",
    step: str = ALL,
    errors: int = 0,
    kind: Any = "corrected",
) -> SampleHistogram:
    made = HdrHistogram(1, 3_600_000_000, 3)
    micro = np.round(np.asarray(seconds) * 1e6)
    if len(micro) > COARSE_FROM:  # so many are told by steps of 3 %, which records them fast
        micro = np.exp(np.round(np.log(micro) * 33) / 33)
    for value, number in zip(*np.unique(micro.astype(int), return_counts=True), strict=True):
        made.record_value(max(1, int(value)), int(number))
    return SampleHistogram(
        phase=phase, step=step, kind=kind, count=len(seconds), errors=errors, hdr=made.encode().decode()
    )


def samples(
    curve: Curve,
    supply: list[SupplyPoint],
    arrivals: np.ndarray,
    case: Case,
    rng: np.random.Generator,
    *,
    wait_factor: float,
) -> np.ndarray:
    buys = rng.random(len(arrivals)) < 0.3
    rows: Any = np.zeros(len(arrivals) * 3 + int(buys.sum()), dtype=SAMPLE_DTYPE)
    number = np.repeat(np.arange(len(arrivals)), 3 + buys)
    first = np.concatenate(([0], np.cumsum(3 + buys)[:-1]))
    sequence = np.arange(len(rows)) - np.repeat(first, 3 + buys)
    rows["arrival"], rows["sequence"], rows["step"] = number, sequence, sequence
    rows["journey"] = np.repeat(buys, 3 + buys)
    rows["arrived_at"] = arrivals[number]
    rows["due_at"] = np.minimum(arrivals[number] + sequence * 30.0, curve.duration - 1)
    base = rng.lognormal(np.log(0.052), 0.35, len(rows)) + (rows["step"] == 3) * 0.09
    wait = waits(curve, supply, rows["due_at"]) * max(wait_factor, 0.035)
    if case.slow_from is not None:
        wait += (rows["due_at"] >= case.slow_from) * 1.5
    rows["latency"] = np.minimum(10.0, base + wait * rng.uniform(0.8, 1.0, len(rows)))
    rows["raw"] = rows["latency"]
    rows["waited"] = wait
    rows["ok"] = (rng.random(len(rows)) >= case.error_share) & (rows["latency"] < 9.9)
    rows["status"] = np.where(rows["ok"], 200, np.where(rows["latency"] >= 9.9, -1, 500))
    return rows


def histograms(curve: Curve, rows: np.ndarray, factor: float) -> list[SampleHistogram]:
    made = []
    for phase in curve.phases:
        inside = rows[(rows["arrived_at"] >= phase.start) & (rows["arrived_at"] < phase.end)]
        for step in (ALL, *STEPS):
            of_step = inside if step == ALL else inside[inside["step"] == STEPS.index(step)]
            made.append(histogram(of_step["latency"] * factor, phase.name, step, errors=int((~of_step["ok"]).sum())))
    return made


def load_of(curve: Curve, rows: np.ndarray, case: Case) -> LoadResult:
    counts = []
    for phase in curve.phases:
        inside = rows[(rows["arrived_at"] >= phase.start) & (rows["arrived_at"] < phase.end)]
        journeys = int((inside["sequence"] == 0).sum())
        checkouts = inside[inside["step"] == 3]
        counts.append(
            PhaseCount(
                phase=phase.name,
                arrivals_planned=journeys,
                arrivals_delivered=journeys,
                orders_expected=len(checkouts),
                orders_placed=int((checkouts["ok"] & (checkouts["latency"] < 5)).sum()),
                journeys_failed=int((~inside["ok"]).sum()),
            )
        )
    names = {200: "200", 500: "500", -1: "timeout"}
    statuses = {names[int(status)]: int((rows["status"] == status).sum()) for status in np.unique(rows["status"])}
    return LoadResult(
        run_id="r-1",
        seed=case.seed,
        speed=case.speed,
        scale=1.0,
        journeys=["browse", "checkout"],
        steps=[StepInfo(name=name, path=f"/{name}") for name in STEPS],
        phases=counts,
        histograms=histograms(curve, rows, 1.0),
        status_counts=statuses,
        blocked=0,
        workers=[
            WorkerReport(
                name="worker-0",
                planned=len(rows),
                delivered=len(rows),
                cpu_mean=0.41,
                cpu_max=0.62,
                lag_p99_ms=1.5,
                lag_max_ms=31,
            )
        ],
        in_flight_max=40,
        clock_jump_s=0.0,
        failures=["checkout: 500 from POST /checkout"] if case.error_share else [],
    )
