"""Thresholds of the launch's alarms: arithmetic with properties."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.launch_limits import (
    MAX_CONNECTIONS,
    MAX_CONNECTIONS_SMALL,
    ceiling,
    max_connections,
    queue_age_limit,
    queue_depth_limit,
    start_periods,
    tightest,
)
from surgeproof.launch.gates import Gate

_seconds = st.floats(1, 3600)
_tasks = st.integers(1, 500)


@given(_tasks, _tasks, st.one_of(st.none(), st.floats(0.05, 1)))
def test_the_ceiling_is_above_rest_and_within_reach(one: int, other: int, share: float | None):
    low, high = sorted((one, other))
    limit = ceiling(low, high, share)
    if low == high:
        assert limit is None
        return
    assert limit is not None
    assert low < limit <= high  # silent at rest, heard at the latest when all tasks run
    if share is None:
        assert limit == high
    elif low + 1 < limit < high:
        # The first number of tasks at which the gate falls: more than its share of max_tasks.
        assert limit > share * high - 1e-6
        assert limit - 1 <= share * high + 1e-6


def test_the_production_ceiling():
    assert ceiling(2, 24, 0.9) == 22  # 21.6 of 24
    assert ceiling(2, 20, 0.9) == 19  # 18 of 20 is not above 90 %
    assert ceiling(0, 1, 0.9) == 1


@given(st.integers(1, 5000), _seconds, _seconds)
def test_the_last_message_at_the_depth_limit_is_in_time(max_tasks: int, processing: float, age: float):
    depth = queue_depth_limit(max_tasks, processing, age)
    assert depth >= 1
    if depth > 1:
        assert depth * processing / max_tasks <= age * (1 + 1e-9)
    assert (depth + 1) * processing / max_tasks > age * (1 - 1e-9)


@given(st.one_of(st.none(), _seconds), _seconds, _seconds)
def test_the_age_limit_is_the_gate_s_or_one_failed_delivery(gate: float | None, latency: float, hidden: float):
    limit = queue_age_limit(gate, latency, hidden)
    assert limit == gate or (gate is None and limit >= max(latency, hidden))


@given(st.floats(0, 600), st.floats(0, 600), st.floats(5, 300), st.integers(2, 10))
def test_a_start_in_time_is_no_alarm(boot: float, grace: float, interval: float, checks: int):
    minutes = start_periods(boot, grace, interval, checks)
    start = max(grace, boot) + boot + interval * checks
    assert start + 60 <= minutes * 60 < start + 120 + 1e-6


@given(st.floats(0.5, 256), st.floats(1, 256), st.floats(1, 256))
def test_more_capacity_never_takes_fewer_connections(low: float, one: float, other: float):
    small, large = sorted((one, other))
    assert 0 < max_connections(low, small) <= max_connections(low, large) <= MAX_CONNECTIONS
    assert max_connections(0.5, large) <= MAX_CONNECTIONS_SMALL


@pytest.mark.parametrize(("acu", "told"), [(1, 189), (4, 823), (8, 1669), (16, 3360), (32, 5000), (256, 5000)])
def test_connections_as_aws_documents_them(acu: float, told: int):
    assert abs(max_connections(1, acu) - told) <= 1


def _gate(metric: str, limit: float, **more: object) -> Gate:
    return Gate.model_validate({"metric": metric, "max": limit, **more})


def test_the_tightest_gate_that_an_alarm_can_see():
    gates = [
        _gate("p95", 0.8),
        _gate("p95", 0.5, phase=["peak"]),
        _gate("p95", 0.1, step="checkout"),  # the load balancer knows no steps
        _gate("p99", 0.2),
        _gate("queue_age", 300, service="orders"),
        _gate("queue_age", 600),
        Gate.model_validate({"metric": "orders", "min": 0.95}),
    ]
    assert tightest(gates, "p95") == 0.5
    assert tightest(gates, "queue_age", service="orders") == 300
    assert tightest(gates, "queue_age", service="mails") == 600
    assert tightest(gates, "tasks", service="orders") is None
    assert tightest([], "p95") is None
