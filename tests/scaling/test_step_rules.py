"""AWS's published rules of step scaling, one by one (Application Auto Scaling guide, step scaling policies)."""

from __future__ import annotations

from typing import Any

import pytest

from surgeproof.scaling.stepping import SteppingState
from surgeproof.scaling.targets import StepAdjustment, StepScaling
from tests.scaling.scaler import CPU, REQUESTS, Driver, make, tracking

GUIDE_OUT = (StepAdjustment(0, 0, 10), StepAdjustment(10, 10, 20), StepAdjustment(30, 20, None))
GUIDE_IN = (StepAdjustment(0, -10, 0), StepAdjustment(-10, -20, -10), StepAdjustment(-30, None, -20))


def out_policy(**changes: Any):
    settings: dict[str, Any] = {"name": "out", "metric": CPU, "threshold": 50.0, "comparison": ">=", "steps": GUIDE_OUT}
    return StepScaling(**{**settings, **changes})


def in_policy(**changes: Any):
    return out_policy(**{"name": "in", "comparison": "<=", "steps": GUIDE_IN, **changes})


def wish(policy, value, running):
    state = SteppingState(policy)
    state.see(value)
    return state.propose(base=running, running=running)


@pytest.mark.parametrize(
    ("metric", "running", "wanted"),
    [(50, 10, None), (59, 10, None), (60, 10, 11), (69, 10, 11), (70, 10, 13), (100, 10, 13)],
)
def test_the_guides_scale_out_table(metric, running, wanted):
    """The guide's example: threshold 50, +10 % from 60, +30 % from 70, at 10 units of capacity."""
    found = wish(out_policy(adjustment_type="PercentChangeInCapacity"), metric, running)
    assert (found.wanted if found.direction == "out" else None) == wanted


@pytest.mark.parametrize(("metric", "wanted"), [(50, None), (41, None), (40, 9), (31, 9), (30, 7), (0, 7)])
def test_the_guides_scale_in_table(metric, wanted):
    found = wish(in_policy(adjustment_type="PercentChangeInCapacity"), metric, 10)
    assert (found.wanted if found.direction == "in" else None) == wanted


@pytest.mark.parametrize(
    ("running", "percent", "wanted"),
    [(10, 67, 16), (10, 5, 11), (10, -67, 4), (10, -5, 9), (3, 40, 4), (3, -40, 2), (1, 100, 2)],
)
def test_percent_is_rounded_toward_zero_beyond_one_and_to_one_below(running, percent, wanted):
    """12.7 becomes 12, 0.67 becomes 1, -0.58 becomes -1, -6.67 becomes -6."""
    policy = out_policy(adjustment_type="PercentChangeInCapacity", steps=(StepAdjustment(percent, 0),))
    assert wish(policy, 90, running).wanted == wanted


def test_minimum_adjustment_magnitude():
    policy = out_policy(adjustment_type="PercentChangeInCapacity", steps=(StepAdjustment(25, 0),), minimum_adjustment=2)
    assert wish(policy, 90, 4).wanted == 6  # 25 % of 4 is 1, at least 2
    assert wish(policy, 90, 40).wanted == 50


def test_exact_capacity():
    policy = out_policy(adjustment_type="ExactCapacity", steps=(StepAdjustment(12, 0),))
    assert wish(policy, 90, 4).wanted == 12


def test_change_in_capacity_and_datapoints_of_the_teams_own_alarm():
    policy = out_policy(steps=(StepAdjustment(3, 0),), datapoints=2, evaluation_periods=3)
    driver = Driver(make([policy]))
    driver.minute(cpu=60)
    driver.minute(cpu=40)
    assert driver.scaler.desired == 4
    driver.minute(cpu=60)
    assert driver.scaler.desired == 7


def test_in_its_cooldown_only_a_larger_step_adds_and_only_the_difference():
    policy = out_policy(steps=(StepAdjustment(2, 0, 20), StepAdjustment(3, 20, None)), cooldown=300)
    driver = Driver(make([policy]))
    driver.minute(cpu=60)
    assert driver.scaler.desired == 6
    driver.minute(cpu=60)
    assert driver.scaler.desired == 6
    driver.minute(cpu=90)
    assert driver.scaler.desired == 7


def test_a_step_policy_scales_in_though_a_tracking_policy_is_content():
    policy = in_policy(steps=(StepAdjustment(-2, None, 0),))
    driver = Driver(make([policy, tracking(600, metric=REQUESTS)], desired=10))
    driver.minute(cpu=40, requests_per_task=580)
    assert driver.scaler.desired == 8


def test_a_conflict_is_won_by_the_larger_capacity():
    policy = in_policy(steps=(StepAdjustment(-2, None, 0),))
    driver = Driver(make([policy, tracking(600, metric=REQUESTS)], desired=10))
    driver.minutes(2, cpu=60, requests_per_task=900)
    driver.minute(cpu=40, requests_per_task=900)
    assert driver.scaler.desired == 15
