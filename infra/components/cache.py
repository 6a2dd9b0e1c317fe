"""Cache: a Valkey replication group over zones, encrypted at rest and on the way, that asks who connects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import names
from infra.components.cache_login import CacheLogin
from infra.components.component import Component, Transforms, component_options
from infra.components.network import Network
from infra.components.rule_room import RuleRoom, groups_needed, security_groups
from infra.tags import CLASSIFICATION

PORT = 6379


@dataclass(frozen=True, kw_only=True)
class CacheArgs:
    """What a Cache is made from.

    Attributes:
        network: The VPC; it lies in the data subnets.
        key: KMS key of what is stored.
        engine_version: Of Valkey.
        node_type: Size of each node.
        replicas: Copies in other zones, one of which takes over.
        snapshot_retention_days: Days for which daily snapshots are kept.
        clients: Programs that will be let in.
        keep: Whether it is protected.
        transform: Changes to children.
    """

    network: Network
    key: pulumi.Input[str]
    engine_version: str = "8.0"
    node_type: str = "cache.t4g.small"
    replicas: int = 1
    snapshot_retention_days: int = 7
    clients: int = 1
    keep: bool = True
    transform: Transforms | None = None


class Cache(Component):
    """A replication group, its one user, and its security group, which lets nobody in until `allow` is called.

    Attributes:
        replication_group: The replication group.
        group: Its first security group; more than 60 clients need another.
        url: What tasks connect to; the user in it logs in by IAM.
        statement: What their role needs for that.
    """

    def __init__(self, name: str, args: CacheArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("surgeproof:platform:Cache", name, {}, component_options(name, opts, args.transform))
        groups = security_groups(
            name,
            groups_needed(args.clients, what="the cache"),
            lambda group: aws.ec2.SecurityGroup(
                group,
                vpc_id=args.network.vpc.id,
                description="The shop's cache",
                tags={"Name": name},
                opts=self._child(),
            ),
        )
        self.group = groups[0]
        self._room = RuleRoom(groups)
        subnets = aws.elasticache.SubnetGroup(
            f"{name}-subnets",
            description="Data subnets",
            subnet_ids=[subnet.id for subnet in args.network.data],
            opts=self._child(),
        )
        parameters = aws.elasticache.ParameterGroup(
            f"{name}-parameters",
            family=f"valkey{args.engine_version.partition('.')[0]}",
            description="Carts are not thrown out for the catalogue: only keys with an end are",
            parameters=[{"name": "maxmemory-policy", "value": "volatile-lru"}],
            opts=self._child(),
        )
        login = CacheLogin(f"{name}-login", opts=self._child())
        self.replication_group = aws.elasticache.ReplicationGroup(
            names.logical("aws:elasticache/replicationGroup:ReplicationGroup", name),
            description="Carts and the hot catalogue",
            engine="valkey",
            engine_version=args.engine_version,
            node_type=args.node_type,
            port=PORT,
            num_cache_clusters=args.replicas + 1,
            automatic_failover_enabled=True,
            multi_az_enabled=True,
            at_rest_encryption_enabled=True,
            kms_key_id=args.key,
            transit_encryption_enabled=True,
            transit_encryption_mode="required",
            user_group_ids=[login.group.user_group_id],
            auto_minor_version_upgrade=True,
            parameter_group_name=parameters.name,
            subnet_group_name=subnets.name,
            security_group_ids=[group.id for group in groups],
            snapshot_retention_limit=args.snapshot_retention_days,
            snapshot_window="01:00-02:00",
            maintenance_window="tue:04:30-tue:05:30",
            tags={CLASSIFICATION: "orders"},
            opts=self._child(protect=args.keep or None),
        )
        self.statement = login.statement(self.replication_group)
        self.url = pulumi.Output.format(
            "rediss://{0}@{1}:{2}", login.user.user_name, self.replication_group.primary_endpoint_address, PORT
        )
        self._done({"endpoint": self.replication_group.primary_endpoint_address})

    def allow(self, name: str, groups: Sequence[tuple[str, aws.ec2.SecurityGroup]]) -> None:
        """Let tasks with these security groups connect, and nothing else."""
        self._room.let_in(name, groups, what="Valkey", port=PORT, child=self._child)
