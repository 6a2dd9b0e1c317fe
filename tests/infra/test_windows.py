"""Hours with another floor: the scheduled actions keep to the zone's wall clock, a change of clocks or none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.errors import SettingsError
from infra.floor_windows import WEEK, edges_between, floor_at, overlap, spans, window_actions
from infra.launch_actions import launch_actions
from infra.window_settings import FloorWindow
from surgeproof.launch.plan import load_plan
from surgeproof.scaling.schedule import occurrences
from surgeproof.scaling.scheduled import CompiledAction
from tests.infra.conftest import ROOT, WEB, stack_settings

ZONES = ("Europe/Paris", "America/New_York", "Australia/Sydney", "UTC")
# Hours that no change of clocks skips or repeats in these zones: from 04:00 to 23:59.
CLOCKS = st.builds(lambda hour, minute: f"{hour:02}:{minute:02}", st.integers(4, 23), st.integers(0, 59))
WINDOWS = st.builds(
    lambda days, clocks, zone, floor: FloorWindow(
        name="w", days=tuple(sorted(days, key=WEEK.index)), start=clocks[0], end=clocks[1], zone=zone, min_tasks=floor
    ),
    st.sets(st.sampled_from(WEEK), min_size=1),
    st.lists(CLOCKS, min_size=2, max_size=2, unique=True),
    st.sampled_from(ZONES),
    st.integers(2, 9),
)
# Two weeks around each change of clocks of 2027 in these zones.
CHANGES = st.sampled_from(
    [datetime(2027, month, day, tzinfo=UTC) for month, day in ((3, 14), (3, 28), (4, 4), (10, 3), (10, 31), (11, 7))]
)


@settings(deadline=None)
@given(WINDOWS, CHANGES, st.integers(-6 * 24 * 60, 6 * 24 * 60))
def test_the_actions_leave_the_floor_that_the_windows_say(window: FloorWindow, change: datetime, minutes: int):
    """AWS's own reading of the cron expressions, replayed, against the windows themselves."""
    moment = change + timedelta(minutes=minutes)
    told = [
        (at, action.min_capacity)
        for action in window_actions([window], min_tasks=1, max_tasks=10)
        for at in occurrences(action.schedule, action.timezone, since=moment - timedelta(days=9), until=moment)
    ]
    _, floor = max(told, key=lambda pair: pair[0])
    assert floor == floor_at([window], moment, min_tasks=1)


@given(WINDOWS, WINDOWS)
def test_windows_overlap_as_their_minutes_do(one: FloorWindow, other: FloorWindow):
    def minutes(window: FloorWindow) -> set[int]:
        return {minute % (7 * 1440) for start, end in spans(window) for minute in range(start, end + 1)}

    assert overlap(one, other) == bool(minutes(one) & minutes(other)) == overlap(other, one)


@given(WINDOWS, CHANGES)
def test_edges_are_those_of_the_wall_clock(window: FloorWindow, change: datetime):
    end = change + timedelta(days=7)
    edges = [edge for _, edge in edges_between([window], change, end)]
    assert all(change < edge < end for edge in edges)
    assert {f"{edge.astimezone(ZoneInfo(window.zone)):%H:%M}" for edge in edges} <= {window.start, window.end}
    assert len(edges) >= len(window.days)


def test_a_window_over_night_ends_on_the_day_after():
    night = FloorWindow(name="night", days=("fri", "sun"), start="22:00", end="06:30", min_tasks=3)
    begin, end = window_actions([night], min_tasks=1, max_tasks=8)
    assert (begin.schedule, begin.min_capacity, begin.max_capacity) == ("cron(0 22 ? * FRI,SUN *)", 3, 8)
    assert (end.schedule, end.min_capacity, end.name) == ("cron(30 6 ? * MON,SAT *)", 1, "night-end")
    monday = datetime(2027, 3, 1, 5, tzinfo=UTC)
    assert [floor_at([night], monday + timedelta(hours=hours), min_tasks=1) for hours in (0, 1, 2)] == [3, 3, 1]


def _windows(*windows: dict[str, Any]) -> dict[str, Any]:
    return {"scaling": {**WEB["scaling"], "windows": list(windows)}}


OFFICE: dict[str, Any] = {"name": "office", "start": "07:00", "end": "19:00", "zone": "Europe/Paris", "min_tasks": 4}


@pytest.mark.parametrize(
    ("windows", "told"),
    [
        ([{**OFFICE, "min_tasks": 30}], "windows.0.min_tasks: is above max_tasks (20), got 30"),
        ([{**OFFICE, "max_tasks": 30}], "windows.0.max_tasks: is above the service's own"),
        ([{**OFFICE, "start": "7:00"}], "windows.0.start: is not accepted, got '7:00'"),
        ([{**OFFICE, "zone": "Paris"}], "windows.0.zone: is not a time zone, got 'Paris'"),
        ([{**OFFICE, "end": "07:00"}], "windows.0.end: ends as it begins"),
        ([{**OFFICE, "days": ["mon", "mon"]}], "windows.0.days: names a day twice"),
        ([OFFICE, {**OFFICE, "name": "late", "start": "19:00", "end": "20:00"}], "overlaps or touches office"),
        ([OFFICE, {**OFFICE, "zone": "UTC", "name": "x"}], "windows.1.zone: differs from that of office"),
        ([OFFICE, {**OFFICE, "start": "20:00", "end": "21:00"}], "windows.1.name: is another window's name"),
    ],
)
def test_windows_that_contradict_are_refused(windows: list[dict[str, Any]], told: str):
    with pytest.raises(SettingsError) as caught:
        stack_settings(web=_windows(*windows))
    assert told in str(caught.value)


def _launch(start: str, end: str) -> list[CompiledAction]:
    plan = load_plan(ROOT / "loadtests/plans/spring.yaml", {"prewarm.tasks": {"web": 12}})
    return launch_actions(plan, stack_settings(web=_windows({**OFFICE, "start": start, "end": end})), "web")


def test_a_launch_keeps_the_floor_of_the_window_it_ends_in():
    actions = {action.name: action for action in _launch("05:00", "23:00")}
    assert set(actions) == {"office", "office-end", "prewarm", "prewarm-release"}
    assert actions["prewarm"].min_capacity == 12
    assert actions["prewarm-release"].min_capacity == 4  # the office hours' floor, and not the service's 2


def test_a_window_that_would_end_a_pre_warm_is_refused():
    with pytest.raises(SettingsError, match=r"services\.web\.scaling\.windows\.0: begins or ends at 2027-03-20 10:00"):
        _launch("05:00", "10:00")


def test_without_a_plan_the_windows_stand_alone():
    actions = launch_actions(None, stack_settings(web=_windows(OFFICE)), "web")
    assert [action.name for action in actions] == ["office", "office-end"]
    assert all(a != b for a, b in pairwise(actions))
