"""VPCs, subnets and security groups: the triples, and every kind of rule."""

from __future__ import annotations

import json

import pytest

from surgeproof.graph.model import Resource
from surgeproof.graph.wire import UNKNOWN_MARK
from tests.controls.catalogue.parts import (
    BYSTANDER,
    GATEWAY,
    KEY,
    VPC,
    admits,
    changed,
    group,
    internet_route,
    made,
    subnet,
    verdicts,
)
from tests.controls.triples import triple

KINDS = ("inline", "rule", "split")
DOOR = group("door")
BALANCER = made("aws:lb/loadBalancer:LoadBalancer", "lb", securityGroups=DOOR)
DATA = group("data")
CLUSTER = made("aws:rds/cluster:Cluster", "db", vpcSecurityGroupIds=DATA)
APP = [subnet("app-a", "a"), subnet("app-b", "b")]
SERVICE = made("aws:ecs/service:Service", "shop", networkConfiguration=APP)


def test_flow_logs() -> None:
    """VPC-01."""
    logs = made("aws:cloudwatch/logGroup:LogGroup", "logs", {"retentionInDays": 365}, kmsKeyId=KEY)
    flow = made("aws:ec2/flowLog:FlowLog", "flow", {"trafficType": "ALL"}, vpcId=VPC, logDestination=logs)
    triple("VPC-01", none=[BYSTANDER], good=[VPC, KEY, logs, flow], bad=[VPC, KEY, logs])
    triple("VPC-01", none=[], good=[VPC, KEY, logs, flow], bad=[VPC, KEY, logs, changed(flow, trafficType="REJECT")])
    triple("VPC-01", none=[], good=[VPC, KEY, logs, flow], bad=[VPC, changed(logs, "kmsKeyId"), flow])
    assert verdicts("VPC-01", VPC, KEY, logs, changed(flow, trafficType=UNKNOWN_MARK)) == {"unknown"}


