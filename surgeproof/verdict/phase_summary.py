"""Each phase in figures: counts converted to the launch, percentiles measured and replayed."""

from __future__ import annotations

from surgeproof.launch.records import PhaseCount
from surgeproof.verdict.evidence import RunEvidence
from surgeproof.verdict.moments import date
from surgeproof.verdict.percentiles import QUANTILES, Pooled, median, pool, samples_needed
from surgeproof.verdict.verdict import Percentiles, PhaseSummary

_FIELDS = {"p50": "p50", "p95": "p95", "p99": "p99", "p99.9": "p999"}


def phase_summaries(run: RunEvidence) -> list[PhaseSummary]:
    """All phases of the curve, in order."""
    counts = {each.phase: each for each in run.load.phases}
    summaries = []
    for phase in run.curve.phases:
        counted = counts.get(phase.name) or _nothing(phase.name)
        replays = [pool(each, (phase.name,)) for each in run.replays or ()]
        tails = [each.seconds(0.95) for each in replays]
        known = [tail for tail in tails if tail is not None]
        summaries.append(
            PhaseSummary(
                name=phase.name,
                kind=phase.kind,
                start=phase.start,
                end=phase.end,
                start_date=date(run, phase.start) or run.curve.start,
                end_date=date(run, phase.end) or run.curve.start,
                arrivals_planned=counted.arrivals_planned * run.to_launch,
                arrivals_delivered=counted.arrivals_delivered * run.to_launch,
                orders_expected=counted.orders_expected * run.to_launch,
                orders_placed=counted.orders_placed * run.to_launch,
                measured=_percentiles([pool(run.load.histograms, (phase.name,))], replay=False),
                replayed=_percentiles(replays, replay=True) if replays else None,
                replayed_p95_low=min(known, default=None),
                replayed_p95_high=max(known, default=None),
            )
        )
    return summaries


def _nothing(name: str) -> PhaseCount:
    return PhaseCount(
        phase=name, arrivals_planned=0, arrivals_delivered=0, orders_expected=0, orders_placed=0, journeys_failed=0
    )


def _percentiles(pools: list[Pooled], *, replay: bool) -> Percentiles:
    fewest = min(each.count for each in pools)
    figures = {
        field: median(each.seconds(QUANTILES[metric]) for each in pools)
        if fewest >= samples_needed(metric, replay=replay)
        else None
        for metric, field in _FIELDS.items()
    }
    errors = median(float(each.errors) for each in pools) or 0.0
    return Percentiles(**figures, requests=fewest, errors=round(errors))
