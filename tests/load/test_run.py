"""Whole runs in this process, on a real server: what is sent, what is written, and what stops them."""

from __future__ import annotations

import time
from pathlib import Path

import gevent
import numpy as np
import pytest
from gevent.event import Event
from hdrh.histogram import HdrHistogram
from hdrh.log import HistogramLogReader

from surgeproof import __version__
from surgeproof.launch.curve import compile_curve
from surgeproof.load.crew import LocalCrew
from surgeproof.load.errors import JourneyFileError, RateCeilingError
from surgeproof.load.journey import Client, journeys_from
from surgeproof.load.run_driver import RunDriver
from surgeproof.load.schedule import compile_schedule
from surgeproof.load.sketch import SketchClient
from surgeproof.load.visitor import Visitor
from tests.load.conftest import ROOT
from tests.load.driving import Make, PlanFile, drive, journeys, run_one, slow
from tests.load.site import Site


def test_a_run_takes_the_steps_of_its_sketch_and_writes_what_it_did(site: Site, config: Make):
    shop = journeys_from(ROOT / "loadtests" / "journeys.py")
    settings = config()
    schedule = compile_schedule(settings, shop)
    run = drive(settings, shop)

    phases = {phase.phase: phase for phase in run.result.phases}
    assert sum(phase.arrivals_planned for phase in phases.values()) == len(schedule.arrivals)
    assert all(phase.arrivals_delivered == phase.arrivals_planned for phase in phases.values())
    assert run.result.failures == []
    assert [seen.headers["x-surgeproof-run"] for seen in site.seen] == [settings.run_id] * len(run.rows)
    assert {seen.headers["user-agent"] for seen in site.seen} == {f"surgeproof/{__version__}"}
    assert run.result.workers[0].cpu_mean < 0.8
    # Arrivals stand as drawn, and each visitor's steps are the sketch's until the curve's end cuts them.
    first = run.rows[run.rows["sequence"] == 0]
    assert np.array_equal(first["arrived_at"], schedule.arrivals[first["arrival"]])
    steps = [step.name for step in schedule.sketch.steps]
    for number in range(len(schedule.arrivals)):
        sketched = [steps[row["step"]] for row in schedule.sketch.rows if row["number"] == number]
        taken = [run.steps[row["step"]] for row in run.rows if row["arrival"] == number]
        assert taken == sketched[: len(taken)]
        assert taken, "every arrival asks at least once"
    placed = sum(phase.orders_placed for phase in phases.values())
    assert placed == site.paths()["/checkout"]
    assert 0 < placed <= sum(phase.orders_expected for phase in phases.values())


def test_the_same_seed_sends_the_same_requests_and_another_seed_others(site: Site, config: Make):
    shop = journeys_from(ROOT / "loadtests" / "journeys.py")

    def sent(seed: int) -> list[tuple[int, int, str]]:
        driven = drive(config(seed=seed, plan={"seconds": 0.8}), shop)
        return [(row["arrival"], row["sequence"], driven.steps[row["step"]]) for row in driven.rows]

    one_way, again, other = sent(5), sent(5), sent(6)
    # The end of the curve may cut the last steps of a few journeys a little earlier or later.
    assert len(set(one_way) ^ set(again)) <= 4
    assert len(set(one_way) ^ set(other)) > 20


def test_too_many_open_journeys_are_refused_and_told(site: Site, config: Make):
    site.delay = 0.3
    driven = drive(config(plan={"mix": "{one: 1}", "rate": 40, "seconds": 1}, max_in_flight=5), journeys(one=slow))
    assert driven.result.in_flight_cap_hit
    assert driven.result.in_flight_max == 5
    planned = sum(phase.arrivals_planned for phase in driven.result.phases)
    delivered = sum(phase.arrivals_delivered for phase in driven.result.phases)
    assert delivered == len(driven.rows) < planned


def test_a_condition_to_stop_ends_the_run(site: Site, config: Make):
    site.delay = 0.2
    begun = time.monotonic()
    settings = config(plan={"mix": "{one: 1}", "rate": 40, "seconds": 20}, abort_if=("error_rate>5%", "p95>100ms"))
    driven = drive(settings, journeys(one=slow))
    assert driven.result.aborted_by == "p95>100ms"
    assert time.monotonic() - begun < 6


def test_stopping_writes_what_there_is(config: Make, tmp_path: Path):
    begun = Event()

    def noticed(client: Client, visitor: Visitor) -> None:
        if not isinstance(client, SketchClient):
            begun.set()
        slow(client, visitor)

    of = journeys(one=noticed)
    driver = RunDriver(config(plan={"mix": "{one: 1}", "seconds": 20}), of, LocalCrew(of), lambda *_: None)

    def stop() -> None:
        begun.wait()
        driver.stop("stopped by the user")

    gevent.spawn(stop)
    result = driver.drive()
    assert result is not None
    assert result.aborted_by == "stopped by the user"
    assert sum(phase.arrivals_delivered for phase in result.phases) > 0
    assert (tmp_path / "run" / "result.json").exists()


def test_files_progress_and_histograms_agree(config: Make):
    driven = run_one(config, "/")
    last = driven.progress[-1]
    assert [line.at for line in driven.progress][:2] == pytest.approx([1.0, 2.0], abs=0.2)
    assert last.requests == len(driven.rows) == driven.result.status_counts["200"]
    assert last.delivered == last.planned
    assert last.in_flight == 0
    for kind, field in (("corrected", "latency"), ("raw", "raw")):
        all_steps = [h for h in driven.result.histograms if h.kind == kind and h.step == "*"]
        assert sum(h.count for h in all_steps) == len(driven.rows)
        of_peak = driven.rows[driven.rows["due_at"] >= 1.0][field]
        histogram = HdrHistogram.decode(next(h.hdr for h in all_steps if h.phase == "peak"))
        assert histogram.get_total_count() == len(of_peak)
        assert histogram.get_value_at_percentile(100) == pytest.approx(of_peak.max() * 1e6, rel=0.002)
    reader = HistogramLogReader(str(driven.folder / "step.hlog"), HdrHistogram(1, 3_600_000_000, 3))
    tags = {}
    while (interval := reader.get_next_interval_histogram()) is not None:
        tags[interval.get_tag()] = interval.get_total_count()
    reader.close()
    assert set(tags) == {"surge/corrected", "surge/raw", "peak/corrected", "peak/raw"}
    assert tags["surge/corrected"] + tags["peak/corrected"] == len(driven.rows)


def test_a_ceiling_refuses_a_curve_that_goes_above_it(config: Make, plan_file: PlanFile):
    with pytest.raises(RateCeilingError, match="ceiling of 10"):
        compile_schedule(config(plan={"mix": "{one: 1}"}, max_rate=10), journeys(one=slow))
    schedule = compile_schedule(config(plan={"mix": "{one: 1}"}, max_rate=10, scale=0.5), journeys(one=slow))
    assert compile_curve(schedule.plan).peak == 20


def test_a_journey_of_the_mix_that_nobody_wrote_is_named(config: Make):
    with pytest.raises(JourneyFileError, match=r"journeys\.mix\.glance"):
        compile_schedule(config(), journeys(one=slow))
