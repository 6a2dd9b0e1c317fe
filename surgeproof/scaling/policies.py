"""Reads scaling policies from what Application Auto Scaling and CloudWatch describe (boto3 dictionaries)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from surgeproof.scaling.errors import PolicyError
from surgeproof.scaling.metric import MetricQuery, MetricSpec
from surgeproof.scaling.targets import ECS_COOLDOWN, Policy, StepAdjustment, StepScaling, TargetTracking

PREDEFINED: Mapping[str, MetricSpec] = MappingProxyType(
    {
        "ECSServiceAverageCPUUtilization": MetricSpec("cpu"),
        "ECSServiceAverageMemoryUtilization": MetricSpec("memory"),
        "ALBRequestCountPerTarget": MetricSpec("requests_per_task"),
        "ECSServiceAverageCPUUtilizationHighResolution": MetricSpec("cpu", 20),
        "ECSServiceAverageMemoryUtilizationHighResolution": MetricSpec("memory", 20),
    }
)
_COMPARISONS = MappingProxyType(
    {
        "GreaterThanThreshold": ">",
        "GreaterThanOrEqualToThreshold": ">=",
        "LessThanThreshold": "<",
        "LessThanOrEqualToThreshold": "<=",
    }
)
_STEP_METRICS = MappingProxyType({"CPUUtilization": "cpu", "MemoryUtilization": "memory"})
PREDICTIVE = "PredictiveScaling"
MAX_STEPS = 20
"""Step adjustments of one policy (Application Auto Scaling quotas)."""


def parse_policies(described: Iterable[Mapping[str, Any]], alarms: Iterable[Mapping[str, Any]] = ()) -> list[Policy]:
    """Policies from ``describe_scaling_policies()['ScalingPolicies']``.

    Args:
        described: The policies.
        alarms: ``describe_alarms()['MetricAlarms']``; a step policy has its threshold from the alarm that
            names it as an action.

    Raises:
        PolicyError: A predictive policy, an unknown metric, or a step policy without an alarm.
    """
    alarms = list(alarms)
    policies: list[Policy] = []
    for item in described:
        kind = item.get("PolicyType", "StepScaling")
        if kind == "TargetTrackingScaling":
            policies.append(_tracking(item))
        elif kind == "StepScaling":
            policies += [_step(item, alarm) for alarm in _alarms_of(item, alarms)]
        else:
            raise PolicyError(
                "policy type is not modelled",
                path=item["PolicyName"],
                got=kind,
                allowed="TargetTrackingScaling, StepScaling",
            )
    return policies


def forecasts(described: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Predictive policies: they learn from days of history, which a rehearsal does not have, and only ever raise the floor.

    Source: Application Auto Scaling User Guide, 'How predictive scaling works'. Whoever leaves them out has to say so.
    """
    return [item for item in described if item.get("PolicyType") == PREDICTIVE]


def _tracking(item: Mapping[str, Any]) -> TargetTracking:
    name, settings = item["PolicyName"], item["TargetTrackingScalingPolicyConfiguration"]
    predefined = settings.get("PredefinedMetricSpecification")
    if predefined:
        kind = predefined["PredefinedMetricType"]
        if kind not in PREDEFINED:
            raise PolicyError("metric is not one of an ECS service", path=name, got=kind, allowed=", ".join(PREDEFINED))
        metric = PREDEFINED[kind]
    else:
        metric = _customized(name, settings["CustomizedMetricSpecification"])
    return TargetTracking(
        name=name,
        metric=metric,
        target=float(settings["TargetValue"]),
        scale_out_cooldown=float(settings.get("ScaleOutCooldown", ECS_COOLDOWN)),
        scale_in_cooldown=float(settings.get("ScaleInCooldown", ECS_COOLDOWN)),
        disable_scale_in=bool(settings.get("DisableScaleIn", False)),
    )


def _dimensions(found: Iterable[Mapping[str, str]] | None) -> tuple[tuple[str, str], ...]:
    return tuple((pair["Name"], pair["Value"]) for pair in found or ())


