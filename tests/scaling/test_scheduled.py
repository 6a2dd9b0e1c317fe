"""Pre-warm compiled from a plan."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from surgeproof.launch.moment import Launch
from surgeproof.launch.plan import Prewarm
from surgeproof.scaling.schedule import occurrences
from surgeproof.scaling.scheduled import prewarm_actions


def plan(date="2027-03-20", time="10:00", zone="Europe/Paris", **prewarm: object) -> Any:
    settings = {"lead": 900, "release": 2700, "tasks": {"storefront": 8}, **prewarm}
    launch = Launch.model_validate({"date": date, "time": time, "zone": zone})
    return SimpleNamespace(launch=launch, prewarm=Prewarm.model_validate(settings))


def moments(actions):
    year = {"since": datetime(2027, 1, 1, tzinfo=UTC), "until": datetime(2027, 12, 31, tzinfo=UTC)}
    return [moment for action in actions for moment in occurrences(action.schedule, action.timezone, **year)]


def test_raised_before_the_launch_and_released_after():
    raised, released = prewarm_actions(plan(), "storefront", min_tasks=2, max_tasks=20)
    assert (raised.schedule, raised.timezone) == ("at(2027-03-20T09:45:00)", "Europe/Paris")
    assert (raised.min_capacity, raised.max_capacity, raised.clamped) == (8, 20, None)
    assert (released.schedule, released.min_capacity) == ("at(2027-03-20T10:45:00)", 2)
    assert raised.warning is None


def test_never_above_the_ceiling_and_it_is_said():
    raised, _ = prewarm_actions(plan(), "storefront", min_tasks=2, max_tasks=6)
    assert (raised.min_capacity, raised.clamped) == (6, 8)
    assert raised.warning == "pre-warm asks for 8 tasks, max_tasks is 6: it gets 6"


@pytest.mark.parametrize(
    ("service", "changes", "floor"), [("orders", {}, 2), ("storefront", {"enabled": False}, 2), ("storefront", {}, 8)]
)
def test_nothing_to_do(service, changes, floor):
    assert prewarm_actions(plan(**changes), service, min_tasks=floor, max_tasks=20) == []


@pytest.mark.parametrize(("date", "time"), [("2027-03-28", "03:10"), ("2027-10-31", "03:10"), ("2027-10-31", "04:05")])
def test_the_moments_are_right_where_clocks_change(date, time):
    made = plan(date=date, time=time, lead=2400)
    at = made.launch.moment.astimezone(UTC)
    actions = prewarm_actions(made, "storefront", min_tasks=2, max_tasks=20)
    assert moments(actions) == [at - timedelta(seconds=2400), at + timedelta(seconds=2700)]


def test_a_time_that_comes_twice_is_told_in_utc():
    actions = prewarm_actions(plan(date="2027-10-31", time="03:10"), "storefront", min_tasks=2, max_tasks=20)
    assert actions[0].timezone == "UTC"
    assert datetime.fromisoformat(actions[0].schedule[3:-1]).replace(tzinfo=UTC).astimezone(ZoneInfo("Europe/Paris"))
