"""Policies as boto3 describes them."""

from __future__ import annotations

from typing import Any

import pytest

from surgeproof.scaling.errors import PolicyError
from surgeproof.scaling.policies import parse_policies
from surgeproof.scaling.targets import StepScaling, TargetTracking

ARN = "arn:aws:autoscaling:eu-west-1:123456789012:scalingPolicy:1:resource/ecs/service/shop/web:policyName/p"


def tracking(**settings: Any):
    return {
        "PolicyARN": ARN,
        "PolicyName": "p",
        "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": {"TargetValue": 50.0, **settings},
    }


def predefined(kind):
    return {"PredefinedMetricSpecification": {"PredefinedMetricType": kind}}


@pytest.mark.parametrize(
    ("kind", "key", "period"),
    [
        ("ECSServiceAverageCPUUtilization", "cpu", 60),
        ("ECSServiceAverageMemoryUtilization", "memory", 60),
        ("ALBRequestCountPerTarget", "requests_per_task", 60),
        ("ECSServiceAverageCPUUtilizationHighResolution", "cpu", 20),
    ],
)
def test_predefined_metrics(kind, key, period):
    (policy,) = parse_policies([tracking(**predefined(kind), ScaleOutCooldown=60)])
    assert isinstance(policy, TargetTracking)
    assert (policy.metric.key, policy.metric.period) == (key, period)
    assert (policy.scale_out_cooldown, policy.scale_in_cooldown, policy.disable_scale_in) == (60, 300, False)


def backlog(returns=(False, False, True)):
    dimensions = [{"Name": "QueueName", "Value": "orders"}]
    visible = {"MetricName": "ApproximateNumberOfMessagesVisible", "Namespace": "AWS/SQS", "Dimensions": dimensions}
    running = {"MetricName": "RunningTaskCount", "Namespace": "ECS/ContainerInsights", "Dimensions": []}
    return [
        {"Id": "m1", "MetricStat": {"Metric": visible, "Stat": "Sum"}, "ReturnData": returns[0]},
        {"Id": "m2", "MetricStat": {"Metric": running, "Stat": "Average"}, "ReturnData": returns[1]},
        {"Id": "e1", "Expression": "m1 / MAX([m2, 1])", "Label": "backlog per task", "ReturnData": returns[2]},
    ]


def test_backlog_per_task_is_evaluated_from_its_queries():
    (policy,) = parse_policies([tracking(CustomizedMetricSpecification={"Metrics": backlog()})])
    assert policy.metric.key == "custom:p"
    first = policy.metric.sources[0]
    assert (first.id, first.name, first.statistic) == (
        "m1",
        "ApproximateNumberOfMessagesVisible",
        "Sum",
    )
    assert policy.metric.evaluate({"m1": 30, "m2": 4}) == 7.5
    assert policy.metric.evaluate({"m1": 30, "m2": 0}) == 30
    assert policy.metric.evaluate({"m1": None, "m2": 4}) is None


def test_math_may_use_math_that_stands_below_it():
    metrics = [
        {"Id": "e1", "Expression": "e2 * 2", "ReturnData": True},
        {"Id": "e2", "Expression": "m1 + 1", "ReturnData": False},
        {**backlog()[0]},
    ]
    (policy,) = parse_policies([tracking(CustomizedMetricSpecification={"Metrics": metrics})])
    assert policy.metric.evaluate({"m1": 4}) == 10


def test_a_single_customized_metric():
    spec = {"MetricName": "Depth", "Namespace": "Shop", "Statistic": "Maximum"}
    (policy,) = parse_policies([tracking(CustomizedMetricSpecification=spec)])
    assert policy.metric.evaluate({"m1": 3.0}) == 3.0
    assert policy.metric.sources[0].statistic == "Maximum"


def step(arn=ARN, **settings: Any):
    adjustments = [{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 2}]
    return {
        "PolicyARN": arn,
        "PolicyName": "s",
        "PolicyType": "StepScaling",
        "StepScalingPolicyConfiguration": {
            "AdjustmentType": "ChangeInCapacity",
            "StepAdjustments": adjustments,
            "Cooldown": 60,
            **settings,
        },
    }


ALARM = {
    "AlarmName": "a",
    "AlarmActions": [ARN],
    "MetricName": "RequestCountPerTarget",
    "Namespace": "AWS/ApplicationELB",
    "Period": 60,
    "EvaluationPeriods": 3,
    "DatapointsToAlarm": 2,
    "Threshold": 900.0,
    "ComparisonOperator": "GreaterThanThreshold",
}


def test_a_step_policy_has_its_threshold_from_its_alarm():
    (policy,) = parse_policies([step(MinAdjustmentMagnitude=2)], [ALARM, {**ALARM, "AlarmActions": []}])
    assert isinstance(policy, StepScaling)
    assert (policy.threshold, policy.comparison, policy.datapoints, policy.evaluation_periods) == (900, ">", 2, 3)
    assert (policy.metric.key, policy.minimum_adjustment, policy.cooldown) == ("requests_per_task", 2, 60)


@pytest.mark.parametrize(
    ("described", "told"),
    [
        ([step()], "has no alarm"),
        ([{**tracking(), "PolicyType": "PredictiveScaling"}], "not modelled"),
        ([tracking(**predefined("LambdaProvisionedConcurrencyUtilization"))], "not one of an ECS service"),
        ([tracking(CustomizedMetricSpecification={"Metrics": backlog((True, False, True))})], "exactly one value"),
    ],
)
def test_what_cannot_be_is_told(described, told):
    with pytest.raises(PolicyError, match=told):
        parse_policies(described)


def test_more_than_twenty_steps_are_refused():
    many = [{"MetricIntervalLowerBound": float(k), "ScalingAdjustment": k} for k in range(21)]
    with pytest.raises(PolicyError, match="1 to 20"):
        parse_policies([step(StepAdjustments=many)], [ALARM])
