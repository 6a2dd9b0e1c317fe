from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surgeproof.localcloud.launch_scale import LaunchScale
from surgeproof.localcloud.queue_watch import QueuePeriod
from surgeproof.localcloud.true_metric import TrueMetric
from surgeproof.scaling.metric import MetricSpec
from surgeproof.scaling.targets import TargetTracking

BUSY_MACHINE = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
positive = st.floats(min_value=0.01, max_value=1000)


@BUSY_MACHINE
@given(real=st.floats(min_value=0, max_value=1e9), speed=positive, scale=st.floats(min_value=0.01, max_value=1))
def test_counts_are_converted_by_speed_and_scale_and_utilisation_by_scale_alone(real, speed, scale):
    convert = LaunchScale(speed, scale)
    assert convert.count(real) == pytest.approx(real * speed / scale)
    assert convert.utilisation(min(real, 1.0)) == pytest.approx(min(1.0, min(real, 1.0) / scale))


def test_at_speed_and_scale_1_nothing_is_converted():
    assert LaunchScale(1, 1).count(7) == 7
    assert LaunchScale(1, 1).utilisation(0.7) == 0.7


def test_a_backlog_takes_as_long_to_work_off_at_launch_scale_as_in_launch_seconds_of_the_run():
    # 10 messages, a worker of 0.5 s each: 5 real seconds are 150 launch seconds at speed 30.
    assert LaunchScale(30, 1).count(10) * 0.5 == 30 * 10 * 0.5


def test_queue_readings_of_a_period_are_means_and_the_oldest():
    period = QueuePeriod()
    period.add(visible=4, in_flight=1, oldest=10.0, sent=5)
    period.add(visible=0, in_flight=1, oldest=2.0, sent=6)
    assert (period.visible / period.readings, period.oldest, period.sent) == (2.0, 10.0, 6)


def follow(*values: Any):
    metric = TrueMetric("web", TargetTracking("cpu", MetricSpec("cpu"), 50.0))
    return [event for number, value in enumerate(values, 1) if (event := metric.see(60.0 * number, value))]


def test_crossed_and_recovered_are_told_between_the_middles_of_two_periods():
    crossed, recovered = follow(40.0, 60.0, 80.0, 20.0, 10.0)
    assert (crossed.kind, crossed.at, crossed.policy) == ("crossed", 60.0, "cpu")  # middles: 30 and 90
    assert (recovered.kind, recovered.at) == ("recovered", 180.0)  # 150 and 210, half-way down


def test_a_metric_that_is_above_from_the_start_crossed_in_its_first_period():
    (crossed,) = follow(90.0, 95.0)
    assert crossed.at == 30.0


def test_missing_data_tells_nothing_and_equal_to_the_target_is_not_above():
    assert follow(None, 40.0, None, 50.0, 49.0) == []


@BUSY_MACHINE
@given(st.lists(st.floats(min_value=0, max_value=100), max_size=40))
def test_crossings_and_recoveries_alternate_and_never_go_back_in_time(values):
    events = follow(*values)
    assert [event.kind for event in events] == ["crossed", "recovered"] * (len(events) // 2) + ["crossed"] * (
        len(events) % 2
    )
    times = [event.at for event in events]
    assert times == sorted(times)
