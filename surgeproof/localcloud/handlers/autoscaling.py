"""Application Auto Scaling: scalable targets, policies and scheduled actions. The live autoscaler reads what is kept here."""

from __future__ import annotations

from typing import Any, ClassVar

from surgeproof.localcloud.aws_errors import UnsupportedOperationError
from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Inputs, Settable, handles
from surgeproof.localcloud.handlers.observed import observed

_PLACE = ("serviceNamespace", "resourceId", "scalableDimension")


def _place(inputs: Inputs) -> dict[str, Any]:
    return {name[0].upper() + name[1:]: inputs[name] for name in _PLACE}


@handles("aws:appautoscaling/target:Target")
class Target(Settable):
    """How few and how many tasks a service may have."""

    calls = (
        "application-autoscaling.register_scalable_target",
        "application-autoscaling.describe_scalable_targets",
        "application-autoscaling.deregister_scalable_target",
    )
    replace_on = frozenset({*_PLACE, "region"})
    computed = ("arn", "roleArn")

    def _register(self, account: Account, inputs: Inputs) -> Inputs:
        arn = self.send(account, inputs).get("ScalableTargetARN", "")
        linked = (
            f"arn:aws:iam::{account.number}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/"
            "AWSServiceRoleForApplicationAutoScaling_ECSService"
        )
        return self.outputs(account, inputs, arn=arn, roleArn=inputs.get("roleArn") or linked)

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Register it; its id is the resource that is scaled."""
        return inputs["resourceId"], self._register(account, inputs)

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """Its limits as they are now."""
        found = account.client("application-autoscaling", inputs).describe_scalable_targets(
            ServiceNamespace=inputs.get("serviceNamespace", "ecs"), ResourceIds=[identity]
        )["ScalableTargets"]
        if not found:
            return None
        target = found[0]
        now = {
            **inputs,
            "resourceId": identity,
            "minCapacity": target["MinCapacity"],
            "maxCapacity": target["MaxCapacity"],
        }
        now |= {"serviceNamespace": target["ServiceNamespace"], "scalableDimension": target["ScalableDimension"]}
        return now, self.outputs(account, now, arn=target.get("ScalableTargetARN", ""))

    def put(self, account: Account, inputs: Inputs) -> Inputs:
        """Register it anew."""
        return self._register(account, inputs)

    def delete(self, account: Account, existing: Existing) -> None:
        """Deregister it."""
        account.client("application-autoscaling", existing.inputs).deregister_scalable_target(**_place(existing.inputs))


@handles("aws:appautoscaling/policy:Policy")
class Policy(Settable):
    """A target tracking or step policy."""

    note = "moto makes alarms with thresholds of its own; the live autoscaler reads the policy and evaluates its own."
    calls = (
        "application-autoscaling.put_scaling_policy",
        "application-autoscaling.describe_scaling_policies",
        "application-autoscaling.delete_scaling_policy",
    )
    name_prop = "name"
    name_length = 255
    defaults: ClassVar = {"policyType": "StepScaling"}
    renamed: ClassVar = {"name": "PolicyName"}
    elsewhere = frozenset({"tags"})
    replace_on = frozenset({"name", *_PLACE, "region"})
    computed = ("arn", "alarmArns")

    def _put(self, account: Account, inputs: Inputs) -> Inputs:
        made = self.send(account, inputs)
        alarms = [alarm["AlarmARN"] for alarm in made.get("Alarms", [])]
        return self.outputs(account, inputs, arn=made["PolicyARN"], alarmArns=alarms)

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Put it; its id is its name."""
        return inputs["name"], self._put(account, inputs)

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """Its configuration as it is now."""
        # Two services may have policies of one name: the id alone does not tell whose it is.
        whose = {"ResourceId": inputs["resourceId"]} if "resourceId" in inputs else {}
        found = account.client("application-autoscaling", inputs).describe_scaling_policies(
            ServiceNamespace=inputs.get("serviceNamespace", "ecs"), PolicyNames=[identity], **whose
        )["ScalingPolicies"]
        policy = next((policy for policy in found if policy["PolicyName"] == identity), None)
        if policy is None:
            return None
        alarms = [alarm["AlarmARN"] for alarm in policy.get("Alarms", [])]
        now = observed(inputs, policy, renamed=self.renamed, fill=self.replace_on, leave={"region", "tags"})
        return now, self.outputs(account, now, arn=policy["PolicyARN"], alarmArns=alarms)

    def put(self, account: Account, inputs: Inputs) -> Inputs:
        """Put it anew."""
        return self._put(account, inputs)

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        client = account.client("application-autoscaling", existing.inputs)
        client.delete_scaling_policy(PolicyName=existing.identity, **_place(existing.inputs))


@handles("aws:appautoscaling/scheduledAction:ScheduledAction")
class ScheduledAction(Settable):
    """A change of the limits at a set time: the pre-warm before a launch and the release after it."""

    calls = (
        "application-autoscaling.put_scheduled_action",
        "application-autoscaling.describe_scheduled_actions",
        "application-autoscaling.delete_scheduled_action",
    )
    name_prop = "name"
    name_length = 255
    defaults: ClassVar = {"timezone": "UTC"}
    renamed: ClassVar = {"name": "ScheduledActionName"}
    elsewhere = frozenset({"tags"})
    replace_on = frozenset({"name", *_PLACE, "region"})

    def _find(self, account: Account, inputs: Inputs) -> Inputs | None:
        client = account.client("application-autoscaling", inputs)
        found = client.describe_scheduled_actions(
            ServiceNamespace=inputs["serviceNamespace"], ScheduledActionNames=[inputs["name"]],
            ResourceId=inputs["resourceId"],
        )["ScheduledActions"]  # fmt: skip
        return found[0] if found else None

    def _put(self, account: Account, inputs: Inputs) -> Inputs:
        self.send(account, inputs)
        found = self._find(account, inputs) or {}
        return self.outputs(account, inputs, arn=found.get("ScheduledActionARN"))

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """Its schedule and limits as they are now; its id does not tell its place, so it can't be imported."""
        if not inputs:
            raise UnsupportedOperationError(self.token, f"import {identity} as")
        found = self._find(account, inputs)
        if found is None:
            return None
        now = observed(inputs, found, renamed=self.renamed, leave={"region", "tags", "startTime", "endTime"})
        return now, self.outputs(account, now, arn=found["ScheduledActionARN"])

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Put it; its id is the provider's, from name and place."""
        outputs = self._put(account, inputs)
        return "-".join([inputs["name"], inputs["serviceNamespace"], inputs["resourceId"]]), outputs

    def put(self, account: Account, inputs: Inputs) -> Inputs:
        """Put it anew."""
        return self._put(account, inputs)

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        client = account.client("application-autoscaling", existing.inputs)
        client.delete_scheduled_action(ScheduledActionName=existing.inputs["name"], **_place(existing.inputs))
