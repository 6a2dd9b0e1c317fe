"""Scaling targets, policies and scheduled actions as they are deployed, read through boto3."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from surgeproof.localcloud.aws_access import AwsAccess
from surgeproof.localcloud.deployed import DeployedService
from surgeproof.scaling.policies import forecasts, parse_policies
from surgeproof.scaling.targets import Policy, ScalableTarget, ScheduledAction, parse_actions, parse_targets

DIMENSION = "ecs:service:DesiredCount"


@dataclass(frozen=True, slots=True)
class ServiceScaling:
    """What scales one service.

    Attributes:
        target: Floor and ceiling.
        policies: What is simulated.
        actions: Scheduled actions.
        forecasts: Predictive policies, which are not simulated: name and mode.
    """

    target: ScalableTarget
    policies: tuple[Policy, ...]
    actions: tuple[ScheduledAction, ...]
    forecasts: tuple[str, ...] = ()


def read_scaling(aws: AwsAccess, services: Sequence[DeployedService]) -> dict[str, ServiceScaling]:
    """What scales each service, by its name in the settings; a service without a scalable target is left out."""
    targets = parse_targets(_pages(aws, "describe_scalable_targets", "ScalableTargets"))
    policies = _pages(aws, "describe_scaling_policies", "ScalingPolicies")
    actions = _pages(aws, "describe_scheduled_actions", "ScheduledActions")
    alarms: list[Any] | None = None
    found: dict[str, ServiceScaling] = {}
    for service in services:
        target = targets.get(service.resource_id)
        if target is None:
            continue
        of_service = [policy for policy in policies if policy["ResourceId"] == service.resource_id]
        if alarms is None and any(policy["PolicyType"] == "StepScaling" for policy in of_service):
            pages = aws.client("cloudwatch").get_paginator("describe_alarms").paginate()
            alarms = [alarm for page in pages for alarm in page["MetricAlarms"]]
        predicted = forecasts(of_service)
        found[service.name] = ServiceScaling(
            target,
            tuple(parse_policies([policy for policy in of_service if policy not in predicted], alarms or ())),
            tuple(parse_actions(action for action in actions if action["ResourceId"] == service.resource_id)),
            tuple(f"{item['PolicyName']} ({_mode(item)})" for item in predicted),
        )
    return found


def _mode(policy: Mapping[str, Any]) -> str:
    return str(policy.get("PredictiveScalingPolicyConfiguration", {}).get("Mode", "ForecastOnly"))


def _pages(aws: AwsAccess, operation: str, key: str) -> list[Any]:
    pages = aws.client("application-autoscaling").get_paginator(operation).paginate(ServiceNamespace="ecs")
    return [item for page in pages for item in page[key] if item.get("ScalableDimension") == DIMENSION]
