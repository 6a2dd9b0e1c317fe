"""Composite alarms of the embedded AWS: what their rules say, and states that follow through any depth."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from surgeproof.localcloud.aws import EmbeddedAws
from surgeproof.localcloud.server.alarm_rules import RuleError, read

STATES = {"on": "ALARM", "fine": "OK", "new": "INSUFFICIENT_DATA"}


@pytest.mark.parametrize(
    ("rule", "state"),
    [
        ('ALARM("on")', "ALARM"),
        ("ALARM(on)", "ALARM"),
        ("ALARM(fine) OR ALARM(on)", "ALARM"),
        ("ALARM(on) AND ALARM(fine)", "OK"),
        ("ALARM(on) AND NOT ALARM(fine)", "ALARM"),
        ("NOT (ALARM(on) OR OK(fine))", "OK"),
        ("INSUFFICIENT_DATA(new) AND (ALARM(fine) OR OK(fine))", "ALARM"),
        ("ALARM(on) OR ALARM(fine) AND FALSE", "ALARM"),
        ('ALARM("arn:aws:cloudwatch:eu-west-1:123456789012:alarm:on")', "ALARM"),
        ("OK(gone) OR ALARM(gone)", "OK"),
        ("TRUE", "ALARM"),
    ],
)
def test_a_rule_is_answered_from_states(rule: str, state: str):
    assert read(rule).answer(STATES.get) is (state == "ALARM")


@given(st.lists(st.sampled_from(["on", "fine", "new"]), min_size=1, max_size=100))
def test_one_that_is_on_is_enough(names: list[str]):
    rule = read(" OR ".join(f'ALARM("{name}")' for name in names))
    assert rule.answer(STATES.get) is ("on" in names)
    assert set(rule.children) == set(names)


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("", "ends where an alarm should be"),
        ("ALARM(a) OR", "ends where an alarm should be"),
        ("ALARM(a) ALARM(b)", "where AND, OR or its end should be"),
        ("(ALARM(a)", "never closed"),
        ("ALARM(a) XOR ALARM(b)", "cannot be read from ' XOR"),
        (" OR ".join(f"ALARM(a{number})" for number in range(101)), "names 101 alarms, and may name 100"),
        (" OR ".join(["TRUE"] * 501), "501 elements"),
    ],
)
def test_a_rule_that_cloudwatch_would_refuse(rule: str, says: str):
    with pytest.raises(RuleError, match=says):
        read(rule)


@pytest.fixture(scope="module")
def watch(aws: EmbeddedAws) -> Any:
    """CloudWatch, with three alarms and composite ones over them: ``top`` over ``low`` and ``high``."""
    client = aws.client("cloudwatch")
    for name in ("m0", "m1", "m2"):
        client.put_metric_alarm(
            AlarmName=name,
            Namespace="N",
            MetricName="M",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
        )
    # The upper one first: what it names comes later.
    for name, rule in (
        ("top", 'ALARM("low") OR ALARM("high")'),
        ("low", "ALARM(m0) OR ALARM(m1)"),
        ("high", "ALARM(m2)"),
    ):
        client.put_composite_alarm(AlarmName=name, AlarmRule=rule)
    return client


def states(watch: Any, *names: str) -> list[str]:
    rows = watch.describe_alarms(AlarmNames=list(names), AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    told = {row["AlarmName"]: row["StateValue"] for row in rows}
    return [told[name] for name in names]


def test_a_state_follows_through_composite_alarms(watch: Any):
    assert states(watch, "top", "low", "high") == ["OK", "OK", "OK"]
    watch.set_alarm_state(AlarmName="m1", StateValue="ALARM", StateReason="test")
    assert states(watch, "top", "low", "high") == ["ALARM", "ALARM", "OK"]
    watch.set_alarm_state(AlarmName="m1", StateValue="OK", StateReason="test")
    assert states(watch, "top", "low", "high") == ["OK", "OK", "OK"]


def test_alarms_over_each_other_end(watch: Any):
    watch.put_composite_alarm(AlarmName="hen", AlarmRule="ALARM(egg)")
    watch.put_composite_alarm(AlarmName="egg", AlarmRule="ALARM(hen)")
    assert states(watch, "hen", "egg") == ["OK", "OK"]


def test_a_broken_rule_is_refused(watch: Any):
    with pytest.raises(ClientError, match="never closed"):
        watch.put_composite_alarm(AlarmName="broken", AlarmRule="(ALARM(m0)")
