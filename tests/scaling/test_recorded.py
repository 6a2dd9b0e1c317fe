"""Recorded cases, each with its date and where it was published."""

from __future__ import annotations

import random
from datetime import datetime
from statistics import fmean

import pytest

from surgeproof.scaling.autoscaler import ServiceAutoscaler
from surgeproof.scaling.metric import MetricSpec
from surgeproof.scaling.policies import parse_policies
from surgeproof.scaling.publication import AWS_PUBLICATION
from surgeproof.scaling.targets import ScalableTarget, TargetTracking, parse_actions, parse_targets
from tests.scaling.launches import START


def reaction(period, rng):
    """Seconds from a crossing at a random moment of a period to the decision."""
    metric = MetricSpec("cpu", period)
    scaler = ServiceAutoscaler(
        "web",
        ScalableTarget("service/shop/web", 4, 20),
        [TargetTracking("cpu", metric, 50)],
        [],
        desired=4,
        curve_start=START,
    )
    crossing = 600 + rng.random() * period
    for at in range(1, 1500):
        if at % period == 0:
            above = min(period, max(0.0, at - crossing)) / period
            scaler.feed("cpu", at, 30 + 20.5 * above)  # just over the target after the crossing
        if any(event.kind == "decision" for event in scaler.step(at, 4)):
            return at - crossing
    return float("nan")


@pytest.mark.parametrize(("period", "published"), [(60, 363), (20, 86)])
def test_aws_benchmark_of_2026_09_15(period, published):
    """'time to trigger scale-out improved from 363 seconds to 86 seconds', aws/containers-roadmap#2113."""
    rng = random.Random(1)
    assert fmean(reaction(period, rng) for _ in range(200)) == pytest.approx(published, abs=3)


def test_the_publication_delay_is_what_is_missing_to_that_benchmark():
    assert (AWS_PUBLICATION.of(60), AWS_PUBLICATION.of(20)) == (153, 16)
    assert AWS_PUBLICATION.of(300) == 153


def test_managed_alarms_of_2020_12_30():
    """'3 out of 3 datapoints for scale out rule and 15 out of 15 for scale in', aws/containers-roadmap#1208."""
    scaler = ServiceAutoscaler(
        "web",
        ScalableTarget("service/shop/web", 1, 20),
        [TargetTracking("cpu", MetricSpec("cpu"), 50)],
        [],
        desired=8,
        curve_start=START,
    )
    decided = []
    for minute in range(1, 40):
        scaler.feed("cpu", minute * 60, 20 if minute <= 15 else 60)
        decided += [(minute, e.after) for e in scaler.step(minute * 60 + 153, scaler.desired) if e.kind == "decision"]
    assert decided[0][0] == 15
    assert decided[1][0] == 18


def test_scaling_of_the_cli_examples_of_2019_05_06():
    """What 'aws application-autoscaling describe-*' shows for the service web-app (AWS CLI reference)."""
    targets = parse_targets(
        [
            {
                "ScalableDimension": "ecs:service:DesiredCount",
                "ResourceId": "service/default/web-app",
                "RoleARN": "arn:aws:iam::123456789012:role/ecsAutoscaleRole",
                "CreationTime": datetime.fromisoformat("2019-05-06T11:21:46.199Z"),
                "MinCapacity": 1,
                "MaxCapacity": 10,
                "ServiceNamespace": "ecs",
            }
        ]
    )
    target = targets["service/default/web-app"]
    assert (target.service, target.minimum, target.maximum, target.suspended_out) == ("web-app", 1, 10, False)
    described = [
        {
            "PolicyARN": f"arn:aws:autoscaling:us-west-2:123456789012:scalingPolicy:x:policyName/{name}",
            "PolicyName": name,
            "PolicyType": "StepScaling",
            "ResourceId": "service/default/web-app",
            "StepScalingPolicyConfiguration": {
                "AdjustmentType": "PercentChangeInCapacity",
                "Cooldown": 60,
                "StepAdjustments": [step],
            },
            "Alarms": [{"AlarmName": name, "AlarmARN": "arn:aws:cloudwatch:us-west-2:123456789012:alarm:x"}],
        }
        for name, step in (
            ("web-app-cpu-gt-75", {"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 200}),
            ("web-app-cpu-lt-25", {"MetricIntervalUpperBound": 0.0, "ScalingAdjustment": -50}),
        )
    ]
    alarms = [
        {
            "AlarmName": name,
            "AlarmActions": [],
            "MetricName": "CPUUtilization",
            "Namespace": "AWS/ECS",
            "Period": 60,
            "EvaluationPeriods": 1,
            "Threshold": threshold,
            "ComparisonOperator": sign,
        }
        for name, threshold, sign in (
            ("web-app-cpu-gt-75", 75.0, "GreaterThanThreshold"),
            ("web-app-cpu-lt-25", 25.0, "LessThanThreshold"),
        )
    ]
    scaler = ServiceAutoscaler("web-app", target, parse_policies(described, alarms), [], desired=2, curve_start=START)
    scaler.feed("cpu", 60, 80)
    assert [e.after for e in scaler.step(213, 2)] == [None, 6]
    scaler.feed("cpu", 360, 10)
    scaler.step(513, 6)
    assert scaler.desired == 3  # 'Setting desired count to' half


def test_scheduled_actions_as_described():
    actions = parse_actions(
        [
            {
                "ScheduledActionName": "my-recurring-action",
                "Schedule": "cron(30 7 * * ? *)",
                "Timezone": "Europe/Paris",
                "ResourceId": "service/shop/web",
                "ScalableTargetAction": {"MinCapacity": 4},
            }
        ]
    )
    assert (actions[0].minimum, actions[0].maximum, actions[0].zone) == (4, None, "Europe/Paris")
