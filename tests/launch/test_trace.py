"""A real day as a curve: window, growth, zones, phases, gates."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surgeproof.launch.arrivals import draw_arrivals
from surgeproof.launch.curve import compile_curve
from surgeproof.launch.errors import TraceError
from surgeproof.launch.plan import LaunchPlan, TracedCurve, TraceRecord, dump_plan, load_plan, parse_plan
from surgeproof.launch.trace import trace_plan
from surgeproof.launch.trace_phases import derive_phases

from .conftest import small

Write = Callable[..., Path]
NIGHT = datetime(1998, 6, 10)  # noqa: DTZ001 - histories tell wall-clock times


def day(peak: int = 19 * 60 + 26, minutes: int = 1440) -> list[float]:
    """Requests a minute of a day with one hump, whose highest minute is the peak."""
    at = np.arange(minutes)
    return np.round(1000 + 99_000 * np.exp(-(((at - peak) / 40.0) ** 2))).tolist()


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def _write(
        counts: Sequence[object],
        *,
        header: str = "minute_paris_utc+2,requests",
        start: datetime = NIGHT,
        step: int = 60,
        suffix: str = "",
        label: str | None = None,
        name: str = "trace.csv",
    ) -> Path:
        lead = f"{label}," if label else ""
        rows = [f"{lead}{(start + timedelta(seconds=step * k)).isoformat()}{suffix},{n}" for k, n in enumerate(counts)]
        text = "\n".join([header, *rows, ""])
        file = tmp_path / name
        file.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
        return file

    return _write


def record_of(plan: LaunchPlan) -> TraceRecord:
    assert isinstance(plan.curve, TracedCurve)
    assert plan.curve.record is not None
    return plan.curve.record


def test_window_of_the_plans_length_has_its_peak_where_the_plans_is(plan: LaunchPlan, write: Write):
    traced = trace_plan(plan, write(day()))
    curve = compile_curve(traced)
    assert curve.duration == 1800
    # The plan peaks from minute 15 to 20; the day at 19:26.
    assert record_of(traced).first == "1998-06-10T19:09:00+02:00"
    assert curve.times[curve.rates.argmax()] == pytest.approx(17.5 * 60)


def test_growth_auto_makes_the_peaks_match(plan: LaunchPlan, write: Write):
    traced = trace_plan(plan, write(day()))
    assert compile_curve(traced).peak == pytest.approx(40)
    assert record_of(traced).growth == pytest.approx(40 * 60 / 100_000)


def test_growth_as_a_factor(plan: LaunchPlan, write: Write):
    assert compile_curve(trace_plan(plan, write(day()), growth="0.03")).peak == pytest.approx(0.03 * 100_000 / 60)
    assert compile_curve(trace_plan(plan, write(day()), growth=2)).peak == pytest.approx(2 * 100_000 / 60)


def test_arrivals_follow_the_history(plan: LaunchPlan, write: Write):
    counts = day()
    curve = compile_curve(trace_plan(plan, write(counts)))
    drawn, _ = np.histogram(draw_arrivals(curve, seed=1, speed=1), bins=np.arange(0, 1801, 60))
    expected = np.array(counts[19 * 60 + 9 : 19 * 60 + 39]) * 40 * 60 / 100_000
    assert np.abs((drawn - expected) / np.sqrt(expected)).max() < 4.5


def test_everything_else_of_the_plan_stays(plan: LaunchPlan, write: Write):
    traced = trace_plan(plan, write(day()))
    for part in ("name", "launch", "journeys", "catalogue", "prewarm"):
        assert getattr(traced, part) == getattr(plan, part)
    assert traced.launch.moment == compile_curve(traced).start + timedelta(seconds=compile_curve(traced).launch_at)


def test_dump_needs_the_file_no_more(plan: LaunchPlan, write: Write):
    file = write(day())
    traced = trace_plan(plan, file)
    file.unlink()
    again = parse_plan(dump_plan(traced))
    assert again == traced
    assert np.array_equal(compile_curve(again).rates, compile_curve(traced).rates)


def test_gz_label_and_other_labels(plan: LaunchPlan, tmp_path: Path, write: Write):
    one = write(day(), header="label,minute_utc+2,requests", label="opening").read_text()
    other = write([7] * 60, header="label,minute_utc+2,requests", label="other").read_text().split("\n", 1)[1]
    file = tmp_path / "two.csv.gz"
    file.write_bytes(gzip.compress((one + other).encode()))
    assert compile_curve(trace_plan(plan, file, label="opening")).peak == pytest.approx(40)
    with pytest.raises(TraceError, match=r"has 2 labels, allowed: opening, other\. Choose one with --label"):
        trace_plan(plan, file)
    with pytest.raises(TraceError, match="no rows with this label, got 'x'"):
        trace_plan(plan, file, label="x")


@pytest.mark.parametrize(
    ("header", "factor"),
    [("time_utc,requests_per_second", 60), ("time_utc,rate_per_minute", 1), ("time_utc,rps", 60), ("time_utc,rpm", 1)],
)
def test_rates(plan: LaunchPlan, write: Write, header: str, factor: float):
    traced = trace_plan(plan, write(day(), header=header), growth=0.001)
    assert compile_curve(traced).peak == pytest.approx(100_000 / 60 * 0.001 * factor)


@pytest.mark.parametrize(
    ("header", "suffix", "zone", "first"),
    [
        ("t_time,requests", "+02:00", None, "19:09:00+02:00"),
        ("t_time,requests", "Z", None, "19:09:00+00:00"),
        ("minute_local_utc-4,requests", "", None, "19:09:00-04:00"),
        ("minute_local_utc-4,requests", "", "America/New_York", "19:09:00-04:00"),
        ("minute (UTC),requests", "", None, "19:09:00+00:00"),
        ("minute,requests", "", "Europe/Paris", "19:09:00+02:00"),
        ("minute,requests", "", "utc+5:30", "19:09:00+05:30"),
    ],
)
def test_zones(plan: LaunchPlan, write: Write, header: str, suffix: str, zone: str | None, first: str):
    traced = trace_plan(plan, write(day(), header=header, suffix=suffix), zone=zone)
    assert record_of(traced).first == f"1998-06-10T{first}"


def test_seconds_since_1970(plan: LaunchPlan, tmp_path: Path):
    file = tmp_path / "epoch.csv"
    rows = [f"{897436800 + 60 * k};{int(n)}" for k, n in enumerate(day())]
    file.write_text("timestamp;count\n" + "\n".join(rows))
    assert record_of(trace_plan(plan, file)).first == "1998-06-10T19:09:00+00:00"


def test_named_columns(plan: LaunchPlan, tmp_path: Path):
    file = tmp_path / "wide.csv"
    rows = [f"{(NIGHT + timedelta(minutes=k)).isoformat()},{int(n)},{int(n) // 2}" for k, n in enumerate(day())]
    file.write_text("minute_utc,requests,page_views\n" + "\n".join(rows))
    with pytest.raises(TraceError, match=r"several columns that may be the count or rate.*requests, page_views"):
        trace_plan(plan, file)
    trace = {"file": "wide.csv", "columns": {"count": "page_views"}, "length": 1800, "growth": 0.01}
    plan_file = tmp_path / "plan.yaml"
    plan_file.write_text(dump_plan(LaunchPlan.model_validate(small(curve={"trace": trace}, gates=[]))))
    assert compile_curve(load_plan(plan_file)).peak == pytest.approx(50_000 / 60 * 0.01)


def test_exact_window(plan: LaunchPlan, write: Write):
    traced = trace_plan(plan, write(day()), window="1998-06-10T18:00/1998-06-10T20:30")
    assert compile_curve(traced).duration == 9000
    assert record_of(traced).first == "1998-06-10T18:00:00+02:00"


def test_window_with_another_zone(plan: LaunchPlan, write: Write):
    traced = trace_plan(plan, write(day()), window="1998-06-10T16:00Z/1998-06-10T18:30Z")
    assert record_of(traced).first == "1998-06-10T18:00:00+02:00"


@pytest.mark.parametrize("window", ["1998-06-11", "1998-06-11/1998-06-11", "1998-06-11/1998-06-12"])
def test_window_of_days_looks_for_the_peak_in_them(plan: LaunchPlan, write: Write, window: str):
    low = (np.array(day(peak=600)) / 2).tolist()
    traced = trace_plan(plan, write([*day(), *low, *[5] * 1440]), window=window)
    assert record_of(traced).first == "1998-06-11T09:43:00+02:00"
    assert compile_curve(traced).peak == pytest.approx(40)


def test_peak_near_the_end_moves_the_window(plan: LaunchPlan, write: Write):
    traced = trace_plan(plan, write(day(peak=1439)))
    assert compile_curve(traced).duration == 1800
    assert record_of(traced).first == "1998-06-10T23:30:00+02:00"
    assert any("window is moved" in note for note in record_of(traced).notes)


def test_history_shorter_than_the_plan_is_driven_whole(plan: LaunchPlan, write: Write):
    traced = trace_plan(plan, write(day(peak=10, minutes=20)))
    assert compile_curve(traced).duration == 1200
    assert any("shorter than the plan" in note for note in record_of(traced).notes)


def test_gap_outside_the_window_does_not_matter(plan: LaunchPlan, write: Write):
    lines = write(day()).read_text().splitlines()
    file = write([1], name="gap.csv")
    file.write_text("\n".join(lines[:200] + lines[300:]))
    assert compile_curve(trace_plan(plan, file)).duration == 1800


def test_clocks_put_forward_make_no_gap(plan: LaunchPlan, tmp_path: Path):
    file = tmp_path / "dst.csv"
    start = datetime(1998, 3, 28, 23, 0)  # noqa: DTZ001
    walls = [start + timedelta(minutes=k) for k in range(480)]
    rows = [f"{wall.isoformat()},{100 if wall.hour != 3 else 900}" for wall in walls if wall.hour != 2]
    file.write_text("minute,requests\n" + "\n".join(rows))
    assert compile_curve(trace_plan(plan, file, zone="Europe/Paris")).duration == 1800
    with pytest.raises(TraceError, match="has no rows from 1998-03-29T02:43:00"):
        trace_plan(plan, file, zone="utc+1")


def test_phases_of_a_launch_like_day(plan: LaunchPlan, write: Write):
    traced = trace_plan(plan, write(day()), window="1998-06-10T17:00/1998-06-10T22:00")
    phases = record_of(traced).phases
    assert [phase.kind for phase in phases] == ["warm-up", "surge", "peak", "hold", "drain"]
    peak = phases[2]
    assert peak.start < (2 * 60 + 26) * 60 < peak.end


def test_start_at_a_high_rate_is_no_warm_up(plan: LaunchPlan, write: Write):
    traced = trace_plan(plan, write([*[80_000] * 1000, *[100_000] * 10, *[20_000] * 430]))
    assert record_of(traced).phases[0].kind == "surge"
    assert any("starts at 80% of its peak" in note for note in record_of(traced).notes)


@given(st.lists(st.floats(0, 1e6), min_size=5, max_size=400), st.sampled_from([1.0, 60.0, 3600.0]))
@settings(max_examples=200, deadline=None)
def test_phases_always_cover_the_window_in_order(rates: list[float], interval: float):
    phases = derive_phases(np.array(rates), interval)
    kinds = ["warm-up", "surge", "peak", "hold", "drain"]
    assert phases[0].start == 0
    assert phases[-1].end == pytest.approx(len(rates) * interval)
    assert all(one.end == other.start for one, other in pairwise(phases))
    assert [kinds.index(phase.kind) for phase in phases] == sorted({kinds.index(phase.kind) for phase in phases})
    assert sum(phase.kind == "peak" for phase in phases) == 1


def test_gates_follow_their_phases_by_kind(write: Write):
    phases = [
        {"name": "early", "kind": "warm-up", "duration": "10m", "rate": 5},
        {"name": "rush", "kind": "surge", "duration": "60m", "shape": "linear", "to": 40},
        {"name": "top", "kind": "peak", "duration": "10m", "rate": 40, "mix": {"checkout": 1}},
        {"name": "late", "kind": "drain", "duration": "60m", "shape": "linear", "to": 5},
    ]
    gates = [
        {"phase": ["rush", "top"], "metric": "p95", "max": 1},
        {"phase": "late", "metric": "p99", "max": 1},
        {"phase": "*", "metric": "error_rate", "max": 0.01},
    ]
    plan = LaunchPlan.model_validate(small(curve={"phases": phases}, gates=gates))
    traced = trace_plan(plan, write(day()))
    assert [gate.phases for gate in traced.gates] == [("surge", "peak"), ("drain",), ("*",)]
    curve = compile_curve(traced)
    assert {phase.kind: list(phase.mix) for phase in curve.phases}["peak"] == ["checkout"]
    assert compile_curve(trace_plan(traced, write(day()))).phases == curve.phases


def test_gate_whose_phase_the_history_lacks(plan: LaunchPlan, write: Write):
    flat = write([*[100] * 60, *[1000] * 1380])
    window = "1998-06-10T05:00/1998-06-10T06:00"
    data = plan.model_dump(by_alias=True, exclude_none=True)
    alone = LaunchPlan.model_validate({**data, "gates": [{"phase": "drain", "metric": "p95", "max": 1}]})
    with pytest.raises(TraceError, match=r"gates\[0\].phase: names drain, and the traced window has no drain"):
        trace_plan(alone, flat, window=window)
    both = LaunchPlan.model_validate({**data, "gates": [{"phase": ["peak", "drain"], "metric": "p95", "max": 1}]})
    traced = trace_plan(both, flat, window=window)
    assert traced.gates[0].phases == ("peak",)
    assert any("the window has no drain" in note for note in record_of(traced).notes)


def test_time_that_clocks_leave_out(plan: LaunchPlan, write: Write):
    file = write([100] * 480, header="minute,requests", start=datetime(1998, 3, 28, 23, 0))  # noqa: DTZ001
    with pytest.raises(TraceError, match=":242: tells a time that does not exist in Europe/Paris"):
        trace_plan(plan, file, zone="Europe/Paris")
