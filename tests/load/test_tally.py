"""Histograms: buckets are HdrHistogram's own, and merging is adding."""

from __future__ import annotations

from typing import Any

import numpy as np
from hdrh.histogram import HdrHistogram
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from surgeproof.launch.records import SAMPLE_DTYPE, StepInfo
from surgeproof.load.buckets import DIGITS, HIGHEST, LOWEST, bucket_of
from surgeproof.load.engine import Counts
from surgeproof.load.evidence_files import log_names
from surgeproof.load.report import GeneratorFigures, Report
from surgeproof.load.share import CatalogueNumbers, PhaseBounds, RunSettings, Share, ThinkTimeNumbers
from surgeproof.load.tally import Key, Tally

SETTINGS = RunSettings(
    run_id="run",
    host="http://x",
    seed=1,
    speed=30.0,
    duration=100.0,
    phases=(PhaseBounds("surge", 0, 50), PhaseBounds("peak", 50, 100)),
    journeys=("one",),
    think=ThinkTimeNumbers(1, 1, 1),
    catalogue=CatalogueNumbers(5, "hero", 0.2, 0.9),
    order_step="checkout",
    request_timeout=1.0,
    max_in_flight=10,
)
STEPS = ["home", "product"]
HISTOGRAM = HdrHistogram(LOWEST, HIGHEST, DIGITS)


@given(st.lists(st.integers(LOWEST, HIGHEST), min_size=1, max_size=50))
def test_buckets_are_the_librarys(micros: list[int]):
    found = bucket_of(np.array(micros, dtype=np.int64)).tolist()
    assert found == [HISTOGRAM.get_lowest_equivalent_value(value) for value in micros]


request = st.tuples(
    st.floats(0, 99.9), st.integers(0, 1), st.floats(0, 20), st.floats(0, 1), st.booleans()
)  # due_at, step, raw latency, lag, ok


def table(requests: list[tuple[float, int, float, float, bool]]) -> NDArray[Any]:
    made: NDArray[Any] = np.zeros(len(requests), dtype=SAMPLE_DTYPE)
    for row, (due_at, step, raw, lag, ok) in zip(made, requests, strict=True):
        row["due_at"], row["step"], row["raw"], row["latency"], row["ok"] = due_at, step, raw, raw + lag, ok
    return made


@settings(max_examples=40, deadline=None)
@given(st.lists(request, max_size=40), st.integers(1, 4))
def test_what_workers_counted_adds_up_to_what_one_would_have(requests: list[tuple], workers: int):
    rows = table(requests)
    alone, merged = Tally(SETTINGS), Tally(SETTINGS)
    alone.add(rows, STEPS)
    for worker in range(workers):
        share = Tally(SETTINGS)
        share.add(rows[worker::workers], STEPS)
        merged.merge(share.take())
        assert share.take() == []
    assert merged.records(merged.histograms()) == alone.records(alone.histograms())


@settings(max_examples=20, deadline=None)
@given(st.lists(request, min_size=1, max_size=40))
def test_counts_and_errors_are_the_requests_own(requests: list[tuple]):
    rows = table(requests)
    tally = Tally(SETTINGS)
    tally.add(rows, STEPS)
    records = tally.records(tally.histograms())
    for phase, inside in (("surge", rows["due_at"] < 50), ("peak", rows["due_at"] >= 50)):
        for step, of_step in (("home", rows["step"] == 0), ("product", rows["step"] == 1), ("*", rows["step"] >= 0)):
            chosen = rows[inside & of_step]
            for kind, field in (("corrected", "latency"), ("raw", "raw")):
                found = [r for r in records if (r.phase, r.step, r.kind) == (phase, step, kind)]
                assert sum(r.count for r in found) == len(chosen)
                assert sum(r.errors for r in found) == (~chosen["ok"]).sum()
                if found:
                    top = HdrHistogram.decode(found[0].hdr).get_max_value() / 1e6
                    assert abs(top - max(chosen[field].max(), 1e-6)) <= top / 900 + 1e-6


def test_a_share_and_a_report_survive_the_wire():
    share = Share(SETTINGS, 1, 2, np.array([1, 3], "i4"), np.array([0.5, 70.25]), np.array([0, 0], "i2"))
    again = Share.from_wire(share.to_wire())
    assert (again.settings, again.index, again.of) == (share.settings, 1, 2)
    assert again.numbers.tolist() == [1, 3]
    assert again.arrivals.tolist() == [0.5, 70.25]
    tally = Tally(SETTINGS)
    tally.add(table([(1.0, 0, 0.1, 0.0, True)]), STEPS)
    report = Report(
        share=1,
        final=True,
        steps=[StepInfo(name="home", path="/")],
        rows=table([(1.0, 0, 0.1, 0.0, True)]),
        received={"home": 5},
        histograms=tally.take(),
        counts=Counts([1, 0], [0, 0], [0, 0], failures=["words"]),
        generator=GeneratorFigures(0.1, 0.1, 0.2, 0.001, 0.002, 0.0),
    )
    back = Report.from_wire(report.to_wire())
    assert (back.share, back.final, back.steps, back.counts, back.generator) == (
        1,
        True,
        report.steps,
        report.counts,
        report.generator,
    )
    assert np.array_equal(back.rows, report.rows)
    merged = Tally(SETTINGS)
    merged.merge(back.histograms)
    assert Key("surge", "*", "corrected") in merged.histograms()


def test_no_step_takes_the_log_of_another():
    names = log_names(["add to cart", "home", "add_to_cart", "all", "*"])
    assert names == {
        "*": "all",
        "add to cart": "add_to_cart",
        "add_to_cart": "add_to_cart-2",
        "all": "all-2",
        "home": "home",
    }
