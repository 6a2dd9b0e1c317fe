"""The pool of tasks."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surgeproof.scaling.task_pool import TaskPool

REQUESTS = st.lists(
    st.tuples(st.floats(0, 0.3), st.floats(0.001, 0.5), st.floats(0, 0.5), st.sampled_from([0, 0, 0, 1, 2, 5])),
    min_size=1,
    max_size=120,
)


@given(requests=REQUESTS, seed=st.integers(0, 5))
@settings(max_examples=200, deadline=None)
def test_a_request_goes_to_a_serving_task_with_the_fewest_open_requests(requests, seed):
    """Against a plain count of what is open, with tasks that come and go."""
    pool = TaskPool(2, seed=seed)
    open_until: list[tuple[float, int]] = []
    now = 0.0
    for gap, service, linger, tasks in requests:
        now += gap
        if tasks:
            pool.resize(tasks, now)
        serving = list(pool.serving)
        held = {task: sum(until > now and at == task for until, at in open_until) for task in serving}
        before = list(pool.work)
        wait = pool.take(now, service, linger)
        (task,) = [k for k, work in enumerate(pool.work) if work != before[k]]
        assert task in serving
        assert held[task] == min(held.values())
        assert pool.free[task] == pytest.approx(now + wait + service)
        open_until.append((pool.free[task] + linger, task))
    assert pool.taken == len(requests)
    assert sum(pool.work) == pytest.approx(sum(service for _, service, _, _ in requests))


def test_no_task_takes_nothing():
    pool = TaskPool(0, seed=1)
    assert pool.take(0.0, 1.0, 0.0) == -1.0
    pool.resize(1, 5.0)
    assert pool.take(5.0, 1.0, 0.0) == 0.0


def test_busy_time_is_what_was_worked_until_now():
    pool = TaskPool(1, seed=1)
    pool.take(0.0, 2.0, 0.0)
    pool.take(0.5, 2.0, 0.0)
    assert pool.busy(0, 3.0) == pytest.approx(3.0)
    assert pool.busy(0, 10.0) == pytest.approx(4.0)
