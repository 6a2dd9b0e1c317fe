"""AWS's published rules of target tracking, one by one (sources in the modules)."""

from __future__ import annotations

from itertools import pairwise

import pytest

from surgeproof.scaling.errors import PolicyError
from surgeproof.scaling.metric import MetricSpec
from surgeproof.scaling.targets import TargetTracking
from tests.scaling.scaler import CPU, REQUESTS, Driver, kinds, make, tracking


def test_three_datapoints_of_three_scale_out():
    driver = Driver(make([tracking()]))
    assert driver.minutes(2, cpu=80) == []
    assert kinds(driver.minute(cpu=80)) == ["alarm", "decision"]
    assert driver.scaler.desired == 7  # ceil(4 x 80 / 50)


def test_one_datapoint_at_the_target_starts_the_count_anew():
    driver = Driver(make([tracking()]))
    driver.minutes(2, cpu=80)
    driver.minute(cpu=50)
    assert driver.minutes(2, cpu=80) == []
    assert kinds(driver.minute(cpu=80)) == ["alarm", "decision"]


@pytest.mark.parametrize(("metric", "desired"), [(50.1, 5), (62.5, 5), (62.6, 6), (100, 8)])
def test_desired_is_rounded_up(metric, desired):
    driver = Driver(make([tracking()]))
    driver.minutes(3, cpu=metric)
    assert driver.scaler.desired == desired


def test_the_base_is_the_running_count_not_the_desired_one():
    driver = Driver(make([tracking()], desired=6))
    driver.minutes(3, running=4, cpu=100)
    assert driver.scaler.desired == 8


def test_tasks_that_start_already_are_not_asked_for_again():
    driver = Driver(make([tracking(out=0)], desired=8))
    driver.minutes(5, running=4, cpu=90)
    assert driver.scaler.desired == 8
    assert "decision" not in kinds(driver.events)


def test_in_a_scale_out_cooldown_only_a_larger_scale_out_goes_further():
    driver = Driver(make([tracking(out=300)]))
    driver.minutes(3, cpu=70)
    assert driver.scaler.desired == 6
    driver.minutes(2, cpu=70)  # the new tasks run, the metric is still old
    assert driver.scaler.desired == 6
    driver.minute(cpu=90)
    assert driver.scaler.desired == 8  # ceil(4 x 90 / 50): what was added counts


def test_after_the_cooldown_the_running_count_is_the_base_again():
    driver = Driver(make([tracking(out=300)]))
    driver.minutes(3, cpu=70)
    driver.minutes(5, cpu=70)
    assert driver.scaler.desired == 9  # ceil(6 x 70 / 50)


def test_scale_in_takes_fifteen_datapoints_of_fifteen_under_nine_tenths():
    driver = Driver(make([tracking()], desired=10))
    driver.minutes(14, cpu=20)
    assert driver.scaler.desired == 10
    driver.minute(cpu=20)
    assert driver.scaler.desired < 10


@pytest.mark.parametrize(("metric", "scales"), [(45.0, False), (44.9, True)])
def test_scale_in_needs_less_than_nine_tenths_of_the_target(metric, scales):
    driver = Driver(make([tracking()], desired=20))
    driver.minutes(20, cpu=metric)
    assert (driver.scaler.desired < 20) is scales


