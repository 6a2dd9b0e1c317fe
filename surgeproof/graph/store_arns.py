"""Ids and computed outputs of secrets, caches' users, proxies, schedules and rules, in AWS's shapes; see `arns.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from surgeproof.graph.arns import Identity, Seed


def _secret(seed: Seed) -> Identity:
    physical = seed.physical()
    arn = seed.arn("secretsmanager", f"secret:{physical}-{seed.digest[8:14]}")
    return arn, {"name": physical, "arn": arn}


def _secret_version(seed: Seed) -> Identity:
    arn, version = str(seed.inputs.get("secretId", "")), seed.digest[:32]
    return f"{arn}|{version}", {"arn": arn, "secretArn": arn, "versionId": version}


def _rotation(seed: Seed) -> Identity:
    return str(seed.inputs.get("secretId", "")), {"rotationEnabled": True}


def _cache_user(key: str, kind: str) -> Callable[[Seed], Identity]:
    def shape(seed: Seed) -> Identity:
        identity = str(seed.inputs.get(key, seed.name))
        return identity, {"arn": seed.arn("elasticache", f"{kind}:{identity}")}

    return shape


def _proxy(seed: Seed) -> Identity:
    physical = seed.physical()
    host = f"{physical}.proxy-{seed.digest[:12]}.{seed.region}.rds.amazonaws.com"
    return physical, {
        "name": physical,
        "arn": seed.arn("rds", f"db-proxy:prx-{seed.digest[:17]}"),
        "endpoint": host,
    }


def _pool(seed: Seed) -> Identity:
    arn = seed.arn("rds", f"target-group:prx-tg-{seed.digest[:17]}")
    return str(seed.inputs.get("dbProxyName", "")), {"arn": arn, "name": "default"}


def _proxy_target(seed: Seed) -> Identity:
    name = str(seed.inputs.get("dbClusterIdentifier") or seed.inputs.get("dbInstanceIdentifier", ""))
    kind = "TRACKED_CLUSTER" if seed.inputs.get("dbClusterIdentifier") else "RDS_INSTANCE"
    place = (str(seed.inputs.get("dbProxyName", "")), str(seed.inputs.get("targetGroupName", "default")))
    return "/".join((*place, kind, name)), {"type": kind, "rdsResourceId": name, "port": 5432}


def _schedule(seed: Seed) -> Identity:
    physical, group = seed.physical(), str(seed.inputs.get("groupName", "default"))
    return f"{group}/{physical}", {"name": physical, "arn": seed.arn("scheduler", f"schedule/{group}/{physical}")}


def _schedule_group(seed: Seed) -> Identity:
    physical = seed.physical()
    return physical, {"name": physical, "arn": seed.arn("scheduler", f"schedule-group/{physical}")}


def _discoverer(seed: Seed) -> Identity:
    identity = f"events-event-bus-{str(seed.inputs.get('sourceArn', '')).rsplit('/', 1)[-1]}"
    return identity, {"arn": seed.arn("schemas", f"discoverer/{identity}")}


def _listener_rule(seed: Seed) -> Identity:
    arn = str(seed.inputs.get("listenerArn", "")).replace(":listener/", ":listener-rule/", 1)
    return f"{arn}/{seed.digest[:16]}", {"arn": f"{arn}/{seed.digest[:16]}"}


STORE_SHAPES: dict[str, Any] = {
    "aws:elasticache/user:User": _cache_user("userId", "user"),
    "aws:elasticache/userGroup:UserGroup": _cache_user("userGroupId", "usergroup"),
    "aws:lb/listenerRule:ListenerRule": _listener_rule,
    "aws:rds/proxy:Proxy": _proxy,
    "aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup": _pool,
    "aws:rds/proxyTarget:ProxyTarget": _proxy_target,
    "aws:scheduler/schedule:Schedule": _schedule,
    "aws:scheduler/scheduleGroup:ScheduleGroup": _schedule_group,
    "aws:schemas/discoverer:Discoverer": _discoverer,
    "aws:secretsmanager/secret:Secret": _secret,
    "aws:secretsmanager/secretRotation:SecretRotation": _rotation,
    "aws:secretsmanager/secretVersion:SecretVersion": _secret_version,
}
"""By type token; merged into `arns.py`'s."""
