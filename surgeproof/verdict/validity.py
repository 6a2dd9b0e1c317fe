"""Whether the test itself was good enough to tell: readings from the load, and from the replay at the run's own speed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from surgeproof.launch.plan import LaunchPlan
from surgeproof.launch.records import LoadResult, SampleHistogram, ValidityReading
from surgeproof.verdict.percentiles import QUANTILES, Pooled, pool

DELIVERED_LEAST = 0.98
LAG_SHARE = 0.20
LAG_WITHOUT_GATE_MS = 100.0
"""Limit of the scheduling lag for a plan without a latency gate: a fifth of 500 ms."""
CPU_MOST = 0.80
CLOCK_JUMP_MOST_S = 0.5
"""Beyond what NTP slews within a run; below what a sleeping laptop jumps by."""
BLOCKED_MOST = 0.001
"""Share of answers like an edge's. A shop may refuse a request; an edge refuses many."""
REPLAY_RATIO_MOST = 3.0
REPLAY_SAMPLES_LEAST = 200
REPLAY_FLOOR_S = 0.05
"""Added to both sides of a ratio: 40 ms against 68 ms is a storm of starts, not another system."""
_RANKS = {"p50": (0.50, 0.25, 0.75), "p95": (0.95, 0.85, 0.995)}
"""Quantile of the replay, and the ranks of the measured figures between which it may lie at no cost."""


def load_validity(load: LoadResult, plan: LaunchPlan, *, stopped: str | None = None) -> list[ValidityReading]:
    """Readings that the load engine's result gives: delivered, lag, CPU, workers, clock, edge, in-flight cap, abort.

    Args:
        load: What the load engine reported.
        plan: For its tightest latency gate.
        stopped: Why the run was ended early by anything but the load engine.
    """
    planned = sum(each.arrivals_planned for each in load.phases)
    delivered = sum(each.arrivals_delivered for each in load.phases)
    tightest = min((g.max for g in plan.gates if g.metric in QUANTILES and g.max is not None), default=None)
    lag_limit = LAG_SHARE * tightest * 1000 if tightest is not None else LAG_WITHOUT_GATE_MS
    answers = sum(load.status_counts.values())
    lost = [worker.name for worker in load.workers if worker.lost]
    reason = load.aborted_by or stopped
    return [
        ValidityReading.against(
            "arrivals delivered",
            delivered / planned if planned else None,
            DELIVERED_LEAST,
            unit="share",
            least=True,
            note="The generator did not start all journeys that were due: give it more CPU or workers, or lower --scale",
        ),
        ValidityReading.against(
            "scheduling lag p99",
            max((worker.lag_p99_ms for worker in load.workers), default=None),
            lag_limit,
            unit="ms",
            note="Requests were sent late, which is the generator's fault: free its CPU, or add workers",
        ),
        ValidityReading.against(
            "generator CPU",
            max((worker.cpu_mean for worker in load.workers), default=None),
            CPU_MOST,
            unit="share",
            note="The generator was close to saturation: add workers, or lower --scale",
        ),
        ValidityReading.against(
            "load workers lost",
            len(lost) if load.workers else None,
            0,
            unit="workers",
            note=f"Lost: {', '.join(lost) or 'all'}. Their share of the arrivals is missing: run again",
        ),
        ValidityReading.against(
            "clock jump",
            abs(load.clock_jump_s),
            CLOCK_JUMP_MOST_S,
            unit="s",
            note="The machine slept, or its clock was set, while the launch ran: run again",
        ),
        ValidityReading.against(
            "edge blocked",
            load.blocked / answers if answers else None,
            BLOCKED_MOST,
            unit="share",
            note="Answers look like an edge's (403, 429, captcha), so the shop was not tested: let the run id through",
        ),
        ValidityReading.against(
            "in-flight cap hit",
            float(load.in_flight_cap_hit),
            0,
            unit="times",
            note=f"The generator held back at {load.in_flight_max} open journeys: raise its cap",
        ),
        ValidityReading.against(
            "stopped early",
            float(reason is not None),
            0,
            unit="times",
            note=f"The run was stopped: {reason}. What it would have shown is unknown",
        ),
    ]


def replay_validity(
    measured: Sequence[SampleHistogram], own_speed_replay: Sequence[SampleHistogram] | None
) -> ValidityReading:
    """Whether replaying at the run's own speed gives back what was measured: the check of the replay's model.

    For p50 and p95 of all steps in each phase with 200 requests or more (else in all phases together): the factor by
    which the replayed figure lies outside of the measured figures around the same rank (p25 to p75, p85 to p99.5), or the other way
    round, whichever is kinder, 50 ms
    added to both. The worst factor may be 3. So neither the luck of one short overload nor a phase that is half
    queue, half calm makes a healthy run invalid, while a model that misses what slows the shop does.
    """
    worst: float | None = None
    where = ""
    if own_speed_replay is not None:
        for label, ours, theirs in _pairs(measured, own_speed_replay):
            for name, (rank, low, high) in _RANKS.items():
                factors = _factor(ours, theirs, rank, low, high), _factor(theirs, ours, rank, low, high)
                factor = min(factors)
                if worst is None or factor > worst:
                    worst, where = factor, f"{name} of {label}"
    return ValidityReading.against(
        "replay reproduces the run",
        worst,
        REPLAY_RATIO_MOST,
        unit="times off",
        note=(
            f"Replayed at the run's own speed, {where} is off by this factor: something that the model does not know "
            "slowed or helped the run, so its replay can't judge the launch"
            if where
            else "The run was not replayed at its own speed, or with fewer than 200 requests: run a longer plan"
        ),
    )


def _pairs(
    measured: Sequence[SampleHistogram], replayed: Sequence[SampleHistogram]
) -> Iterable[tuple[str, Pooled, Pooled]]:
    phases = list(dict.fromkeys(each.phase for each in measured))
    found = [(f"phase {name}", pool(measured, (name,)), pool(replayed, (name,))) for name in phases]
    enough = [each for each in found if min(each[1].count, each[2].count) >= REPLAY_SAMPLES_LEAST]
    if enough:
        return enough
    whole = ("all phases", pool(measured, ("*",)), pool(replayed, ("*",)))
    return [whole] if min(whole[1].count, whole[2].count) >= REPLAY_SAMPLES_LEAST else []


def _factor(within: Pooled, value_of: Pooled, rank: float, low: float, high: float) -> float:
    """How far a quantile of the one lies outside of a band of quantiles of the other, as a factor."""
    value, least, most = value_of.seconds(rank), within.seconds(low), within.seconds(high)
    if value is None or least is None or most is None:
        return float("inf")
    value, least, most = value + REPLAY_FLOOR_S, least + REPLAY_FLOOR_S, most + REPLAY_FLOOR_S
    return max(1.0, value / most, least / value)
