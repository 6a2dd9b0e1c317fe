"""Resources that several triples need, in the form that keeps every rule."""

from __future__ import annotations

from typing import Any

from surgeproof.controls.registry import find_control
from surgeproof.graph.model import Resource
from tests.controls.triples import judge, resource

BYSTANDER = resource("aws:iam/role:Role", "bystander")
"""What no control of these families speaks of."""

KEY = resource("aws:kms/key:Key", "key")
VPC = resource("aws:ec2/vpc:Vpc", "vpc")
GATEWAY = resource("aws:ec2/internetGateway:InternetGateway", "igw")


def made(
    type_: str, name: str, inputs: dict[str, Any] | None = None, /, **links: Resource | list[Resource]
) -> Resource:
    """A resource whose properties named in ``links`` are made from those resources; outputs repeat its name."""
    many = {key: value if isinstance(value, list) else [value] for key, value in links.items()}
    return resource(
        type_,
        name,
        inputs={**{key: [item.id for item in items] for key, items in many.items()}, **(inputs or {})},
        outputs={"name": name, "arn": f"arn:{name}"},
        property_dependencies={key: tuple(item.urn for item in items) for key, items in many.items()},
    )


def changed(given: Resource, /, *without: str, **inputs: Any) -> Resource:
    """A copy with other inputs, and without some; what is left out loses its links too."""
    kept = {key: value for key, value in given.inputs.items() if key not in without}
    links = {key: value for key, value in given.property_dependencies.items() if key not in {*without, *inputs}}
    return given.model_copy(update={"inputs": {**kept, **inputs}, "property_dependencies": links})


def subnet(name: str, zone: str, **inputs: Any) -> Resource:
    """A subnet of the VPC."""
    return made(
        "aws:ec2/subnet:Subnet",
        name,
        {"availabilityZone": zone, "cidrBlock": "10.0.0.0/20", "mapPublicIpOnLaunch": False, **inputs},
        vpcId=VPC,
    )


def internet_route(*subnets: Resource) -> list[Resource]:
    """A route table with a route to the internet gateway, and its associations."""
    table = made("aws:ec2/routeTable:RouteTable", "public", vpcId=VPC)
    route = made(
        "aws:ec2/route:Route", "out", {"destinationCidrBlock": "0.0.0.0/0"}, routeTableId=table, gatewayId=GATEWAY
    )
    return [GATEWAY, table, route] + [
        made("aws:ec2/routeTableAssociation:RouteTableAssociation", f"a-{item.name}", routeTableId=table, subnetId=item)
        for item in subnets
    ]


def group(name: str, **inputs: Any) -> Resource:
    """A security group."""
    return made("aws:ec2/securityGroup:SecurityGroup", name, inputs, vpcId=VPC)


def admits(owner: Resource, kind: str, **rule: Any) -> list[Resource]:
    """The group with one ingress rule, written in one of the four ways; ``rule`` has ports and a range."""
    low, high, range_ = rule.get("low", 443), rule.get("high", 443), rule.get("range", "0.0.0.0/0")
    ports = {"fromPort": low, "toPort": high, "description": "a reason"}
    if kind == "inline":
        return [changed(owner, ingress=[{**ports, "protocol": "tcp", "cidrBlocks": [range_]}])]
    if kind == "rule":
        inputs = {**ports, "type": "ingress", "protocol": "tcp", "cidrBlocks": [range_]}
        return [owner, made("aws:ec2/securityGroupRule:SecurityGroupRule", "in", inputs, securityGroupId=owner)]
    if kind == "split":
        inputs = {**ports, "ipProtocol": "tcp", "cidrIpv4": range_}
        type_ = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
        return [owner, made(type_, "in", inputs, securityGroupId=owner)]
    message = f"no such kind of rule: {kind}"
    raise ValueError(message)


def verdicts(control_id: str, *resources: Resource) -> set[str]:
    """Verdicts of a control on these resources."""
    return {outcome.verdict for outcome in judge(find_control(control_id), resources)}
