"""What holds for every service and every course of its metrics."""

from __future__ import annotations

from itertools import groupby, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scaling.scaler import REQUESTS, Driver, make, tracking

METRIC = st.one_of(st.none(), st.floats(0, 100))
COURSE = st.lists(st.tuples(METRIC, st.one_of(st.none(), st.floats(0, 3000))), min_size=1, max_size=80)
HOLDING = st.tuples(st.sampled_from([10.0, 30.0, 48.0, 60.0, 95.0]), st.integers(1, 25))
STRETCHES = st.lists(HOLDING, min_size=1, max_size=8)


def driven(course, *, out=120.0, into=300.0, maximum=20):
    driver = Driver(make([tracking(out=out, into=into), tracking(600, metric=REQUESTS)], maximum=maximum))
    desired = [driver.scaler.desired]
    for cpu, requests in course:
        driver.minute(cpu=cpu, requests_per_task=requests)
        desired.append(driver.scaler.desired)
    return driver, desired


@given(course=COURSE)
@settings(max_examples=150, deadline=None)
def test_never_beyond_floor_and_ceiling(course):
    _, desired = driven(course)
    assert all(2 <= count <= 20 for count in desired)


@given(course=COURSE)
@settings(max_examples=100, deadline=None)
def test_desired_changes_only_with_an_event_that_says_so(course):
    driver, desired = driven(course)
    moved = [(a, b) for a, b in pairwise(desired) if a != b]
    decisions = [event for event in driver.events if event.kind == "decision"]
    # Two policies may decide at one moment: what is seen from outside is the first's before and the last's after.
    moments = [list(events) for _, events in groupby(decisions, key=lambda event: event.at)]
    assert all(one.after == other.before for events in moments for one, other in pairwise(events))
    assert moved == [(events[0].before, events[-1].after) for events in moments]


@given(stretches=STRETCHES)
@settings(max_examples=150, deadline=None)
def test_no_scale_in_inside_a_cooldown_and_only_after_fifteen_low_datapoints(stretches):
    course = [(cpu, cpu * 12) for cpu, minutes in stretches for _ in range(minutes)]
    driver, _ = driven(course)
    last = {"out": float("-inf"), "in": float("-inf")}
    for event in driver.events:
        if event.kind != "decision":
            continue
        if event.after > event.before:
            last["out"], last["in"] = event.at, float("-inf")
            continue
        assert event.at - last["out"] >= 120
        assert event.at - last["in"] >= 300
        last["in"] = event.at
        minute = round(event.at / 60)
        before = [cpu for cpu, _ in course[max(0, minute - 15) : minute]]
        assert len(before) == 15
        assert all(cpu < 45 for cpu in before)


@given(course=st.lists(st.floats(0, 100), min_size=3, max_size=3), more=st.floats(0, 50))
@settings(max_examples=150, deadline=None)
def test_a_higher_metric_never_gives_fewer_tasks(course, more):
    low, high = Driver(make([tracking()])), Driver(make([tracking()]))
    for cpu in course:
        low.minute(running=4, cpu=cpu)
        high.minute(running=4, cpu=cpu + more)
    assert high.scaler.desired >= low.scaler.desired


@given(course=COURSE, ceiling=st.integers(4, 20))
@settings(max_examples=100, deadline=None)
def test_a_ceiling_is_told_whenever_it_cuts(course, ceiling):
    driver, _ = driven(course, maximum=ceiling)
    cut = [event for event in driver.events if event.kind == "decision" and event.wanted > ceiling]
    told = {event.at for event in driver.events if event.kind == "at_max"}
    wishes = {event.wanted for event in driver.events if event.kind == "at_max"}
    assert all(event.at in told or event.wanted in wishes for event in cut)


@given(course=COURSE)
@settings(max_examples=60, deadline=None)
def test_the_same_course_gives_the_same_events(course):
    assert driven(course)[0].events == driven(course)[0].events
