"""Predictive scaling policies, which moto refuses: kept and told, and forecasting nothing."""

from __future__ import annotations

import json
from typing import Any

from moto.applicationautoscaling import models, responses

PREDICTIVE = "PredictiveScaling"
CONFIGURATION = "PredictiveScalingPolicyConfiguration"


class PredictivePolicy(models.FakeApplicationAutoscalingPolicy):
    """A predictive policy. It has no alarms: a forecast raises the floor by itself."""

    def __init__(self, **described: Any) -> None:
        # moto makes the alarms of a target tracking policy for the namespaces that it knows, and has no third type.
        described["policy_type"] = "StepScaling"
        super().__init__(**described)
        self.policy_type = PREDICTIVE


def install() -> None:
    """Let Application Auto Scaling take predictive policies, and tell them again."""
    moto_put = responses.ApplicationAutoScalingResponse.put_scaling_policy
    moto_build = responses._build_policy  # noqa: SLF001 - what describes a policy

    def put_scaling_policy(self: responses.ApplicationAutoScalingResponse) -> str:
        if self._get_param("PolicyType") != PREDICTIVE:
            return moto_put(self)
        place = {
            "policy_name": self._get_param("PolicyName"),
            "service_namespace": self._get_param("ServiceNamespace"),
            "resource_id": self._get_param("ResourceId"),
            "scalable_dimension": self._get_param("ScalableDimension"),
        }
        backend = self.applicationautoscaling_backend
        policy: Any = PredictivePolicy(
            account_id=backend.account_id,
            region_name=backend.region_name,
            policy_body=self._get_param(CONFIGURATION),
            **place,
        )
        key = models.FakeApplicationAutoscalingPolicy.formulate_key(
            place["service_namespace"], place["resource_id"], place["scalable_dimension"], place["policy_name"]
        )
        backend.policies[key] = policy
        return json.dumps({"PolicyARN": policy.policy_arn, "Alarms": []})

    def build_policy(policy: models.FakeApplicationAutoscalingPolicy) -> dict[str, Any]:
        told = moto_build(policy)
        if isinstance(policy, PredictivePolicy):
            # AWS answers with its defaults (API_PredictiveScalingPolicyConfiguration).
            defaults = {
                "Mode": "ForecastOnly",
                "SchedulingBufferTime": 300,
                "MaxCapacityBreachBehavior": "HonorMaxCapacity",
            }
            told[CONFIGURATION] = {**defaults, **policy._policy_body}  # noqa: SLF001 - moto has no other name for it
        return told

    changes: dict[str, Any] = {"put_scaling_policy": put_scaling_policy}
    for name, method in changes.items():
        setattr(responses.ApplicationAutoScalingResponse, name, method)
    vars(responses)["_build_policy"] = build_policy