def _customized(policy: str, settings: Mapping[str, Any]) -> MetricSpec:
    if not settings.get("Metrics"):
        only = MetricQuery(
            id="m1",
            name=settings["MetricName"],
            namespace=settings["Namespace"],
            dimensions=_dimensions(settings.get("Dimensions")),
            statistic=settings.get("Statistic", "Average"),
            returns=True,
        )
        return MetricSpec(f"custom:{policy}", queries=(only,))
    queries: list[MetricQuery] = []
    for query in settings["Metrics"]:
        returns = bool(query.get("ReturnData", True))
        if query.get("Expression"):
            queries.append(MetricQuery(query["Id"], expression=query["Expression"], returns=returns))
            continue
        stat = query["MetricStat"]
        queries.append(
            MetricQuery(
                query["Id"],
                name=stat["Metric"]["MetricName"],
                namespace=stat["Metric"]["Namespace"],
                dimensions=_dimensions(stat["Metric"].get("Dimensions")),
                statistic=stat["Stat"],
                returns=returns,
            )
        )
    if sum(query.returns for query in queries) != 1:
        raise PolicyError(
            "a customized metric returns exactly one value",
            path=policy,
            got=[query.id for query in queries if query.returns],
            fix="Set ReturnData to false on all queries but one",
        )
    return MetricSpec(f"custom:{policy}", queries=tuple(queries))


def _alarms_of(item: Mapping[str, Any], alarms: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    named = {alarm.get("AlarmName") for alarm in item.get("Alarms") or ()}
    found = [a for a in alarms if item.get("PolicyARN") in a.get("AlarmActions", ()) or a.get("AlarmName") in named]
    if not found:
        raise PolicyError(
            "step scaling policy has no alarm, so it never acts",
            path=item["PolicyName"],
            fix="Add an alarm whose action is the policy",
        )
    return found


def _step(item: Mapping[str, Any], alarm: Mapping[str, Any]) -> StepScaling:
    name, settings = item["PolicyName"], item["StepScalingPolicyConfiguration"]
    steps = tuple(
        StepAdjustment(
            int(step["ScalingAdjustment"]), step.get("MetricIntervalLowerBound"), step.get("MetricIntervalUpperBound")
        )
        for step in settings["StepAdjustments"]
    )
    if not 1 <= len(steps) <= MAX_STEPS:
        raise PolicyError("step adjustments of a policy", path=name, got=len(steps), allowed=f"1 to {MAX_STEPS}")
    periods = int(alarm["EvaluationPeriods"])
    magnitude = settings.get("MinAdjustmentMagnitude")
    return StepScaling(
        name=name,
        metric=_alarm_metric(name, alarm),
        threshold=float(alarm["Threshold"]),
        comparison=_COMPARISONS[alarm["ComparisonOperator"]],  # ty: ignore[invalid-argument-type]
        steps=steps,
        adjustment_type=settings.get("AdjustmentType", "ChangeInCapacity"),
        minimum_adjustment=None if magnitude is None else int(magnitude),
        cooldown=float(settings.get("Cooldown", 0)),
        datapoints=int(alarm.get("DatapointsToAlarm", periods)),
        evaluation_periods=periods,
    )


def _alarm_metric(policy: str, alarm: Mapping[str, Any]) -> MetricSpec:
    period = int(alarm.get("Period", 60))
    if alarm.get("Metrics"):
        return MetricSpec(f"custom:{policy}", period, _customized(policy, {"Metrics": alarm["Metrics"]}).queries)
    name, namespace = alarm["MetricName"], alarm["Namespace"]
    if namespace == "AWS/ECS" and name in _STEP_METRICS:
        return MetricSpec(_STEP_METRICS[name], period)
    if namespace == "AWS/ApplicationELB" and name == "RequestCountPerTarget":
        return MetricSpec("requests_per_task", period)
    only = MetricQuery(
        "m1",
        name=name,
        namespace=namespace,
        dimensions=_dimensions(alarm.get("Dimensions")),
        statistic=alarm.get("Statistic", "Average"),
        returns=True,
    )
    return MetricSpec(f"custom:{policy}", period, (only,))
