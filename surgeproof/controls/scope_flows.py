"""Ways between resources: who may reach, use or send to whom, by network, role, key, queue, event and function."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from surgeproof.controls.context import UNKNOWN, Context
from surgeproof.controls.network_reach import GROUP_TYPES, SUBNET_TYPES, reach
from surgeproof.controls.policy_document import POLICY_TYPE, ROLE_TYPE, allows, listed
from surgeproof.graph.model import Resource

INTERNET = "the internet"
_GROUPED = ("vpcSecurityGroupIds", "securityGroupIds", "securityGroups", "networkConfiguration", "vpcConfig")
"""Properties by which a resource lies in a security group."""
_SUBNETTED = ("subnetIds", "subnets", "networkConfiguration", "vpcConfig")
_ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
_ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
# What sends, by the property that names the receiver; and where the sender stands when it is not the resource itself.
_SENDS: dict[str, tuple[str, str, str]] = {
    "aws:cloudwatch/eventTarget:EventTarget": ("arn", "rule", "event"),
    "aws:sns/topicSubscription:TopicSubscription": ("endpoint", "topic", "event"),
    "aws:lambda/eventSourceMapping:EventSourceMapping": ("functionName", "eventSourceArn", "queue"),
    "aws:sqs/queue:Queue": ("redrivePolicy", "", "queue"),
    "aws:pipes/pipe:Pipe": ("target", "", "event"),
    "aws:scheduler/schedule:Schedule": ("target", "", "event"),
    "aws:lambda/permission:Permission": ("function", "sourceArn", "function"),
    "aws:kms/grant:Grant": ("keyId", "granteePrincipal", "key"),
    "aws:lb/listener:Listener": ("defaultActions", "loadBalancerArn", "network"),
    "aws:lb/listenerRule:ListenerRule": ("actions", "listenerArn", "network"),
}
_OPEN_GATEWAY = "aws:ec2/internetGateway:InternetGateway"


@dataclass(frozen=True, slots=True)
class Way:
    """One way from a resource to another; both as URNs.

    Attributes:
        source: Who comes; `INTERNET` for everybody.
        target: Where to.
        kind: Of the link.
        by: What makes it.
    """

    source: str
    target: str
    kind: str
    by: str


def ways(context: Context) -> Iterator[Way]:
    """Every way that the graph tells of."""
    yield from _network(context)
    yield from _routes(context)
    yield from _roles(context)
    yield from _sending(context)


def _members(context: Context) -> dict[str, list[Resource]]:
    """What lies in each security group."""
    found: dict[str, list[Resource]] = {}
    ways_ = reach(context)
    for item in context.graph.resources:
        groups = {group.urn for key in _GROUPED if key in item.inputs for group in ways_.groups_of(item, key)}
        if item.type not in GROUP_TYPES:
            for urn in groups:
                found.setdefault(urn, []).append(item)
    return found


def _network(context: Context) -> Iterator[Way]:
    members = _members(context)
    for rule in reach(context).rules:
        if rule.direction != "ingress" or rule.group is None:
            continue
        by = f"{rule.resource.name}: {_ports(rule.protocol, rule.ports)}"
        targets = [rule.group, *(item.urn for item in members.get(rule.group, ()))]
        sources = {urn for group in rule.groups for urn in (group, *(item.urn for item in members.get(group, ())))}
        if rule.from_world:
            sources.add(INTERNET)
        sources |= {str(range_) for range_ in rule.ranges if not rule.from_world}
        for target in targets:
            for source in sorted(sources - {target}):
                # A group and what lies in it are one end of the way: groups meet groups, members meet members.
                if _is_group(context, source) in (None, _is_group(context, target)):
                    yield Way(source, target, "network", by)


def _is_group(context: Context, urn: str) -> bool | None:
    found = context.graph.by_urn(urn)
    return None if found is None else found.type in GROUP_TYPES


def _ports(protocol: str, ports: tuple[int, int]) -> str:
    if protocol == "-1":
        return "all ports"
    return f"{protocol} {ports[0]}" if ports[0] == ports[1] else f"{protocol} {ports[0]}-{ports[1]}"


def _routes(context: Context) -> Iterator[Way]:
    """The internet reaches what lies in a subnet that leads to a gateway."""
    ways_ = reach(context)
    open_ = {
        item.urn: item
        for type_ in SUBNET_TYPES
        for item in context.graph.of_type(type_)
        if ways_.has_internet_route(item)
    }
    for item in context.graph.resources:
        for key in _SUBNETTED:
            if key in item.inputs:
                for subnet in ways_.subnets_of(item, key):
                    if subnet.urn in open_:
                        yield Way(INTERNET, item.urn, "route", f"{subnet.name} has a route to an internet gateway")


def _roles(context: Context) -> Iterator[Way]:
    """A role reaches what its policies name, and whoever takes the role does."""
    graph = context.graph
    takers: dict[str, list[Resource]] = {}
    for item in graph.resources:
        for key in ("taskRoleArn", "executionRoleArn", "role", "roleArn"):
            if item.type not in {_ROLE_POLICY, _ATTACHMENT}:
                for role in graph.sources(item, key):
                    if role.type == ROLE_TYPE:
                        takers.setdefault(role.urn, []).append(item)
    for policy, role in _policies(context):
        document = context.readable(policy, "policy")
        kinds = {} if document is None or document is UNKNOWN else _kinds(document)
        for target in graph.sources(policy, "policy"):
            service = target.type.split(":")[1].partition("/")[0]
            by = f"{policy.name}: {kinds.get(service) or ', '.join(kinds.values()) or service}"
            kind = "key" if service == "kms" else "role"
            for source in (role, *takers.get(role.urn, ())):
                if source.urn != target.urn:
                    yield Way(source.urn, target.urn, kind, by)


def _policies(context: Context) -> Iterator[tuple[Resource, Resource]]:
    graph = context.graph
    for policy in graph.of_type(_ROLE_POLICY):
        for role in graph.sources(policy, "role"):
            yield policy, role
    for attached in graph.of_type(_ATTACHMENT):
        for policy in graph.sources(attached, "policyArn"):
            if policy.type == POLICY_TYPE:
                for role in graph.sources(attached, "role"):
                    yield policy, role


def _kinds(document: object) -> dict[str, str]:
    """Service to the actions on it that a document allows."""
    found: dict[str, list[str]] = {}
    for statement in allows(document):
        for action in listed(statement.get("Action")):
            found.setdefault(action.partition(":")[0], []).append(action)
    return {service: ", ".join(sorted(set(actions))) for service, actions in found.items()}


def _sending(context: Context) -> Iterator[Way]:
    graph = context.graph
    for type_, (leads, stands, kind) in _SENDS.items():
        for item in graph.of_type(type_):
            sources = graph.sources(item, stands) if stands else (item,)
            for source in sources:
                for target in graph.sources(item, leads):
                    if target.urn != source.urn:
                        yield Way(source.urn, target.urn, kind, item.name)
