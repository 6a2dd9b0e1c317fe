"""Rate limits, reserved capacity, path patterns and the content policy: pure, and held by properties."""

from __future__ import annotations

import math
import re
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.balancer_capacity import LOWEST as FEWEST_UNITS
from infra.balancer_capacity import reserved_units
from infra.content_policy import payment_page_policy
from infra.path_patterns import overlap
from infra.rate_limits import HIGHEST, LOWEST, requests_per_address

rates = st.floats(0.01, 1e5)
shares = st.floats(0, 1)
windows = st.sampled_from([60, 120, 300, 600])
requests = st.floats(0.001, 100)
factors = st.floats(1, 100)


def test_the_worked_example():
    limit = requests_per_address(peak=45, window=300, requests_per_visitor=3, address_share=0.005, headroom=2)
    assert limit == 559


@given(rates, windows, requests, shares, factors)
def test_a_limit_is_what_aws_takes_and_never_below_what_the_plan_asks(peak, window, each, share, headroom):
    limit = requests_per_address(
        peak=peak, window=window, requests_per_visitor=each, address_share=share, headroom=headroom
    )
    assert LOWEST <= limit <= HIGHEST
    assert limit >= min(peak * window * share * each, HIGHEST)
    # One visitor alone is never stopped, however small the launch.
    assert limit >= min(math.floor(headroom * each), HIGHEST)


@given(rates, windows, requests, shares, factors, st.floats(1, 10))
def test_more_of_anything_never_lowers_a_limit(peak, window, each, share, headroom, more):
    def limit(**changed: float) -> int:
        given_ = {"peak": peak, "requests_per_visitor": each, "address_share": share, "headroom": headroom, **changed}
        return requests_per_address(window=window, **given_)

    plain = limit()
    assert limit(peak=peak * more) >= plain
    assert limit(requests_per_visitor=each * more) >= plain
    assert limit(address_share=min(share * more, 1)) >= plain
    assert limit(headroom=headroom * more) >= plain


@given(rates, requests, st.floats(1, 3600), st.floats(1, 1e6), factors)
def test_capacity_covers_each_dimension(peak, each, visit, size, headroom):
    units = reserved_units(
        peak=peak, requests_per_visitor=each, visit_seconds=visit, response_bytes=size, headroom=headroom
    )
    assert units >= FEWEST_UNITS
    assert units * 25 >= peak
    assert units * 3000 >= peak * visit * 0.999999
    assert units * 1e9 >= peak * each * size * 3600 * 0.999999


patterns = st.text(alphabet="/ab*?", min_size=1, max_size=8)


@given(patterns, patterns)
def test_overlap_is_mutual(one, other):
    assert overlap(one, other) == overlap(other, one)


@given(patterns, patterns, st.text(alphabet="/ab", max_size=6))
def test_a_path_that_both_match_is_an_overlap(one, other, path):
    if fnmatchcase(path, one) and fnmatchcase(path, other):
        assert overlap(one, other)


@given(patterns, st.text(alphabet="/ab", max_size=6))
def test_a_plain_path_overlaps_what_it_matches_and_nothing_else(pattern, path):
    assert overlap(pattern, path) == fnmatchcase(path, pattern)


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [("/products/*", "/cart*", False), ("/*", "/cart*", True), ("*", "/checkout", True), ("/c?rt", "/cart", True)],
)
def test_patterns_of_the_shop(one, other, meet):
    assert overlap(one, other) is meet


def test_the_payment_page_lets_in_what_is_named_and_reports():
    policy = payment_page_policy(
        scripts=["https://js.pay.example"], frames=[], connections=[], report_endpoint="https://csp.example/r"
    )
    directives = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == "'self' https://js.pay.example"
    assert directives["frame-src"] == "'none'"
    assert directives["frame-ancestors"] == "'none'"
    assert directives["report-uri"] == "https://csp.example/r"
    assert directives["report-to"] == "csp"
    assert not re.search(r"unsafe-(inline|eval)", policy)
