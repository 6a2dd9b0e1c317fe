"""Whole runs in this process, on a real server: what is sent, what is counted, what is measured."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

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
from surgeproof.load.run_config import RunConfig
from surgeproof.load.run_driver import RunDriver
from surgeproof.load.schedule import compile_schedule
from surgeproof.load.sketch import SketchClient
from surgeproof.load.visitor import Visitor
from tests.load.conftest import ROOT
from tests.load.driving import Driven, drive, journeys
from tests.load.site import Site

PlanFile = Callable[..., Path]


@pytest.fixture
def config(site: Site, plan_file: PlanFile, tmp_path: Path) -> Callable[..., RunConfig]:
    def make(*, plan: dict[str, Any] | None = None, **settings: Any) -> RunConfig:
        given = {"plan": plan_file(**(plan or {})), "host": site.url, "folder": tmp_path / "run", "seed": 3}
        return RunConfig.model_validate({**given, **settings})

    return make


Make = Callable[..., RunConfig]


def run_one(config: Make, path: str, **plan: Any) -> Driven:
    def run(client: Client, _: Visitor) -> None:
        client.get(path, name="step")

    return drive(config(plan={"mix": "{one: 1}", **plan}), journeys(one=run))


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


def test_latencies_of_a_stall_count_from_the_intended_start(site: Site, config: Make):
    """An open generator's requests of a 1.5 s stall wait from their arrival to its end: 1.5 s, 1.4 s, ... 0."""
    timer = threading.Timer(1.0, site.stall, (1.5,))
    timer.start()
    run = run_one(config, "/", rate=40, seconds=3, timeout=5)
    timer.join()

    rows = run.rows
    latency = np.sort(rows["latency"])
    assert latency[-1] == pytest.approx(1.5, abs=0.15)
    slowest = rows[np.argmax(rows["latency"])]
    over = slowest["due_at"] + slowest["latency"]  # when the stall was over; due_at is in real seconds at speed 1
    stalled = rows[(rows["due_at"] > over - 1.5) & (rows["due_at"] < over - 0.15)]
    ends = stalled["due_at"] + stalled["latency"]
    assert np.ptp(ends) < 0.15, "all that waited were answered when it was over"
    expected = 40 * (1.5 - 0.15)  # arrivals in the stall, but for those that waited less than 0.15 s
    assert len(stalled) == pytest.approx(expected, abs=4 * expected**0.5)


def test_a_generator_that_stands_still_tells_its_lag_and_corrects_for_it(config: Make):
    """Half a second in which this very process does nothing is in the corrected latency, and not in the raw one."""

    def run(client: Client, visitor: Visitor) -> None:
        if visitor.number == 20:
            time.sleep(0.5)
        client.get("/", name="step")

    run_ = drive(config(plan={"mix": "{one: 1}", "rate": 40, "seconds": 1.5}), journeys(one=run))
    worst = run_.rows[np.argmax(run_.rows["latency"])]
    assert worst["latency"] == pytest.approx(0.5, abs=0.1)
    assert worst["raw"] < 0.15
    assert run_.result.workers[0].lag_max_ms == pytest.approx(500, abs=100)
    assert run_.result.workers[0].lag_p99_ms > 100


def test_think_time_is_not_latency_and_later_steps_are_due_at_its_end(config: Make):
    def run(client: Client, _: Visitor) -> None:
        client.get("/", name="first")
        client.think(3.0)  # launch seconds: 0.3 real ones at speed 10
        client.get("/", name="second")

    of = journeys(one=run)
    driven = drive(config(plan={"mix": "{one: 1}", "seconds": 12}, speed=10), of)
    second = driven.of("second")
    assert len(second) > 10
    assert np.all(second["think"] == np.float32(3.0))
    assert np.all(second["latency"] < 0.2)
    first = {row["arrival"]: row for row in driven.of("first")}
    for row in second:
        before = first[row["arrival"]]
        done = before["due_at"] + before["latency"] * 10
        assert row["due_at"] == pytest.approx(done + 3.0, abs=0.01)


def test_steps_that_would_be_due_after_the_curve_are_cut_and_have_not_failed(config: Make):
    def run(client: Client, _: Visitor) -> None:
        client.get("/", name="first")
        client.think(30)
        client.get("/", name="never")

    begun = time.monotonic()
    driven = drive(config(plan={"mix": "{one: 1}", "seconds": 1}), journeys(one=run))
    assert time.monotonic() - begun < 4
    assert driven.steps == ["first"]
    assert [phase.journeys_failed for phase in driven.result.phases] == [0, 0]


GOES_WRONG = {
    "/status/500": ("500", 500),
    "/status/404": ("404", 404),
    "/reset": ("transport", 0),
    "/half": ("transport", 0),
    "/loop": ("transport", 0),
    "/never": ("timeout", -1),
}


