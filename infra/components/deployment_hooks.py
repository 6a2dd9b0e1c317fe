"""DeploymentHooks: the functions that ECS asks at stages of a deployment, and the role that lets it ask these alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from infra import names, policies
from infra.account import Account
from infra.components.component import Component
from infra.deployment_settings import DeploymentHook


class DeploymentHooks(Component):
    """Lifecycle hooks of a service.

    Args:
        name: Logical name of the service.
        hooks: As set; one at least.
        account: Where it lies.

    Attributes:
        inputs: What the ECS service is told.
        ready: What has to be there before a deployment asks.
    """

    def __init__(
        self,
        name: str,
        hooks: Sequence[DeploymentHook],
        account: Account,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("surgeproof:platform:DeploymentHooks", name, {}, opts)
        role = aws.iam.Role(
            names.logical("aws:iam/role:Role", name),
            description="Lets ECS ask functions whether a deployment may go on",
            assume_role_policy=policies.trust(account, "ecs.amazonaws.com"),
            opts=self._child(),
        )
        self.ready = aws.iam.RolePolicy(
            f"{name}-policy",
            role=role.id,
            policy=policies.document(
                policies.allow("AskHooks", ["lambda:InvokeFunction"], sorted({hook.function for hook in hooks}))
            ),
            opts=self._child(),
        )
        self.inputs: list[dict[str, Any]] = [
            {
                "hook_target_arn": hook.function,
                "role_arn": role.arn,
                "lifecycle_stages": [stage.upper() for stage in hook.stages],
                "hook_details": json.dumps(hook.details, sort_keys=True) if hook.details else None,
            }
            for hook in hooks
        ]
        self._done({})