def test_scale_in_is_gradual_and_stops_at_the_need():
    driver = Driver(make([tracking()], desired=14))
    seen = [14]
    for _ in range(60):
        driver.minute(running=driver.scaler.desired, cpu=20 * 14 / driver.scaler.desired)
        if driver.scaler.desired != seen[-1]:
            seen.append(driver.scaler.desired)
    assert seen[1] == 10  # half of the way from 14 to ceil(14 x 20 / 50) = 6
    assert all(before - after <= max(1, before // 2) for before, after in pairwise(seen))
    assert seen[-1] >= 6


def test_the_highest_of_the_fifteen_datapoints_decides_how_far_scale_in_goes():
    driver = Driver(make([tracking()], desired=10))
    driver.minute(cpu=44)
    driver.minutes(14, cpu=5)
    assert driver.scaler.desired == 9  # need is ceil(10 x 44 / 50) = 9, whatever the newest says


def test_a_scale_in_cooldown_holds_the_next_scale_in_back():
    driver = Driver(make([tracking(into=300)], desired=16))
    driver.minutes(15, cpu=10)
    first = driver.scaler.desired
    driver.minutes(4, cpu=10)
    assert driver.scaler.desired == first
    driver.minute(cpu=10)
    assert driver.scaler.desired < first


def test_a_scale_out_cuts_a_scale_in_cooldown_short():
    driver = Driver(make([tracking(into=3600)], desired=16))
    driver.minutes(15, cpu=10)
    low = driver.scaler.desired
    driver.minutes(3, cpu=90)
    assert driver.scaler.desired > low
    driver.minutes(15, cpu=10)
    assert driver.events[-1].kind == "decision"
    assert (driver.events[-1].after or 0) < (driver.events[-1].before or 0)


def test_without_data_nothing_is_scaled():
    driver = Driver(make([tracking()]))
    driver.minutes(2, cpu=90)
    assert driver.minutes(20, cpu=None) == []
    assert driver.scaler.desired == 4


def test_a_missing_datapoint_breaks_a_row():
    driver = Driver(make([tracking()]))
    driver.minutes(2, cpu=90)
    driver.minute(cpu=None)
    driver.minutes(2, cpu=90)
    assert driver.scaler.desired == 4


def test_scale_in_can_be_disabled():
    driver = Driver(make([tracking(keep=True)], desired=10))
    driver.minutes(30, cpu=1)
    assert driver.scaler.desired == 10


def test_one_policy_is_enough_to_scale_out_and_the_largest_wins():
    driver = Driver(make([tracking(), tracking(600, metric=REQUESTS)]))
    driver.minutes(3, cpu=60, requests_per_task=1200)
    assert driver.scaler.desired == 8
    assert driver.events[-1].policy == "requests_per_task"


def test_scale_in_needs_all_policies_and_takes_the_larger_count():
    driver = Driver(make([tracking(), tracking(600, metric=REQUESTS)], desired=10))
    driver.minutes(15, cpu=10, requests_per_task=590)
    assert driver.scaler.desired == 10
    driver.minutes(15, cpu=10, requests_per_task=480)
    assert driver.scaler.desired == 9  # requests need ceil(10 x 480 / 600) = 8, CPU only 2


def test_a_policy_without_data_holds_scale_in_back_but_not_scale_out():
    policies = [tracking(), tracking(600, metric=REQUESTS)]
    driver = Driver(make(policies, desired=10))
    driver.minutes(20, cpu=10, requests_per_task=None)
    assert driver.scaler.desired == 10
    driver.minutes(3, cpu=90, requests_per_task=None)
    assert driver.scaler.desired == 18


def test_from_no_tasks_one_datapoint_is_waited_for_and_the_smallest_step_taken():
    backlog = MetricSpec("custom:backlog")
    driver = Driver(make([tracking(10, metric=backlog)], desired=0, minimum=0))
    events = driver.minute(running=0, **{"custom:backlog": 500.0})
    assert kinds(events) == ["decision"]
    assert driver.scaler.desired == 1


def test_the_ceiling_is_told_when_a_policy_wants_more():
    driver = Driver(make([tracking()], maximum=6))
    events = driver.minutes(3, cpu=100)
    assert kinds(events) == ["alarm", "at_max", "decision"]
    assert driver.scaler.desired == 6
    assert [e.wanted for e in events if e.kind == "at_max"] == [8]


def test_a_ceiling_below_nothing_more_is_told_once_for_the_same_wish():
    driver = Driver(make([tracking(out=0)], desired=6, maximum=6))
    driver.minutes(10, cpu=100)
    assert kinds(driver.events) == ["alarm", "at_max"]


def test_recovered_is_told_when_the_published_metric_is_back():
    driver = Driver(make([tracking()]))
    driver.minutes(3, cpu=80)
    assert kinds(driver.minute(cpu=40)) == ["recovered"]


@pytest.mark.parametrize(("suspended", "metric", "desired"), [("out", 90, 10), ("in", 5, 10)])
def test_what_is_suspended_does_not_happen(suspended, metric, desired):
    driver = Driver(make([tracking()], desired=10, suspended=suspended))
    driver.minutes(20, cpu=metric)
    assert driver.scaler.desired == desired


def test_two_periods_of_one_metric_are_refused():
    other = TargetTracking("fast", MetricSpec("cpu", 20), 50)
    with pytest.raises(PolicyError, match="one metric at two periods"):
        make([tracking(), other])


def test_a_metric_that_no_policy_reads_is_refused():
    with pytest.raises(PolicyError, match="no policy reads"):
        make([tracking(metric=CPU)]).feed("memory", 60, 1)
