"""Application Auto Scaling: targets, policies and scheduled actions."""

from __future__ import annotations

from collections.abc import Iterator

from surgeproof.graph.live.account import Reading
from surgeproof.graph.live.reader import Found, reads
from surgeproof.graph.live.shape import part_or, picked

_NAMESPACES = ("ecs", "dynamodb", "rds", "lambda")
"""What the controls look at: a namespace must be named in every call."""
_COMMON = {"resourceId": "ResourceId", "scalableDimension": "ScalableDimension", "serviceNamespace": "ServiceNamespace"}


@reads(
    "aws:appautoscaling/target:Target",
    "aws:appautoscaling/policy:Policy",
    "aws:appautoscaling/scheduledAction:ScheduledAction",
    calls=(
        "application-autoscaling.describe_scalable_targets",
        "application-autoscaling.describe_scaling_policies",
        "application-autoscaling.describe_scheduled_actions",
        "application-autoscaling.list_tags_for_resource",
    ),
)
def scaling(account: Reading) -> Iterator[Found]:
    """What scales, by what, and when."""
    service = "application-autoscaling"
    for name in _NAMESPACES:
        given = {"ServiceNamespace": name}
        for row in account.rows(f"{service}.describe_scalable_targets", "ScalableTargets", **given):
            inputs = picked(
                row, **_COMMON, minCapacity="MinCapacity", maxCapacity="MaxCapacity", suspendedState="SuspendedState"
            )
            outputs = picked(row, arn="ScalableTargetARN", roleArn="RoleARN")
            labels = account.part(f"{service}.list_tags_for_resource", ResourceARN=outputs.get("arn", ""))
            inputs["tags"] = part_or(labels, lambda answer: dict(answer.get("Tags", {})), {})
            yield Found("aws:appautoscaling/target:Target", row["ResourceId"], inputs, outputs)
        for row in account.rows(f"{service}.describe_scaling_policies", "ScalingPolicies", **given):
            inputs = picked(
                row,
                **_COMMON,
                name="PolicyName",
                policyType="PolicyType",
                targetTrackingScalingPolicyConfiguration="TargetTrackingScalingPolicyConfiguration",
                stepScalingPolicyConfiguration="StepScalingPolicyConfiguration",
            )
            identity = f"{row['ResourceId']}/{row['PolicyName']}"
            outputs = {"arn": row["PolicyARN"], "name": row["PolicyName"]}
            yield Found("aws:appautoscaling/policy:Policy", identity, inputs, outputs)
        for row in account.rows(f"{service}.describe_scheduled_actions", "ScheduledActions", **given):
            inputs = picked(
                row,
                **_COMMON,
                name="ScheduledActionName",
                schedule="Schedule",
                timezone="Timezone",
                scalableTargetAction="ScalableTargetAction",
            )
            identity = f"{row['ResourceId']}/{row['ScheduledActionName']}"
            outputs = {"arn": row["ScheduledActionARN"], "name": row["ScheduledActionName"]}
            yield Found("aws:appautoscaling/scheduledAction:ScheduledAction", identity, inputs, outputs)
