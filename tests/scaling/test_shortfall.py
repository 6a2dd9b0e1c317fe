"""Shortfall."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from surgeproof.launch.records import SupplyPoint
from surgeproof.scaling.shortfall import shortfall


def point(at, serving, service="web"):
    return SupplyPoint(at=at, service=service, desired=serving, running=serving, serving=serving, minimum=1, maximum=9)


def test_none_where_enough_serve():
    found = shortfall([(0, 2), (60, 3)], [point(0, 3)], until=120)
    assert (found.seconds, found.worst, found.intervals, found.first_at) == (0, 0, (), None)


def test_seconds_are_exact_and_intervals_joined():
    found = shortfall([(0, 2), (60, 5), (120, 6), (180, 2)], [point(0, 3), point(130.5, 5), point(150, 6)], until=240)
    assert found.seconds == 90.0
    assert found.worst == 3
    assert [(i.start, i.end, i.worst) for i in found.intervals] == [(60, 150, 3)]
    assert found.first_at == 60


def test_before_the_first_point_nothing_serves():
    assert shortfall([(0, 1)], [point(10, 1)], until=60).seconds == 10


def test_other_services_do_not_count():
    supply = [point(0, 1), point(0, 9, "orders")]
    assert shortfall([(0, 2)], supply, service="web", until=60).seconds == 60


def test_a_task_that_dies_and_comes_back_within_the_need():
    found = shortfall([(0, 3)], [point(0, 3), point(20, 2), point(40, 3)], until=60)
    assert [(i.start, i.end) for i in found.intervals] == [(20, 40)]


STEPS = st.lists(st.tuples(st.integers(0, 99), st.integers(0, 9)), min_size=1, max_size=10)


@given(needed=STEPS, supply=STEPS)
def test_it_is_the_sum_over_all_seconds(needed, supply):
    needed, supply = dict(needed), dict(supply)
    found = shortfall(sorted(needed.items()), [point(at, n) for at, n in supply.items()], until=100)

    def current(steps: dict[int, int], second: int) -> int:
        before = [at for at in steps if at <= second]
        return steps[max(before)] if before else 0

    missing = [max(0, current(needed, s) - current(supply, s)) for s in range(100)]
    assert found.seconds == sum(m > 0 for m in missing)
    assert found.worst == max(missing)


@given(needed=STEPS, supply=STEPS, more=st.integers(0, 5))
def test_more_tasks_never_lengthen_it(needed, supply, more):
    needed = sorted(dict(needed).items())
    few = shortfall(needed, [point(at, n) for at, n in dict(supply).items()], until=100)
    many = shortfall(needed, [point(at, n + more) for at, n in dict(supply).items()], until=100)
    assert many.seconds <= few.seconds
