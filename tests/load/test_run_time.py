"""Whole runs in this process, on a real server: from when latencies count, and what is no latency."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from surgeproof.load.journey import Client
from surgeproof.load.visitor import Visitor
from tests.load.driving import Make, drive, journeys, run_one
from tests.load.site import Site


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