def test_what_goes_wrong_is_counted_and_ends_the_journey(config: Make):
    def run(client: Client, visitor: Visitor) -> None:
        path = list(GOES_WRONG)[visitor.number % len(GOES_WRONG)]
        client.get(path, name=path)
        client.get("/", name="after")

    driven = drive(config(plan={"mix": "{one: 1}", "rate": 30, "seconds": 0.8, "timeout": 0.4}), journeys(one=run))
    assert sorted(driven.steps) == sorted(GOES_WRONG)
    assert not driven.rows["ok"].any()
    counted: Counter[str] = Counter()
    for path, (word, status) in GOES_WRONG.items():
        rows = driven.of(path)
        counted[word] += len(rows)
        assert set(rows["status"].tolist()) == {status}
    assert driven.result.status_counts == counted
    assert driven.of("/never")["latency"].min() >= 0.4
    assert sum(phase.journeys_failed for phase in driven.result.phases) == len(driven.rows)
    assert driven.result.failures
    of_all = [h for h in driven.result.histograms if h.step == "*"]
    assert all(histogram.errors == histogram.count for histogram in driven.result.histograms)
    assert {sum(h.count for h in of_all if h.kind == kind) for kind in ("raw", "corrected")} == {len(driven.rows)}


def test_an_edge_that_blocks_is_counted_as_that(config: Make):
    paths = ["/status/403", "/status/429", "/captcha"]

    def run(client: Client, visitor: Visitor) -> None:
        client.get(paths[visitor.number % 3], name="step")

    driven = drive(config(plan={"mix": "{one: 1}", "seconds": 0.5}), journeys(one=run))
    assert driven.result.blocked == len(driven.rows) > 3
    assert not driven.rows["ok"].any()


def test_a_journey_may_expect_other_statuses_and_check_answers(config: Make):
    def run(client: Client, visitor: Visitor) -> None:
        answer = client.get("/status/409", name="sold_out", ok={409})
        client.check(answer.status == 409, "it is sold out")
        answer = client.get("/chunked", name="list")
        client.check(answer.json()["a"] == [1, 2], "the list is there")
        if visitor.number % 2:
            answer = client.get("/gzip", name="odd")
            client.check(answer.json()["packed"] is False, "it is not packed")
        else:
            client.get("/gzip", name="even").json()["no such key"]

    driven = drive(config(plan={"mix": "{one: 1}", "seconds": 0.5}), journeys(one=run))
    journeys_run = len(driven.of("sold_out"))
    assert driven.of("sold_out")["ok"].all()
    assert driven.of("list")["ok"].all()
    assert not driven.of("odd")["ok"].any()
    assert not driven.of("even")["ok"].any(), "an answer that the journey can't read is a failed check"
    assert driven.result.status_counts["check"] == journeys_run
    assert any("it is not packed" in words for words in driven.result.failures)
    assert any("KeyError" in words for words in driven.result.failures)


def test_redirects_are_followed_on_the_same_host_only_and_cookies_are_the_visitors_own(site: Site, config: Make):
    def run(client: Client, visitor: Visitor) -> None:
        client.get("/redirect/302/", name="home")
        client.check(client.get("/elsewhere", name="elsewhere", ok={302}).status == 302, "it is not followed")
        client.post("/redirect/303/gzip", name="see_other", json={"a": 1})
        client.post("/redirect/307/timing", name="again", json={"a": 1})
        if visitor.number % 2:
            client.get("/cookie/set", name="set")
        shown = client.get("/cookie/show", name="show").json()["cookie"]
        client.check((shown == "other=1; session=abc") == bool(visitor.number % 2), f"cookies are its own, not {shown}")

    driven = drive(config(plan={"mix": "{one: 1}", "seconds": 0.5}), journeys(one=run))
    assert driven.result.failures == []
    methods = {(seen.path, seen.method) for seen in site.seen}
    assert ("/gzip", "GET") in methods
    assert ("/timing", "POST") in methods
    assert driven.of("again")["waited"] == pytest.approx(0.0125)
    assert np.isnan(driven.of("home")["waited"]).all()


def test_too_many_open_journeys_are_refused_and_told(site: Site, config: Make):
    site.delay = 0.3
    driven = drive(config(plan={"mix": "{one: 1}", "rate": 40, "seconds": 1}, max_in_flight=5), journeys(one=_slow))
    assert driven.result.in_flight_cap_hit
    assert driven.result.in_flight_max == 5
    planned = sum(phase.arrivals_planned for phase in driven.result.phases)
    delivered = sum(phase.arrivals_delivered for phase in driven.result.phases)
    assert delivered == len(driven.rows) < planned


def _slow(client: Client, _: Visitor) -> None:
    client.get("/", name="step")


def test_a_condition_to_stop_ends_the_run(site: Site, config: Make):
    site.delay = 0.2
    begun = time.monotonic()
    settings = config(plan={"mix": "{one: 1}", "rate": 40, "seconds": 20}, abort_if=("error_rate>5%", "p95>100ms"))
    driven = drive(settings, journeys(one=_slow))
    assert driven.result.aborted_by == "p95>100ms"
    assert time.monotonic() - begun < 6


def test_stopping_writes_what_there_is(config: Make, tmp_path: Path):
    begun = Event()

    def slow(client: Client, visitor: Visitor) -> None:
        if not isinstance(client, SketchClient):
            begun.set()
        _slow(client, visitor)

    of = journeys(one=slow)
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
        compile_schedule(config(plan={"mix": "{one: 1}"}, max_rate=10), journeys(one=_slow))
    schedule = compile_schedule(config(plan={"mix": "{one: 1}"}, max_rate=10, scale=0.5), journeys(one=_slow))
    assert compile_curve(schedule.plan).peak == 20


def test_a_journey_of_the_mix_that_nobody_wrote_is_named(config: Make):
    with pytest.raises(JourneyFileError, match=r"journeys\.mix\.glance"):
        compile_schedule(config(), journeys(one=_slow))
