"""Whole runs in this process, on a real server: what goes wrong, blocks, fails a check or leads elsewhere."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from surgeproof.load.journey import Client
from surgeproof.load.visitor import Visitor
from tests.load.driving import Make, drive, journeys
from tests.load.site import Site

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
