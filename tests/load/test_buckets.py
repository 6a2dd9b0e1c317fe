"""Dense buckets are HdrHistogram's own; a closed loop counts in them what it does."""

from __future__ import annotations

import numpy as np
import pytest
from hdrh.histogram import HdrHistogram
from hypothesis import given, settings
from hypothesis import strategies as st

from surgeproof.load.buckets import DIGITS, HIGHEST, LOWEST, Buckets, bucket_of, index_of, value_at
from surgeproof.load.client import Client
from surgeproof.load.closed import drive_closed
from surgeproof.load.visitor import Visitor
from tests.load.driving import journeys
from tests.load.site import Site

micros = st.lists(st.integers(LOWEST, HIGHEST), min_size=1, max_size=60)


@settings(deadline=None)
@given(micros, micros)
def test_dense_buckets_are_the_librarys_histogram(ones: list[int], others: list[int]):
    merged, wired = Buckets(), Buckets()
    library = HdrHistogram(LOWEST, HIGHEST, DIGITS)
    for values in (ones, others):
        array = np.array(values, dtype=np.int64)
        assert np.array_equal(value_at(index_of(array)), bucket_of(array))
        part = Buckets()
        part.add(array)
        merged.merge(part)
        wired.merge_wire(*part.to_wire())
        for value in values:
            library.record_value(value)
    assert np.array_equal(merged.counts, wired.counts)
    assert merged.total == library.total_count
    assert merged.histogram().encode() == library.encode()
    for percent in (0.1, 50, 95, 99, 100):
        assert merged.percentile(percent) == pytest.approx(library.get_value_at_percentile(percent), rel=0.001, abs=1)


def test_no_values_have_no_percentile():
    assert Buckets().percentile(99) == 0.0


def test_a_closed_loop_keeps_its_visitors_busy_and_tells_each_request(site: Site):
    site.delay = 0.02
    told: list[int] = []

    def visit(client: Client, visitor: Visitor) -> None:
        client.get("/", name="home")
        client.get("/status/500" if visitor.number % 4 == 0 else "/", name="second")

    figures = drive_closed(
        site.url,
        journeys(one=visit),
        mix={"one": 1.0},
        visitors=5,
        seconds=1.0,
        on_rows=lambda rows, *_: told.append(len(rows)),
    )
    assert figures.requests == sum(told) == len(site.seen)
    assert 10 <= figures.requests <= 5 * 1.1 / 0.02  # a busy machine does a tenth
    assert figures.errors == len([seen for seen in site.seen if seen.path == "/status/500"]) > 0
    assert figures.p50 >= 20
    assert site.connections == 5
