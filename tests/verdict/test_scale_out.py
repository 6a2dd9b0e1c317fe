"""The scale-out chain, link by link."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from surgeproof.launch.records import ScalingEvent
from surgeproof.verdict.scale_out import scale_outs
from surgeproof.verdict.verdict import ScaleOut
from tests.verdict.build import evidence
from tests.verdict.launch import Case


def told(*events: tuple[float, str, dict[str, Any]], service: str = "storefront") -> list[ScaleOut]:
    made = [
        ScalingEvent.model_validate({"at": at, "service": service, "kind": kind, **more}) for at, kind, more in events
    ]
    return scale_outs(replace(evidence(Case()), events=made))


CPU = {"metric": "cpu", "policy": "cpu-50", "target": 0.5}
REQUESTS = {"metric": "requests_per_task", "policy": "requests", "target": 600}
UP = {**CPU, "before": 4, "after": 6}


def test_a_whole_chain():
    (one,) = told(
        (1000, "crossed", CPU), (1240, "alarm", CPU), (1308, "decision", UP), (1365, "started", {}), (1386, "healthy", {}),
        (1390, "healthy", {}), (1500, "recovered", CPU),
    )  # fmt: skip
    links = (
        one.crossed_to_alarm,
        one.alarm_to_decision,
        one.decision_to_started,
        one.started_to_healthy,
        one.healthy_to_recovered,
    )
    assert links == (240, 68, 57, 21, 114)
    assert one.chain == 386
    assert (one.before, one.after, one.metric, one.target) == (4, 6, "cpu", 0.5)
    assert f"{one.crossed_date:%H:%M:%S}" == "10:06:40"


def test_links_that_did_not_occur_are_null():
    (one,) = told((1000, "crossed", CPU), (1240, "alarm", CPU), (1308, "at_max", {**CPU, "wanted": 14}))
    assert (one.crossed_to_alarm, one.alarm_to_decision, one.chain, one.healthy_to_recovered) == (240, None, None, None)
    assert one.wanted == 14


def test_steps_of_one_scale_out_are_one_chain_and_a_second_crossing_is_another():
    found = told(
        (1000, "crossed", CPU), (1300, "decision", UP), (1386, "healthy", {}), (1400, "decision", {**CPU, "before": 6, "after": 9}),
        (1450, "recovered", CPU), (2000, "crossed", CPU), (2300, "decision", {**CPU, "before": 9, "after": 10}),
    )  # fmt: skip
    assert [(each.before, each.after) for each in found] == [(4, 9), (9, 10)]


def test_a_chain_lasts_until_every_metric_is_back():
    (one,) = told(
        (1000, "crossed", CPU), (1010, "crossed", REQUESTS), (1300, "decision", UP), (1357, "started", {}), (1380, "healthy", {}),
        (1400, "recovered", CPU), (1460, "recovered", REQUESTS),
    )  # fmt: skip
    assert one.healthy_to_recovered == 80


def test_noise_and_scale_in_are_no_scale_outs():
    assert told((1000, "crossed", CPU), (1060, "recovered", CPU)) == []
    assert (
        told((1000, "decision", {**CPU, "before": 6, "after": 4}), (1020, "draining", {}), (1200, "stopped", {})) == []
    )
    assert told((900, "scheduled", {}), (960, "started", {}), (980, "healthy", {})) == []


def test_tasks_of_another_cause_do_not_end_a_chain():
    (one,) = told(
        (1000, "crossed", CPU),
        (1100, "started", {}),
        (1120, "healthy", {}),
        (1300, "decision", UP),
        (1380, "started", {}),
    )
    assert one.decision_to_started == 80
    assert one.chain is None


def test_a_metric_that_dips_before_the_new_task_serves_is_one_scale_out():
    (one,) = told(
        (1000, "crossed", CPU), (1240, "alarm", CPU), (1250, "recovered", CPU), (1290, "crossed", CPU), (1308, "decision", UP),
        (1365, "started", {}), (1386, "healthy", {}), (1500, "recovered", CPU), (2000, "crossed", CPU), (2050, "recovered", CPU),
    )  # fmt: skip
    assert (one.chain, one.healthy_to_recovered) == (386, 114)


def test_an_alarm_that_came_to_nothing_does_not_swallow_the_next_scale_out():
    first, second = told(
        (1000, "crossed", CPU), (1240, "alarm", CPU), (1260, "recovered", CPU), (3000, "crossed", CPU), (3300, "decision", UP),
    )  # fmt: skip
    assert (first.crossed_at, first.alarm_to_decision) == (1000, None)
    assert second.crossed_at == 3000


def test_what_a_decision_wanted_within_the_maximum_was_not_refused():
    (one,) = told((1000, "crossed", CPU), (1300, "decision", {**UP, "wanted": 6}))
    assert one.wanted is None
