"""Links: which resources a value is made from, told from ARNs, ids and names, as an account keeps nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from surgeproof.graph.model import Resource

_ARN = re.compile(r"arn:[\w-]+:[\w-]+:[\w-]*:\d*:[^\s\"',*?\\]+")
_URL = re.compile(r"https?://[^\s\"'\\]+")
_UNIQUE = re.compile(r"^(?:[a-z]+-[0-9a-f]{8,17}|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|https?://\S+)$")
"""Ids that stand for one thing wherever they are written: EC2's, UUIDs of keys, URLs of queues."""

# Properties that name a resource by a name that other types may bear too.
_NAMED: dict[str, tuple[str, ...]] = {
    "apiId": ("aws:apigatewayv2/api:Api",),
    "backupVaultName": ("aws:backup/vault:Vault",),
    "bucket": ("aws:s3/bucket:Bucket",),
    "cacheSubnetGroupName": ("aws:elasticache/subnetGroup:SubnetGroup",),
    "cluster": ("aws:ecs/cluster:Cluster",),
    "clusterIdentifier": ("aws:rds/cluster:Cluster",),
    "clusterName": ("aws:ecs/cluster:Cluster",),
    "dbClusterParameterGroupName": ("aws:rds/clusterParameterGroup:ClusterParameterGroup",),
    "dbSubnetGroupName": ("aws:rds/subnetGroup:SubnetGroup",),
    "detectorId": ("aws:guardduty/detector:Detector",),
    "eventBusName": ("aws:cloudwatch/eventBus:EventBus",),
    "function": ("aws:lambda/function:Function",),
    "functionName": ("aws:lambda/function:Function",),
    "hostedZoneId": ("aws:route53/zone:Zone",),
    "logGroupName": ("aws:cloudwatch/logGroup:LogGroup",),
    "parameterGroupName": ("aws:rds/parameterGroup:ParameterGroup", "aws:elasticache/parameterGroup:ParameterGroup"),
    "planId": ("aws:backup/plan:Plan",),
    "repository": ("aws:ecr/repository:Repository",),
    "resourceId": ("aws:appautoscaling/target:Target",),
    "role": ("aws:iam/role:Role",),
    "rule": ("aws:cloudwatch/eventRule:EventRule",),
    "s3BucketName": ("aws:s3/bucket:Bucket",),
    "secretId": ("aws:secretsmanager/secret:Secret",),
    "subnetGroupName": ("aws:elasticache/subnetGroup:SubnetGroup",),
    "targetBucket": ("aws:s3/bucket:Bucket",),
    "user": ("aws:iam/user:User",),
    "userGroupIds": ("aws:elasticache/userGroup:UserGroup",),
    "webAclId": ("aws:wafv2/webAcl:WebAcl",),
    "zoneId": ("aws:route53/zone:Zone",),
}


def linked(resources: Iterable[Resource]) -> tuple[Resource, ...]:
    """The same resources with property dependencies, sorted by URN."""
    known = sorted(resources, key=lambda item: item.urn)
    index = _Index(known)
    return tuple(_with_links(item, index) for item in known)


class _Index:
    def __init__(self, resources: Iterable[Resource]) -> None:
        self.by_arn: dict[str, str] = {}
        self.by_id: dict[str, str] = {}
        self.by_name: dict[tuple[str, str], str] = {}
        for item in resources:
            arn = item.outputs.get("arn")
            # A companion has the id of what it configures: what is named is the thing itself.
            if isinstance(arn, str):
                self.by_arn.setdefault(arn, item.urn)
            if item.id and _UNIQUE.match(item.id) and (isinstance(arn, str) or item.id not in self.by_id):
                self.by_id[item.id] = item.urn
            for name in {item.id, item.outputs.get("name"), item.inputs.get("name")} - {None}:
                self.by_name.setdefault((item.type, str(name)), item.urn)

    def of(self, property_: str, text: str) -> Iterator[str]:
        """URNs of what a text names."""
        for id_ in {text, *_URL.findall(text)} & self.by_id.keys():
            yield self.by_id[id_]
        for arn in _ARN.findall(text):
            found = self._arn(arn)
            if found:
                yield found
        for type_ in _NAMED.get(property_, ()):
            if (type_, text) in self.by_name:
                yield self.by_name[type_, text]

    def _arn(self, arn: str) -> str | None:
        # A log group is named with `:*`, a bucket's objects with `/*`, a trail's with a prefix.
        for text in (arn, arn.rstrip(":/*"), arn.partition("/")[0]):
            if text in self.by_arn:
                return self.by_arn[text]
        return None


def _with_links(resource: Resource, index: _Index) -> Resource:
    found: dict[str, tuple[str, ...]] = {}
    for property_, value in resource.inputs.items():
        urns = {urn for text in _texts(value) for urn in index.of(property_, text)} - {resource.urn}
        if urns:
            found[property_] = tuple(sorted(urns))
    every = tuple(sorted({urn for urns in found.values() for urn in urns}))
    return resource.model_copy(update={"property_dependencies": found, "dependencies": every})


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(item)
