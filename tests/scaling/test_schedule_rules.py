"""Scheduled actions: expressions, zones, changes of clocks, and what they do to a service."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surgeproof.scaling.cron import Cron
from surgeproof.scaling.errors import ScheduleError
from surgeproof.scaling.schedule import occurrences
from surgeproof.scaling.targets import ScheduledAction
from tests.scaling.launches import START
from tests.scaling.scaler import Driver, kinds, make, tracking

PARIS = "Europe/Paris"


def dates(expression, zone="UTC", since=datetime(2027, 1, 1, tzinfo=UTC), days=366):
    found = occurrences(expression, zone, since=since, until=since + timedelta(days=days))
    return [moment.strftime("%Y-%m-%d %H:%M") for moment in found]


def test_at_is_wall_clock_time_of_its_zone():
    assert dates("at(2027-03-20T10:00:00)", PARIS) == ["2027-03-20 09:00"]
    assert dates("at(2027-04-20T10:00:00)", PARIS) == ["2027-04-20 08:00"]


def test_cron_follows_summer_time():
    found = dates("cron(0 10 ? * SAT 2027)", PARIS, since=datetime(2027, 3, 19, tzinfo=UTC), days=10)
    assert found == ["2027-03-20 09:00", "2027-03-27 09:00"]
    found = dates("cron(0 10 ? * SUN 2027)", PARIS, since=datetime(2027, 3, 26, tzinfo=UTC), days=5)
    assert found == ["2027-03-28 08:00"]


def test_a_time_that_the_clocks_skip_does_not_occur():
    since = datetime(2027, 3, 27, 12, tzinfo=UTC)
    assert dates("cron(30 2 * * ? *)", PARIS, since=since, days=2) == ["2027-03-29 00:30"]


def test_a_time_that_comes_twice_occurs_once():
    since = datetime(2027, 10, 30, 12, tzinfo=UTC)
    assert dates("cron(30 2 * * ? *)", PARIS, since=since, days=1) == ["2027-10-31 00:30"]


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("cron(0 12 L 2 ? 2027)", ["2027-02-28 12:00"]),
        ("cron(0 12 1W 5 ? 2027)", ["2027-05-03 12:00"]),  # the 1st is a Saturday: not back into April
        ("cron(0 12 15W 8 ? 2027)", ["2027-08-16 12:00"]),  # a Sunday: on to Monday
        ("cron(0 12 LW 2 ? 2027)", ["2027-02-26 12:00"]),
        ("cron(0 12 ? 6 FRIL 2027)", ["2027-06-25 12:00"]),
        ("cron(0 12 ? 6 6#3 2027)", ["2027-06-18 12:00"]),
        ("cron(0/20 9-10 1 JAN ? 2027)", [f"2027-01-01 {h:02}:{m:02}" for h in (9, 10) for m in (0, 20, 40)]),
        ("cron(5,10 8 ? 1 MON-TUE 2027)", None),
    ],
)
def test_cron_letters(expression, found):
    if found is None:
        days = {datetime.strptime(d[:10], "%Y-%m-%d").replace(tzinfo=UTC).isoweekday() for d in dates(expression)}
        assert days == {1, 2}
    else:
        assert dates(expression, since=datetime(2026, 12, 31, tzinfo=UTC)) == found


def test_rate_counts_from_its_start():
    since = datetime(2027, 1, 1, 0, 3, tzinfo=UTC)
    found = list(occurrences("rate(90 minutes)", "UTC", since=since, until=since + timedelta(hours=4)))
    assert [(moment - since) / timedelta(minutes=1) for moment in found] == [90, 180]


@pytest.mark.parametrize(
    "bad",
    [
        "cron(0 10 * * * *)",
        "cron(0 10 ? * ? *)",
        "cron(0 10 * *)",
        "cron(60 10 * * ? *)",
        "cron(0 24 * * ? *)",
        "cron(0 10 32 * ? *)",
        "cron(0 10 ? * FOO *)",
        "rate(0 minutes)",
        "rate(5 weeks)",
        "at(tomorrow)",
        "every day",
    ],
)
def test_what_aws_would_refuse_is_refused_here(bad):
    with pytest.raises(ScheduleError) as told:
        dates(bad)
    assert "allowed" in str(told.value) or "." in str(told.value)


def test_an_unknown_zone_is_refused():
    with pytest.raises(ScheduleError, match="unknown time zone"):
        dates("at(2027-03-20T10:00:00)", "Europe/Nowhere")


@given(minute=st.integers(0, 59), hour=st.integers(0, 23), zone=st.sampled_from(["UTC", PARIS, "America/New_York"]))
def test_daily_cron_shows_its_own_time_on_the_wall(minute, hour, zone):
    since = datetime(2027, 3, 1, tzinfo=UTC)
    found = list(occurrences(f"cron({minute} {hour} * * ? *)", zone, since=since, until=since + timedelta(days=60)))
    assert 58 <= len(found) <= 61
    assert all(
        (m.astimezone(ZoneInfo(zone)).hour, m.astimezone(ZoneInfo(zone)).minute) == (hour, minute) for m in found
    )
    assert found == sorted(set(found))


def test_fields_are_parsed_once():
    assert Cron.parse("0/15 8 ? * MON-FRI *").minutes == (0, 15, 30, 45)


def at(minutes, *, minimum: int | None = None, maximum: int | None = None):
    moment = START + timedelta(minutes=minutes)
    return ScheduledAction("prewarm", f"at({moment:%Y-%m-%dT%H:%M:%S})", minimum=minimum, maximum=maximum)


def test_a_raised_floor_scales_out_at_once_whatever_the_cooldown():
    driver = Driver(make([tracking(out=3600)], actions=[at(4, minimum=12)]))
    driver.minutes(3, cpu=60)
    assert driver.scaler.desired == 5
    assert kinds(driver.minute(cpu=60)) == ["scheduled"]
    assert (driver.scaler.desired, driver.scaler.minimum) == (12, 12)


def test_a_lowered_ceiling_scales_in_at_once_and_a_lowered_floor_does_not():
    driver = Driver(make(desired=10, minimum=8, actions=[at(1, minimum=2), at(2, maximum=6)]))
    driver.minute()
    assert driver.scaler.desired == 10
    driver.minute()
    assert driver.scaler.desired == 6


def test_scheduled_scaling_can_be_suspended():
    driver = Driver(make(actions=[at(1, minimum=12)], suspended="scheduled"))
    driver.minutes(3)
    assert driver.scaler.desired == 4


def test_what_was_due_before_the_curve_is_in_force_from_its_start():
    scaler = make(actions=[at(-10, minimum=9)])
    assert (scaler.desired, scaler.minimum) == (9, 9)
    events = scaler.step(0.0, 4)
    assert [(event.kind, event.at) for event in events] == [("scheduled", -600.0)]


def test_the_last_of_yesterdays_actions_stands():
    raised = ScheduledAction("day", "cron(0 7 * * ? *)", minimum=8)
    lowered = ScheduledAction("night", "cron(0 20 * * ? *)", minimum=3)
    assert make(actions=[lowered, raised]).minimum == 8  # launch second 0 is 9 o'clock


def test_an_action_outside_its_start_and_end_does_nothing():
    early = ScheduledAction("x", "cron(5 9 20 3 ? 2027)", minimum=9, end=START + timedelta(minutes=1))
    late = ScheduledAction("y", "cron(5 9 20 3 ? 2027)", minimum=9, start=START + timedelta(hours=1))
    driver = Driver(make(actions=[early, late]))
    driver.minutes(10)
    assert driver.scaler.desired == 4


def test_a_floor_above_the_ceiling_is_cut_to_it():
    driver = Driver(make(actions=[at(1, minimum=50)]))
    driver.minute()
    assert driver.scaler.desired == 20
