"""Slices, phases and first moments."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surgeproof.verdict.moments import first_bad
from surgeproof.verdict.phase_summary import phase_summaries
from surgeproof.verdict.timeline import slice_length, timeline
from surgeproof.verdict.verdict import Verdict
from tests.verdict.build import evidence
from tests.verdict.launch import Case
from tests.verdict.small import small


@given(st.floats(min_value=1, max_value=5e5))
def test_there_are_never_more_slices_than_a_chart_can_show(duration: float):
    assert duration / slice_length(duration) <= 150


def test_seventy_minutes_are_told_in_slices_of_a_minute_at_speed_30(go: Verdict):
    assert slice_length(4200) == 30
    assert slice_length(4200, speed=30) == 60
    assert len(go.timeline) == 70
    assert f"{go.timeline[10].date:%Y-%m-%d %H:%M:%S %z}" == "2027-03-20 10:00:00 +0100"


def test_delivered_arrivals_are_converted_to_the_launch(go: Verdict):
    planned = sum(each.planned for each in go.timeline) * 60
    delivered = sum(each.delivered or 0 for each in go.timeline) * 60
    assert delivered == pytest.approx(planned, rel=0.05)
    assert sum(phase.arrivals_planned for phase in go.phases) == pytest.approx(delivered, rel=0.01)


def test_without_samples_what_was_delivered_is_not_read():
    moments = timeline(replace(small(), samples=None))
    assert {each.delivered for each in moments} == {None}
    assert {each.p95 for each in moments} == {None}


def test_a_slice_shows_its_worst_moment(no_go: Verdict):
    run = evidence(Case(maximum=8))
    worst = max(
        (told.needed or 0) - (told.serving or 0) for moment in no_go.timeline for told in moment.services.values()
    )
    assert worst == run.shortfalls["storefront"].worst


def test_the_first_moment_is_that_of_the_first_slow_request():
    run = small(slow_from=30.0)
    at = first_bad(run, ("peak",), "*", share=0.05, longer_than=0.8)
    assert at == pytest.approx(30.0, abs=1.5)
    assert first_bad(run, ("warm-up",), "home", share=0.05, longer_than=0.8) is None
    assert first_bad(run, ("peak",), "no such step", share=0.05, longer_than=0.8) is None


def test_the_first_moment_of_errors():
    run = small()
    rows = run.samples
    assert rows is not None
    rows = rows.copy()
    rows["ok"] = (rows["due_at"] < 40) | (np.arange(len(rows)) % 2 == 0)
    at = first_bad(replace(run, samples=rows), ("*",), "*", share=0.01)
    assert at == pytest.approx(40.0, abs=1.5)


def test_a_phase_hides_percentiles_with_too_few_samples():
    run = small()
    summary = phase_summaries(run)[0]
    assert summary.measured.requests < 2000
    assert summary.measured.p95 is not None
    few = [each for each in run.load.histograms if each.phase == "peak"]
    bare = phase_summaries(replace(run, load=run.load.model_copy(update={"histograms": few})))[0]
    assert (bare.measured.requests, bare.measured.p50) == (0, None)
