"""AWS's own managed policies: in AWS they are there; moto has them all in a file, and loads all 1,500 of them or none."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from moto.iam import models
from moto.iam.aws_managed_policies import aws_managed_policies_data


@cache
def _known() -> dict[str, dict[str, Any]]:
    return json.loads(aws_managed_policies_data)


def install() -> None:
    """Let a policy of AWS be there once a role takes it, with the document that AWS publishes."""
    moto_attach = models.IAMBackend.attach_role_policy

    def attach_role_policy(self: models.IAMBackend, policy_arn: str, role_name: str) -> None:
        name = policy_arn.rpartition("/")[2]
        if ":iam::aws:policy/" in policy_arn and policy_arn not in self.managed_policies and name in _known():
            policy = models.AWSManagedPolicy.from_data(name, self.account_id, self.region_name, _known()[name])
            self.managed_policies.setdefault(policy.arn, policy)
        moto_attach(self, policy_arn, role_name)

    changes: dict[str, Any] = {"attach_role_policy": attach_role_policy}
    for name, method in changes.items():
        setattr(models.IAMBackend, name, method)
