"""Network and Endpoints: only the edge is reachable."""

from __future__ import annotations

import json
from dataclasses import replace
from ipaddress import IPv4Network
from typing import Any

import pytest

from infra.account import Account
from infra.components.endpoints import Endpoints, EndpointsArgs
from infra.components.network import ANYWHERE, Network, NetworkArgs
from infra.errors import SettingsError
from surgeproof.graph.model import Graph, Resource
from tests.infra.conftest import build, one

CIDR = IPv4Network("10.9.0.0/16")


def _network(account: Account, **changes: Any) -> Network:
    return Network("net", NetworkArgs(account=account, cidr=CIDR, log_key="arn:aws:kms:key", **changes))


@pytest.fixture(scope="module")
def graph() -> Graph:
    return build(lambda account: Endpoints("ends", EndpointsArgs(account=account, network=_network(account))))


def _routes(graph: Graph, subnet: Resource) -> list[Resource]:
    """Routes of the table that a subnet is associated with."""
    (link,) = [
        item
        for item in graph.of_type("aws:ec2/routeTableAssociation:RouteTableAssociation")
        if subnet in graph.sources(item, "subnetId")
    ]
    tables = graph.sources(link, "routeTableId")
    return [item for item in graph.of_type("aws:ec2/route:Route") if graph.sources(item, "routeTableId") == tables]


def _tier(graph: Graph, tier: str) -> list[Resource]:
    return [item for item in graph.of_type("aws:ec2/subnet:Subnet") if item.inputs["tags"]["tier"] == tier]


def test_four_tiers_in_three_zones(graph: Graph):
    for tier in ("public", "app", "card-data", "data"):
        assert len({item.inputs["availabilityZone"] for item in _tier(graph, tier)}) == 3


def test_only_public_subnets_have_a_way_in(graph: Graph):
    for subnet in _tier(graph, "public"):
        (route,) = _routes(graph, subnet)
        assert route.inputs["gatewayId"].startswith("igw-")
    for subnet in [*_tier(graph, "app"), *_tier(graph, "card-data")]:
        (route,) = _routes(graph, subnet)
        assert "gatewayId" not in route.inputs
        assert route.inputs["natGatewayId"].startswith("nat-")
    assert all(_routes(graph, subnet) == [] for subnet in _tier(graph, "data"))
    assert not any(item.inputs["mapPublicIpOnLaunch"] for item in graph.of_type("aws:ec2/subnet:Subnet"))


def test_nat_in_each_zone_takes_that_zone_s_traffic(graph: Graph):
    for subnet in _tier(graph, "app"):
        (route,) = _routes(graph, subnet)
        (nat,) = graph.sources(route, "natGatewayId")
        (public,) = graph.sources(nat, "subnetId")
        assert public.inputs["availabilityZone"] == subnet.inputs["availabilityZone"]


def test_one_nat_for_all_zones():
    graph = build(lambda account: _network(account, nat="one", zones=2))
    assert len(graph.of_type("aws:ec2/natGateway:NatGateway")) == 1
    assert len(graph.of_type("aws:ec2/subnet:Subnet")) == 8
    for tier in ("app", "card-data"):
        assert all(_routes(graph, subnet)[0].inputs["natGatewayId"] for subnet in _tier(graph, tier))


def test_a_region_with_too_few_zones():
    def two_zones(account: Account) -> Network:
        return _network(replace(account, zones=account.zones.apply(lambda names: names[:2])))

    with pytest.raises(
        SettingsError, match=r"network\.zones: eu-west-1 has 2 availability zones .* got 3, allowed: up to 2"
    ):
        build(two_zones)


def test_the_default_group_is_adopted_and_empty(graph: Graph):
    group = one(graph, "ec2/defaultSecurityGroup:DefaultSecurityGroup")
    assert not {"ingress", "egress"} & group.inputs.keys()


def test_flow_logs_write_everything_encrypted_and_protected(graph: Graph):
    log = one(graph, "ec2/flowLog:FlowLog")
    assert log.inputs["trafficType"] == "ALL"
    assert log.options.protect
    (group,) = graph.sources(log, "logDestination")
    assert group.inputs["kmsKeyId"] == "arn:aws:kms:key"
    assert group.inputs["retentionInDays"] == 365


def test_endpoints_are_for_this_account_alone(graph: Graph):
    endpoints = graph.of_type("aws:ec2/vpcEndpoint:VpcEndpoint")
    assert len(endpoints) == 10
    for endpoint in endpoints:
        for statement in json.loads(endpoint.inputs["policy"])["Statement"]:
            narrow = "Condition" in statement or statement["Resource"] != "*"
            assert narrow, endpoint.name


def test_endpoints_are_reached_from_the_vpc_alone(graph: Graph):
    rule = one(graph, "vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    assert rule.inputs["cidrIpv4"] == str(CIDR)
    assert rule.inputs["cidrIpv4"] != ANYWHERE
    assert (rule.inputs["fromPort"], rule.inputs["toPort"]) == (443, 443)


def test_without_interface_endpoints_the_free_gateways_stay():
    graph = build(
        lambda account: Endpoints("ends", EndpointsArgs(account=account, network=_network(account), services=()))
    )
    endpoints = graph.of_type("aws:ec2/vpcEndpoint:VpcEndpoint")
    assert {item.inputs["serviceName"].rpartition(".")[2] for item in endpoints} == {"s3", "dynamodb"}
    assert {item.inputs["vpcEndpointType"] for item in endpoints} == {"Gateway"}


def test_an_endpoint_takes_its_own_service_s_calls_alone(graph: Graph):
    for service in ("kms", "sqs", "secretsmanager"):
        policy = json.loads(one(graph, "ec2/vpcEndpoint:VpcEndpoint", f"ends-{service}").inputs["policy"])
        (statement,) = policy["Statement"]
        assert statement["Action"] == [f"{service}:*"]
        assert set(statement["Condition"]["StringEquals"]) == {"aws:PrincipalAccount", "aws:ResourceAccount"}
    (images,) = json.loads(one(graph, "ec2/vpcEndpoint:VpcEndpoint", "ends-ecr-api").inputs["policy"])["Statement"]
    assert images["Action"] == ["ecr:*"]
