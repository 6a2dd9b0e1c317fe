"""Names: a logical name for every resource, short enough for AWS once Pulumi has put its suffix to it."""

from __future__ import annotations

import hashlib

from infra.errors import NameTooLongError

AUTO_SUFFIX = 8
"""Characters of Pulumi's auto-naming: a hyphen and seven hex digits."""

LIMITS: dict[str, int] = {
    "aws:appautoscaling/policy:Policy": 256,
    "aws:backup/vault:Vault": 50,
    "aws:cloudwatch/eventArchive:EventArchive": 48,
    "aws:cloudwatch/eventBus:EventBus": 256,
    "aws:cloudwatch/eventRule:EventRule": 64,
    "aws:ecs/cluster:Cluster": 255,
    "aws:ecs/service:Service": 255,
    "aws:elasticache/replicationGroup:ReplicationGroup": 40,
    "aws:elasticache/user:User": 40,
    "aws:elasticache/userGroup:UserGroup": 40,
    "aws:iam/role:Role": 64,
    "aws:lb/loadBalancer:LoadBalancer": 32,
    "aws:lb/targetGroup:TargetGroup": 32,
    "aws:rds/cluster:Cluster": 63,
    "aws:rds/proxy:Proxy": 63,
    "aws:scheduler/schedule:Schedule": 64,
    "aws:scheduler/scheduleGroup:ScheduleGroup": 64,
    "aws:s3/bucket:Bucket": 63,
    "aws:sqs/queue:Queue": 80,
    "aws:synthetics/canary:Canary": 255,
}
"""Longest physical name by type (the API reference of each service)."""


def fit(name: str, limit: int) -> str:
    """A name of at most `limit` characters; a longer one keeps its start and ends in four hex digits of its whole.

    Raises:
        NameTooLongError: When the limit leaves no room for a name.
    """
    if len(name) <= limit:
        return name
    if limit < 8:
        raise NameTooLongError(
            "leaves no room for a name", got=name, allowed=f"{limit} characters", fix="Shorten the stack's `prefix`"
        )
    digest = hashlib.sha256(name.encode()).hexdigest()[:4]
    return f"{name[: limit - 5].rstrip('-')}-{digest}"


def logical(type_: str, name: str) -> str:
    """A logical name whose physical one AWS accepts, with Pulumi's suffix."""
    limit = LIMITS.get(type_)
    return name if limit is None else fit(name, limit - AUTO_SUFFIX)
