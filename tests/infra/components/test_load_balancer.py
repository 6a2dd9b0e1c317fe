"""LoadBalancer: who reaches it, over what, and what it writes down."""

from __future__ import annotations

import pytest

from surgeproof.graph.model import Graph, Resource
from surgeproof.graph.program import run_program
from surgeproof.graph.project import Project
from tests.infra.conftest import one

RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
LISTENER = "aws:lb/listener:Listener"


@pytest.fixture(scope="module")
def open_door(project: Project) -> Graph:
    """A stack without CloudFront, and with a certificate."""
    certificate = "arn:aws:acm:eu-west-1:123456789012:certificate/mine"
    return run_program(project, "local", overrides={"edge": {"certificate_arn": certificate}})


def _into(graph: Graph, balancer: Resource) -> list[Resource]:
    (group,) = graph.sources(balancer, "securityGroups")
    return [rule for rule in graph.of_type(RULE) if group in graph.sources(rule, "securityGroupId")]


def test_only_cloudfront_reaches_it(production: Graph):
    balancer = one(production, "lb/loadBalancer:LoadBalancer")
    assert balancer.inputs["internal"]
    assert {subnet.inputs["tags"]["tier"] for subnet in production.sources(balancer, "subnets")} == {"app"}
    (rule,) = _into(production, balancer)
    assert (rule.inputs["fromPort"], rule.inputs["toPort"]) == (443, 443)
    assert rule.inputs["prefixListId"].startswith("pl-")
    assert "cidrIpv4" not in rule.inputs
    (listener,) = production.of_type(LISTENER)
    assert (listener.inputs["protocol"], listener.inputs["port"]) == ("HTTPS", 443)


def test_nothing_is_open_to_the_world_behind_cloudfront(production: Graph):
    assert not [rule for rule in production.of_type(RULE) if rule.inputs.get("cidrIpv4") == "0.0.0.0/0"]


def test_without_cloudfront_the_world_reaches_it_alone(open_door: Graph):
    balancer = one(open_door, "lb/loadBalancer:LoadBalancer")
    assert not balancer.inputs["internal"]
    assert {subnet.inputs["tags"]["tier"] for subnet in open_door.sources(balancer, "subnets")} == {"public"}
    world = [rule for rule in open_door.of_type(RULE) if rule.inputs.get("cidrIpv4") == "0.0.0.0/0"]
    assert {rule.inputs["fromPort"] for rule in world} == {80, 443}
    assert set(map(id, world)) == set(map(id, _into(open_door, balancer)))


def test_https_only_where_there_is_a_certificate(open_door: Graph, local: Graph):
    https, redirect = sorted(open_door.of_type(LISTENER), key=lambda item: -item.inputs["port"])
    assert https.inputs["protocol"] == "HTTPS"
    assert https.inputs["sslPolicy"].startswith("ELBSecurityPolicy-TLS13-1-2")
    assert redirect.inputs["defaultActions"][0]["redirect"]["protocol"] == "HTTPS"
    assert one(local, "lb/listener:Listener").inputs["protocol"] == "HTTP"
    assert local.exports["surgeproof"]["load_balancer"]["scheme"] == "http"


def test_access_logs_are_delivered(production: Graph):
    balancer = one(production, "lb/loadBalancer:LoadBalancer")
    assert balancer.inputs["accessLogs"]["enabled"]
    assert balancer.inputs["connectionLogs"]["enabled"]
    assert balancer.inputs["dropInvalidHeaderFields"]
    assert balancer.inputs["enableDeletionProtection"]
    assert not balancer.inputs["enableWafFailOpen"]
    (bucket,) = production.sources(balancer, "accessLogs")
    assert bucket.name == "shop-production-access-logs"


def test_it_reserves_nothing_unless_asked(production: Graph, project: Project):
    assert "minimumLoadBalancerCapacity" not in one(production, "lb/loadBalancer:LoadBalancer").inputs
    asked = run_program(project, "local", overrides={"edge.capacity.units": 250})
    assert one(asked, "lb/loadBalancer:LoadBalancer").inputs["minimumLoadBalancerCapacity"] == {"capacityUnits": 250}
    plan = {"launch_plan": "loadtests/plans/spring.yaml", "plan_overrides": {"prewarm.enabled": False}}
    planned = run_program(project, "local", overrides={"edge.capacity.units": "plan", **plan})
    # 45 arrivals a second are far below the smallest reservation.
    assert one(planned, "lb/loadBalancer:LoadBalancer").inputs["minimumLoadBalancerCapacity"] == {"capacityUnits": 100}
