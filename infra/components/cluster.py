"""Cluster: where services run, on Fargate, with enhanced Container Insights."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.component import Component, Transforms, component_options
from infra.tags import CLASSIFICATION, SCOPE


@dataclass(frozen=True, kw_only=True)
class ClusterArgs:
    """What a Cluster is made from.

    Attributes:
        log_key: KMS key of exec sessions and their logs.
        log_retention_days: How long those are kept.
        scope: Whether card data passes it (tag ``pci-scope``); None for the stack's own tag.
        transform: Changes to children.
    """

    log_key: pulumi.Input[str]
    log_retention_days: int = 365
    scope: str | None = None
    transform: Transforms | None = None


class Cluster(Component):
    """An ECS cluster; should anybody switch exec on, what they type is logged.

    Attributes:
        cluster: The cluster.
        providers: What it has of Fargate and its spare capacity; ECS runs nothing on what a cluster does not have yet, and
            takes nothing away from it that something still runs on.
    """

    def __init__(self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("surgeproof:platform:Cluster", name, {}, component_options(name, opts, args.transform))
        sessions = aws.cloudwatch.LogGroup(
            f"{name}-exec",
            name=f"/aws/ecs/{name}/exec",
            kms_key_id=args.log_key,
            retention_in_days=args.log_retention_days,
            tags={CLASSIFICATION: "audit"},
            opts=self._child(),
        )
        self.cluster = aws.ecs.Cluster(
            name,
            name=name,
            settings=[{"name": "containerInsights", "value": "enhanced"}],
            tags={SCOPE: args.scope} if args.scope else None,
            configuration={
                "execute_command_configuration": {
                    "kms_key_id": args.log_key,
                    "logging": "OVERRIDE",
                    "log_configuration": {
                        "cloud_watch_encryption_enabled": True,
                        "cloud_watch_log_group_name": sessions.name,
                    },
                }
            },
            opts=self._child(),
        )
        self.providers = aws.ecs.ClusterCapacityProviders(
            f"{name}-capacity",
            cluster_name=self.cluster.name,
            capacity_providers=["FARGATE", "FARGATE_SPOT"],
            default_capacity_provider_strategies=[{"capacity_provider": "FARGATE", "base": 0, "weight": 1}],
            opts=self._child(),
        )
        self._done({"name": self.cluster.name, "arn": self.cluster.arn})