def test_default_group() -> None:
    """VPC-02."""
    locked = made("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "default", vpcId=VPC)
    triple("VPC-02", none=[BYSTANDER], good=[VPC, locked], bad=[VPC])
    triple("VPC-02", none=[], good=[VPC, locked], bad=[VPC, *admits(locked, "inline")])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("range_", ["0.0.0.0/0"])
def test_administration_ports(kind: str, range_: str) -> None:
    """VPC-03, in each way to write a rule."""
    good = admits(DOOR, kind, range=range_)
    triple("VPC-03", none=[BYSTANDER], good=good, bad=admits(DOOR, kind, low=22, high=22, range=range_))
    triple("VPC-03", none=[], good=good, bad=admits(DOOR, kind, low=3000, high=4000, range=range_))
    triple("VPC-03", none=[], good=good, bad=admits(DOOR, kind, low=0, high=65535, range=range_))


def test_ipv6_world_and_all_protocols() -> None:
    """VPC-03: ``::/0`` is the world too, and protocol -1 means all ports."""
    everything = {"ipProtocol": "-1", "cidrIpv6": "::/0"}
    rule = made("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "in", everything, securityGroupId=DOOR)
    assert verdicts("VPC-03", DOOR, rule) == {"fail"}


@pytest.mark.parametrize("kind", KINDS)
def test_only_the_door(kind: str) -> None:
    """VPC-04."""
    good = [BALANCER, *admits(DOOR, kind)]
    triple("VPC-04", none=[BYSTANDER], good=good, bad=[BALANCER, *admits(DOOR, kind, low=8080, high=8080)])
    triple("VPC-04", none=[], good=good, bad=admits(DOOR, kind))
    triple("VPC-04", none=[], good=good, bad=[BALANCER, *admits(DOOR, kind, low=80, high=443)])


def test_unknown_range() -> None:
    """A range that is known only later is unknown, not a pass."""
    assert verdicts("VPC-04", BALANCER, *admits(DOOR, "split", range=UNKNOWN_MARK)) == {"unknown"}
    assert verdicts("VPC-03", changed(DOOR, ingress=UNKNOWN_MARK)) == {"unknown"}


def test_descriptions() -> None:
    """VPC-05."""
    rule = admits(DOOR, "split")[1]
    triple("VPC-05", none=[BYSTANDER], good=[DOOR, rule], bad=[DOOR, changed(rule, "description")])


def test_card_egress() -> None:
    """VPC-06."""
    card = changed(DOOR, tags={"pci-scope": "cde"})
    out = {"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["0.0.0.0/0"], "description": "gateway"}
    everything = {"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"]}
    triple("VPC-06", none=[DOOR], good=[changed(card, egress=[out])], bad=[changed(card, egress=[everything])])


@pytest.mark.parametrize("kind", KINDS)
def test_data_admits_groups(kind: str) -> None:
    """VPC-07."""
    inputs = {"ipProtocol": "tcp", "fromPort": 5432, "toPort": 5432}
    type_ = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
    named = made(type_, "in", inputs, securityGroupId=DATA, referencedSecurityGroupId=DOOR)
    bad = [CLUSTER, *admits(DATA, kind, low=5432, high=5432, range="10.0.0.0/8")]
    triple("VPC-07", none=[DOOR], good=[CLUSTER, DATA, DOOR, named], bad=bad)


def test_network_acl() -> None:
    """VPC-08."""
    acl = made("aws:ec2/networkAcl:NetworkAcl", "acl", vpcId=VPC)
    web = {"action": "allow", "protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlock": "0.0.0.0/0"}
    triple(
        "VPC-08",
        none=[BYSTANDER],
        good=[changed(acl, ingress=[web])],
        bad=[changed(acl, ingress=[{**web, "fromPort": 1}, {**web, "fromPort": 22, "toPort": 22}])],
    )
    rule = made(
        "aws:ec2/networkAclRule:NetworkAclRule",
        "r",
        {"ruleAction": "allow", "protocol": "-1", "cidrBlock": "0.0.0.0/0"},
        networkAclId=acl,
    )
    triple("VPC-08", none=[], good=[acl], bad=[acl, rule])
    assert verdicts("VPC-08", acl, changed(rule, cidrBlock=UNKNOWN_MARK)) == {"unknown"}


def test_private_subnets() -> None:
    """VPC-09."""
    triple("VPC-09", none=APP, good=[*APP, SERVICE], bad=[*APP, SERVICE, *internet_route(*APP)])
    public = [subnet("app-a", "a", mapPublicIpOnLaunch=True), APP[1]]
    triple("VPC-09", none=[], good=[*APP, SERVICE], bad=[*public, SERVICE])
    table = made("aws:ec2/routeTable:RouteTable", "t", {"routes": [{"cidrBlock": "0.0.0.0/0", "gatewayId": "igw-1"}]})
    link = made("aws:ec2/routeTableAssociation:RouteTableAssociation", "l", routeTableId=table, subnetId=APP[0])
    assert "fail" in verdicts("VPC-09", *APP, SERVICE, table, link)
    unsure = changed(table, routes=UNKNOWN_MARK)
    assert "unknown" in verdicts("VPC-09", *APP, SERVICE, unsure, link)


def test_each_zone_has_its_own_way_out() -> None:
    """VPC-09: a NAT gateway of another zone."""
    public = subnet("public-a", "a")
    gateway = made("aws:ec2/natGateway:NatGateway", "nat-a", subnetId=public)
    table = made("aws:ec2/routeTable:RouteTable", "t", vpcId=VPC)
    route = made("aws:ec2/route:Route", "out", routeTableId=table, natGatewayId=gateway)

    def routed(*subnets: Resource) -> list[Resource]:
        type_ = "aws:ec2/routeTableAssociation:RouteTableAssociation"
        links = [made(type_, f"l-{item.name}", routeTableId=table, subnetId=item) for item in subnets]
        return [*APP, SERVICE, public, gateway, table, route, *links]

    triple("VPC-09", none=[], good=routed(APP[0]), bad=routed(*APP))
    unsure = [changed(item, availabilityZone=UNKNOWN_MARK) if item == APP[0] else item for item in routed(APP[0])]
    assert "unknown" in verdicts("VPC-09", *unsure)


def test_main_table_that_is_no_resource() -> None:
    """VPC-09: a route may be given to the VPC's own table, and the default VPC's leads out from the start."""
    own = made("aws:ec2/route:Route", "out", {"destinationCidrBlock": "0.0.0.0/0"}, routeTableId=VPC, gatewayId=GATEWAY)
    assert "fail" in verdicts("VPC-09", VPC, GATEWAY, own, *APP, SERVICE)
    table = made("aws:ec2/routeTable:RouteTable", "t", vpcId=VPC)
    links = [
        made("aws:ec2/routeTableAssociation:RouteTableAssociation", item.name, routeTableId=table, subnetId=item)
        for item in APP
    ]
    assert verdicts("VPC-09", VPC, GATEWAY, own, *APP, SERVICE, table, *links) == {"pass"}
    default = made("aws:ec2/defaultSubnet:DefaultSubnet", "default", {"availabilityZone": "a"})
    assert verdicts("VPC-09", default, changed(SERVICE, networkConfiguration=[default.id])) == {"fail"}


def test_network_that_is_not_of_this_program() -> None:
    """VPC-09: what its main table leads to nobody here knows."""
    strange = changed(APP[0], vpcId="vpc-0123456789abcdef0")
    assert verdicts("VPC-09", strange, changed(SERVICE, networkConfiguration=[strange.id])) == {"unknown"}


def test_main_table_as_an_account_tells_it() -> None:
    """VPC-09: a table says which VPC it is the main one of, and no more."""
    main = made("aws:ec2/defaultRouteTable:DefaultRouteTable", "main", {"defaultRouteTableId": "rtb-1"}, vpcId=VPC)
    out = made("aws:ec2/route:Route", "out", routeTableId=main, gatewayId=GATEWAY)
    assert "fail" in verdicts("VPC-09", VPC, GATEWAY, main, out, *APP, SERVICE)


@pytest.mark.parametrize("range_", ["0.0.0.0/1", "128.0.0.0/1", "::0/0", "2000::/3"])
def test_the_world_in_halves(range_: str) -> None:
    """VPC-03 and VPC-08: two rules of half the internet are one of everything."""
    key = "cidrIpv6" if ":" in range_ else "cidrIpv4"
    rule = {"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, key: range_}
    type_ = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
    assert verdicts("VPC-03", DOOR, made(type_, "in", rule, securityGroupId=DOOR)) == {"fail"}
    block = "ipv6CidrBlock" if ":" in range_ else "cidrBlock"
    entry = {"action": "Allow", "protocol": "tcp", "fromPort": 22, "toPort": 22, block: range_}
    assert verdicts("VPC-08", made("aws:ec2/networkAcl:NetworkAcl", "acl", {"ingress": [entry]})) == {"fail"}


@pytest.mark.parametrize("known", ["pl-1", UNKNOWN_MARK])
def test_data_admits_no_list_of_prefixes(known: str) -> None:
    """VPC-07: a list of prefixes is a list of address ranges."""
    rule = {"ipProtocol": "tcp", "fromPort": 5432, "toPort": 5432, "prefixListId": known}
    type_ = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
    assert verdicts("VPC-07", CLUSTER, DATA, made(type_, "in", rule, securityGroupId=DATA)) == {"fail"}
    assert verdicts("VPC-07", CLUSTER, changed(DATA, ingress=UNKNOWN_MARK)) == {"unknown"}


def test_endpoints() -> None:
    """VPC-10."""
    names = ("s3", "dynamodb", "ecr.api", "ecr.dkr", "logs", "kms", "secretsmanager", "sqs", "sts")
    endpoints = [
        made(
            "aws:ec2/vpcEndpoint:VpcEndpoint",
            n,
            {"serviceName": f"com.amazonaws.eu-west-1.{n}", "policy": "{}"},
            vpcId=VPC,
        )
        for n in names
    ]
    place = [VPC, *APP, SERVICE]
    triple("VPC-10", none=[VPC], good=[*place, *endpoints], bad=[*place, *endpoints[1:]])
    triple("VPC-10", none=[], good=[*place, *endpoints], bad=[*place, changed(endpoints[0], "policy"), *endpoints[1:]])
    default = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}
    written = changed(endpoints[0], policy=json.dumps(default))
    triple("VPC-10", none=[], good=[*place, *endpoints], bad=[*place, written, *endpoints[1:]])
    empty = made("aws:ec2/vpc:Vpc", "empty")
    assert verdicts("VPC-10", *place, empty, *endpoints) == {"pass", "not-applicable"}
    data = made("aws:rds/subnetGroup:SubnetGroup", "data", subnetIds=APP)
    assert verdicts("VPC-10", *place, data) == {"fail"}


def test_group_known_later() -> None:
    """A rule whose group is known only later still admits no address range."""
    inputs = {"ipProtocol": "tcp", "fromPort": 5432, "toPort": 5432, "referencedSecurityGroupId": UNKNOWN_MARK}
    type_ = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
    rule = made(type_, "in", inputs, securityGroupId=DATA)
    assert verdicts("VPC-07", CLUSTER, DATA, rule) == {"pass"}
