"""Pooling and percentiles against the samples themselves, and the sample rule."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surgeproof.launch.gates import Gate
from surgeproof.launch.records import SampleHistogram
from surgeproof.verdict.errors import HistogramError
from surgeproof.verdict.judge import judge
from surgeproof.verdict.percentiles import median, pool, samples_needed
from tests.verdict.build import changed_load
from tests.verdict.samples import histogram
from tests.verdict.small import small, with_gates

seconds = st.lists(st.integers(min_value=1, max_value=20_000).map(lambda ms: ms / 1000), min_size=1, max_size=120)


@settings(deadline=None, max_examples=60)
@given(st.lists(seconds, min_size=1, max_size=5), st.sampled_from([0.5, 0.95, 0.99, 0.999]))
def test_a_pooled_percentile_is_that_of_all_samples_together(parts: list[list[float]], quantile: float):
    made = [histogram(part, phase=f"p{number}") for number, part in enumerate(parts)]
    together = sorted(value for part in parts for value in part)
    pooled = pool(made, ("*",))
    exact = together[max(0, math.ceil(quantile * len(together) - 1e-9) - 1)]
    assert pooled.count == len(together)
    assert pooled.seconds(quantile) == pytest.approx(exact, rel=2e-3, abs=1e-6)


@settings(deadline=None, max_examples=60)
@given(seconds, seconds)
def test_only_the_named_phase_and_step_are_pooled(ours: list[float], others: list[float]):
    made = [
        histogram(ours, "peak", "checkout"),
        histogram(others, "peak", "home"),
        histogram(others, "surge", "checkout"),
        histogram(others, "peak", "checkout", kind="raw"),
    ]
    assert pool(made, ("peak",), "checkout").count == len(ours)
    assert pool(made, ("peak",)).count == len(ours) + len(others)


def test_all_steps_are_counted_once_where_a_phase_has_both():
    made = [histogram([1.0, 2.0], "peak", "*"), histogram([1.0], "peak", "a"), histogram([2.0], "peak", "b")]
    assert pool(made, ("peak",)).count == 2


def test_a_percentile_of_nothing_is_none():
    assert pool([], ("peak",)).seconds(0.95) is None
    assert pool([], ("peak",)).error_rate is None


def test_a_damaged_histogram_is_told():
    with pytest.raises(HistogramError, match="peak"):
        pool([SampleHistogram(phase="peak", step="*", kind="corrected", count=1, errors=0, hdr="nonsense")], ("peak",))


@pytest.mark.parametrize(
    ("metric", "measured", "replayed"),
    [("p50", 20, 200), ("p95", 20, 200), ("p99", 100, 1000), ("p99.9", 1000, 10_000)],
)
def test_samples_needed(metric: str, measured: int, replayed: int):
    assert samples_needed(metric) == measured
    assert samples_needed(metric, replay=True) == replayed


@pytest.mark.parametrize(
    ("metric", "count", "outcome"),
    [
        ("p95", 19, "undecided"),
        ("p95", 20, "holds"),
        ("p99", 99, "undecided"),
        ("p99", 100, "holds"),
        ("p99.9", 999, "undecided"),
        ("p99.9", 1000, "holds"),
    ],
)
def test_too_few_samples_never_pass_a_gate(metric: str, count: int, outcome: str):
    run = with_gates(small(), Gate.model_validate({"phase": "peak", "metric": metric, "max": 1}))
    result = judge(changed_load(run, histograms=[histogram([0.1] * count)])).gates[0]
    assert result.outcome == outcome
    assert (result.samples, result.samples_needed) == (count, samples_needed(metric))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.none() | st.floats(0, 100), max_size=9))
def test_the_median_lies_between_its_values(values: list[float | None]):
    known = [value for value in values if value is not None]
    middle = median(values)
    assert (middle is None) == (not known)
    if middle is not None:
        assert min(known) <= middle <= max(known)
