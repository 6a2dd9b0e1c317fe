"""Gates on what visitors met: percentiles and error rates, measured and replayed, and orders against expected."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from surgeproof.launch.plan import Gate
from surgeproof.verdict.evidence import RunEvidence
from surgeproof.verdict.percentiles import QUANTILES, Pooled, median, pool, samples_needed
from surgeproof.verdict.verdict import GateResult, Outcome
from surgeproof.verdict.wording import count

RESAMPLES_LEAST = 20
RESAMPLES_HOLDING = 0.95
"""Share of the resamples in which a gate must hold: 19 of 20. Between 92 and 100 % load the outcome is luck."""


def name_of(gate: Gate) -> str:
    """`peak checkout p95`."""
    phases = gate.phases
    parts = ["whole launch" if "*" in phases else "+".join(phases)]
    if gate.step != "*":
        parts.append(gate.step)
    if gate.service:
        parts.append(gate.service)
    return " ".join([*parts, gate.metric.replace("_", " ")])


def gate_fields(gate: Gate, *, service: str | None = None) -> dict[str, Any]:
    """The fields of a result that come from the plan; with the service that stood out, where the gate names none."""
    sense = "max" if gate.max is not None else "min"
    return {
        "name": name_of(gate),
        "phases": gate.phases,
        "step": gate.step,
        "metric": gate.metric,
        "service": gate.service or service,
        "sense": sense,
        "limit": gate.limit,
    }


def beyond(value: float, limit: float, sense: str) -> bool:
    """Whether a figure is on the wrong side of its limit."""
    return value > limit if sense == "max" else value < limit


def judge_requests(run: RunEvidence, gate: Gate) -> GateResult:
    """A gate on a percentile or on the error rate.

    It holds only if it holds in the measured figure and, where the launch was replayed, in 19 of 20 resamples. It
    falls if either clearly falls, and is undecided where too few samples stand behind a figure that would pass it.
    """
    fields = gate_fields(gate)
    limit, sense, metric = fields["limit"], fields["sense"], gate.metric
    measured = pool(run.load.histograms, fields["phases"], gate.step)
    value = _read(measured, metric)
    needed = _needed(metric, limit, replay=False)
    outcomes: list[tuple[Outcome, str]] = [_measured_outcome(measured, value, needed, limit, sense)]
    replayed: float | None = None
    holding: int | None = None
    pooled: list[Pooled] = []
    if run.replays:
        pooled = [pool(each, fields["phases"], gate.step) for each in run.replays]
        values = [_read(each, metric) for each in pooled]
        replayed = median(values)
        holding = sum(each is not None and not beyond(each, limit, sense) for each in values)
        fewest = min(each.count for each in pooled)
        outcomes.append(_replay_outcome(fewest, _needed(metric, limit, replay=True), holding, len(pooled)))
    elif run.must_replay:
        outcomes.append(("undecided", "the launch was not replayed, and a compressed run flatters latencies"))
    outcome, reason = _worst(outcomes)
    return GateResult(
        **fields,
        unit="share" if metric == "error_rate" else "s",
        outcome=outcome,
        measured=value,
        replayed=replayed,
        resamples=len(pooled) or None,
        resamples_holding=holding,
        samples=measured.count,
        samples_needed=needed,
        reason=reason or None,
    )


def _read(pooled: Pooled, metric: str) -> float | None:
    return pooled.error_rate if metric == "error_rate" else pooled.seconds(QUANTILES[metric])


def _needed(metric: str, limit: float, *, replay: bool) -> int:
    if metric in QUANTILES:
        return samples_needed(metric, replay=replay)
    return max(20, math.ceil(1 / limit - 1e-9)) if limit > 0 else 20


def _measured_outcome(
    pooled: Pooled, value: float | None, needed: int, limit: float, sense: str
) -> tuple[Outcome, str]:
    if value is None:
        return "undecided", "no request was measured"
    if pooled.count < needed:
        return "undecided", f"{count(pooled.count)} requests were measured, {count(needed)} are needed to tell"
    return ("falls", "") if beyond(value, limit, sense) else ("holds", "")


def _replay_outcome(fewest: int, needed: int, holding: int, resamples: int) -> tuple[Outcome, str]:
    if resamples < RESAMPLES_LEAST:
        return "undecided", f"the launch was replayed {resamples} times, {RESAMPLES_LEAST} are needed to tell"
    if fewest < needed:
        return "undecided", f"{count(fewest)} requests were replayed, {count(needed)} are needed to tell"
    if holding >= math.ceil(RESAMPLES_HOLDING * resamples - 1e-9):
        return "holds", ""
    if holding == 0:
        return "falls", "falls in every replay"
    return "falls", f"holds in {holding} of {resamples} replays, {math.ceil(RESAMPLES_HOLDING * resamples)} are needed"


def _worst(outcomes: Sequence[tuple[Outcome, str]]) -> tuple[Outcome, str]:
    for wanted in ("falls", "undecided"):
        found = [each for each in outcomes if each[0] == wanted]
        if found:
            return found[-1]
    return "holds", ""


def judge_orders(run: RunEvidence, gate: Gate) -> GateResult:
    """Orders placed of those that the same schedule's journeys would place; a share, with the launch's count."""
    fields = gate_fields(gate)
    phases = fields["phases"]
    counted = [each for each in run.load.phases if "*" in phases or each.phase in phases]
    expected = sum(each.orders_expected for each in counted)
    placed = sum(each.orders_placed for each in counted)
    share = placed / expected if expected else None
    outcome: Outcome = "undecided"
    reason: str | None = "no order was due in this phase"
    if share is not None:
        fallen = beyond(share, fields["limit"], fields["sense"])
        outcome, reason = ("falls", None) if fallen else ("holds", None)
    return GateResult(
        **fields,
        unit="share",
        outcome=outcome,
        measured=share,
        samples=expected,
        samples_needed=1,
        expected=expected * run.to_launch,
        reason=reason,
    )
