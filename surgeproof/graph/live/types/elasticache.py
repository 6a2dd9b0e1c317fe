"""Caches: replication groups and single clusters, their subnets and users."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from surgeproof.graph.live.account import NotReadableError, Reading
from surgeproof.graph.live.reader import Found, reads
from surgeproof.graph.live.shape import NOT_KEPT, part_or, picked, tags, without_nothing

_ON = {"enabled", "enabling"}


@reads(
    "aws:elasticache/replicationGroup:ReplicationGroup",
    "aws:elasticache/cluster:Cluster",
    calls=(
        "elasticache.describe_replication_groups",
        "elasticache.describe_cache_clusters",
        "elasticache.list_tags_for_resource",
    ),
)
def caches(account: Reading) -> Iterator[Found]:
    """Replication groups, and clusters that are of none. What members share is told by the first of them."""
    members = {
        row["CacheClusterId"]: row for row in account.rows("elasticache.describe_cache_clusters", "CacheClusters")
    }
    grouped: set[str] = set()
    hidden = False
    for row in account.rows("elasticache.describe_replication_groups", "ReplicationGroups"):
        names = row.get("MemberClusters", [])
        grouped |= set(names)
        member = members.get(names[0], {}) if names else {}
        name = row["ReplicationGroupId"]
        inputs = {
            **picked(
                row,
                replicationGroupId="ReplicationGroupId",
                description="Description",
                atRestEncryptionEnabled="AtRestEncryptionEnabled",
                autoMinorVersionUpgrade="AutoMinorVersionUpgrade",
                kmsKeyId="KmsKeyId",
                nodeType="CacheNodeType",
                snapshotRetentionLimit="SnapshotRetentionLimit",
                snapshotWindow="SnapshotWindow",
                transitEncryptionEnabled="TransitEncryptionEnabled",
                transitEncryptionMode="TransitEncryptionMode",
                userGroupIds="UserGroupIds",
                engine="Engine",
            ),
            **_of_member(member),
            "automaticFailoverEnabled": row.get("AutomaticFailover") in _ON,
            "multiAzEnabled": row.get("MultiAZ") in _ON,
            "numCacheClusters": len(names) or None,
            "tags": _tags(account, row.get("ARN")),
        }
        if row.get("AuthTokenEnabled"):
            inputs["authToken"] = NOT_KEPT
        if not member:
            # Where it lies is told by its members alone.
            inputs |= dict.fromkeys(
                ("subnetGroupName", "securityGroupIds", "numCacheClusters", "maintenanceWindow"), NOT_KEPT
            )
            hidden = True
        yield Found(
            "aws:elasticache/replicationGroup:ReplicationGroup", name, without_nothing(inputs), _named(row, name)
        )
    for name, row in members.items():
        if name not in grouped:
            inputs = {
                **picked(row, clusterId="CacheClusterId", engine="Engine", nodeType="CacheNodeType"),
                **picked(
                    row,
                    numCacheNodes="NumCacheNodes",
                    snapshotRetentionLimit="SnapshotRetentionLimit",
                    snapshotWindow="SnapshotWindow",
                ),
                **picked(row, transitEncryptionEnabled="TransitEncryptionEnabled"),
                **_of_member(row),
                "tags": _tags(account, row.get("ARN")),
            }
            yield Found("aws:elasticache/cluster:Cluster", name, inputs, _named(row, name))
    if hidden:
        raise NotReadableError("elasticache:DescribeCacheClusters", "members of a replication group are not told")


def _of_member(member: dict[str, Any]) -> dict[str, Any]:
    found = picked(member, subnetGroupName="CacheSubnetGroupName", engineVersion="EngineVersion")
    groups = [item["SecurityGroupId"] for item in member.get("SecurityGroups", ())]
    named = picked(member.get("CacheParameterGroup", {}), parameterGroupName="CacheParameterGroupName")
    upgrade = picked(
        member, autoMinorVersionUpgrade="AutoMinorVersionUpgrade", maintenanceWindow="PreferredMaintenanceWindow"
    )
    return {**found, **named, **upgrade, **({"securityGroupIds": groups} if groups else {})}


def _named(row: dict[str, Any], name: str) -> dict[str, Any]:
    return without_nothing({"arn": row.get("ARN"), "name": name})


def _tags(account: Reading, arn: str | None) -> Any:
    if arn is None:
        return {}
    answer = account.part("elasticache.list_tags_for_resource", ResourceName=arn)
    return part_or(answer, lambda given: tags(given.get("TagList")), {})


@reads(
    "aws:elasticache/userGroup:UserGroup",
    "aws:elasticache/user:User",
    calls=("elasticache.describe_user_groups", "elasticache.describe_users"),
    also=("aws:elasticache/userGroupAssociation:UserGroupAssociation",),
)
def users(account: Reading) -> Iterator[Found]:
    """Users and groups of them; no password is in any answer."""
    for row in account.rows("elasticache.describe_user_groups", "UserGroups"):
        inputs = picked(row, userGroupId="UserGroupId", engine="Engine", userIds="UserIds")
        yield Found("aws:elasticache/userGroup:UserGroup", row["UserGroupId"], inputs, _named(row, row["UserGroupId"]))
    for row in account.rows("elasticache.describe_users", "Users"):
        inputs = picked(row, userId="UserId", userName="UserName", engine="Engine", accessString="AccessString")
        inputs["authenticationMode"] = picked(row.get("Authentication", {}), type="Type", passwordCount="PasswordCount")
        yield Found("aws:elasticache/user:User", row["UserId"], inputs, _named(row, row["UserId"]))


@reads(
    "aws:elasticache/subnetGroup:SubnetGroup",
    calls=("elasticache.describe_cache_subnet_groups", "elasticache.list_tags_for_resource"),
)
def subnet_groups(account: Reading) -> Iterator[Found]:
    """Groups of subnets that caches lie in."""
    for row in account.rows("elasticache.describe_cache_subnet_groups", "CacheSubnetGroups"):
        name = row["CacheSubnetGroupName"]
        inputs = {
            "name": name,
            "subnetIds": [item["SubnetIdentifier"] for item in row.get("Subnets", ())],
            "tags": _tags(account, row.get("ARN")),
        }
        yield Found("aws:elasticache/subnetGroup:SubnetGroup", name, inputs, _named(row, name))
