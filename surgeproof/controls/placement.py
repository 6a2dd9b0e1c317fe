"""Placement: what tier and what scope a resource lies in, read from the graph's links and tags."""

from __future__ import annotations

from collections.abc import Iterable

from surgeproof.controls.context import Context
from surgeproof.controls.network_reach import reach
from surgeproof.graph.model import Resource

SCOPE_TAG = "pci-scope"
CLASS_TAG = "data-classification"
CARD_CLASSES = frozenset({"cde", "card-data"})
"""Values of the class under which card data lies."""
BALANCER_TYPES = ("aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer")
_DATA = {
    "aws:rds/cluster:Cluster": "vpcSecurityGroupIds",
    "aws:rds/instance:Instance": "vpcSecurityGroupIds",
    "aws:elasticache/replicationGroup:ReplicationGroup": "securityGroupIds",
    "aws:elasticache/cluster:Cluster": "securityGroupIds",
}
_DATA_SUBNETS = ("aws:rds/subnetGroup:SubnetGroup", "aws:elasticache/subnetGroup:SubnetGroup")
SERVICE_TYPE = "aws:ecs/service:Service"


def zones_of(context: Context, resources: Iterable[Resource]) -> set[str]:
    """Availability zones of subnets or instances, as far as they are known."""
    named = (context.value(item, "availabilityZone") for item in resources)
    return {zone for zone in named if isinstance(zone, str)}


def balancer_groups(context: Context) -> set[Resource]:
    """Security groups that a load balancer uses."""
    ways = reach(context)
    return context.once(
        "balancer groups",
        lambda: {
            group
            for type_ in BALANCER_TYPES
            for balancer in context.graph.of_type(type_)
            for group in ways.groups_of(balancer, "securityGroups")
        },
    )


def data_groups(context: Context) -> set[Resource]:
    """Security groups that a database or a cache uses."""
    ways = reach(context)
    return context.once(
        "data groups",
        lambda: {
            group
            for type_, property_ in _DATA.items()
            for store in context.graph.of_type(type_)
            for group in ways.groups_of(store, property_)
        },
    )


def private_subnets(context: Context) -> dict[str, str]:
    """URN of each subnet that tasks or data lie in, to what lies in it."""
    return context.once("private subnets", lambda: _private_subnets(context))


def _private_subnets(context: Context) -> dict[str, str]:
    ways = reach(context)
    data = {
        subnet.urn: f"data of {group.name}"
        for type_ in _DATA_SUBNETS
        for group in context.graph.of_type(type_)
        for subnet in ways.subnets_of(group, "subnetIds")
    }
    # Where both lie, tasks are named: controls of what tasks need ask for them.
    return data | {
        subnet.urn: f"tasks of {service.name}"
        for service in context.graph.of_type(SERVICE_TYPE)
        for subnet in ways.subnets_of(service, "networkConfiguration")
    }


def tags(context: Context, resource: Resource) -> dict[str, str]:
    """Tags of a resource, the provider's defaults included."""
    own = context.value(resource, "tagsAll")
    if not isinstance(own, dict):
        own = context.value(resource, "tags")
    known = {key: value for key, value in own.items() if isinstance(value, str)} if isinstance(own, dict) else {}
    provider = context.graph.by_urn(_provider_urn(resource) or "")
    if provider is not None:
        default = provider.inputs.get("defaultTags")
        if isinstance(default, dict) and isinstance(default.get("tags"), dict):
            known = {**default["tags"], **known}
    return known


def _provider_urn(resource: Resource) -> str | None:
    # A provider reference is `<urn>::<id>`.
    return resource.provider.rpartition("::")[0] if resource.provider else None


def in_scope(context: Context, resource: Resource) -> bool:
    """Whether the resource is tagged as part of the card-data environment."""
    return tags(context, resource).get(SCOPE_TAG) == "cde"
