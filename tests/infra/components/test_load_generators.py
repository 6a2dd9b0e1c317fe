"""LoadGenerators: at rest until a load test, with no more rights than its results need."""

from __future__ import annotations

import json

import pytest

from infra.errors import SettingsError
from surgeproof.graph.model import Graph, Resource
from surgeproof.graph.program import run_program
from surgeproof.graph.project import Project
from tests.infra.conftest import one

SERVICE = "ecs/service:Service"
TASK = "ecs/taskDefinition:TaskDefinition"
NAME = "shop-local-load"
EDGE = {
    "front": "cloudfront",
    "certificate_arn": "arn:aws:acm:eu-west-1:123456789012:certificate/mine",
    "edge_certificate_arn": "arn:aws:acm:us-east-1:123456789012:certificate/mine",
    "domain": "shop.example.com",
}


@pytest.fixture(scope="module")
def own(project: Project) -> Graph:
    """In a network of their own."""
    return run_program(project, "local", overrides={"load_generators": {"image": "load:1", "workers": 7}})


@pytest.fixture(scope="module")
def peered(project: Project) -> Graph:
    """Peered with the stack's network, on plain Fargate."""
    generators = {"image": "load:1", "peered": True, "spot": False, "cidr": "10.91.0.0/20"}
    return run_program(project, "local", overrides={"load_generators": generators, "edge": EDGE})


def _command(graph: Graph, role: str) -> list[str]:
    (container,) = json.loads(one(graph, TASK, f"{NAME}-{role}-task").inputs["containerDefinitions"])
    return container["command"]


def _environment(graph: Graph, role: str) -> dict[str, str]:
    (container,) = json.loads(one(graph, TASK, f"{NAME}-{role}-task").inputs["containerDefinitions"])
    return {item["name"]: item["value"] for item in container["environment"]}


def _provider(service: Resource) -> str:
    (strategy,) = service.inputs["capacityProviderStrategies"]
    return strategy["capacityProvider"]


def test_there_are_none_unless_asked(local: Graph, production: Graph):
    for graph in (local, production):
        assert not [item for item in graph.of_type(f"aws:{SERVICE}") if "-load-" in item.name]


def test_they_wait_for_what_the_cluster_runs_them_on(own: Graph):
    capacity = one(own, "ecs/clusterCapacityProviders:ClusterCapacityProviders", f"{NAME}-cluster-capacity")
    for role in ("master", "worker"):
        assert capacity.urn in one(own, SERVICE, f"{NAME}-{role}").dependencies


def test_at_rest_no_task_runs_and_deployments_leave_the_number_alone(own: Graph):
    for role in ("master", "worker"):
        service = one(own, SERVICE, f"{NAME}-{role}")
        assert service.inputs["desiredCount"] == 0
        assert service.options.ignore_changes == ("desiredCount",)
        assert not service.inputs["networkConfiguration"]["assignPublicIp"]


def test_workers_are_on_spot_and_their_master_is_not(own: Graph, peered: Graph):
    assert _provider(one(own, SERVICE, f"{NAME}-master")) == "FARGATE"
    assert _provider(one(own, SERVICE, f"{NAME}-worker")) == "FARGATE_SPOT"
    assert _provider(one(peered, SERVICE, f"{NAME}-worker")) == "FARGATE"


def test_workers_find_their_master_by_name(own: Graph):
    names = one(own, "servicediscovery/privateDnsNamespace:PrivateDnsNamespace")
    registry = one(own, "servicediscovery/service:Service")
    assert own.sources(registry, "dnsConfig") == (names,)
    assert own.sources(one(own, SERVICE, f"{NAME}-master"), "serviceRegistries") == (registry,)
    address = f"{registry.inputs['name']}.{names.inputs['name']}"
    assert _command(own, "worker")[-2:] == ["--master-host", address]
    assert _command(own, "master")[-3:] == ["--master", "--expect-workers", "7"]


def test_only_workers_reach_the_master(own: Graph):
    into = [
        rule
        for rule in own.of_type("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
        if rule.name.startswith(NAME)
    ]
    (rule,) = into
    assert (rule.inputs["fromPort"], rule.inputs["toPort"]) == (5557, 5557)
    assert own.sources(rule, "referencedSecurityGroupId")[0].name == f"{NAME}-worker-group"


def test_the_master_may_keep_results_and_workers_nothing(own: Graph):
    master = one(own, "iam/rolePolicy:RolePolicy", f"{NAME}-master-roles-task-policy")
    statements = json.loads(master.inputs["policy"])["Statement"]
    assert {action for item in statements for action in item["Action"]} == {"s3:PutObject", "kms:GenerateDataKey"}
    assert not [
        item for item in own.of_type("aws:iam/rolePolicy:RolePolicy") if item.name == f"{NAME}-worker-roles-task-policy"
    ]
    bucket = one(own, "s3/bucket:Bucket", f"{NAME}-results")
    assert _environment(own, "master")["RESULTS_BUCKET"] == bucket.outputs["bucket"]


def test_they_load_the_stack_s_own_front(own: Graph, peered: Graph):
    assert _environment(own, "master")["LOCUST_HOST"] == own.exports["surgeproof"]["edge"]["url"]
    assert _environment(peered, "worker")["LOCUST_HOST"] == "https://shop.example.com"


def test_their_networks_are_apart_unless_peered(own: Graph, peered: Graph):
    assert len(own.of_type("aws:ec2/vpc:Vpc")) == 2
    assert not own.of_type("aws:ec2/vpcPeeringConnection:VpcPeeringConnection")
    connection = one(peered, "ec2/vpcPeeringConnection:VpcPeeringConnection")
    routes = [item for item in peered.of_type("aws:ec2/route:Route") if item.inputs.get("vpcPeeringConnectionId")]
    assert {item.inputs["destinationCidrBlock"] for item in routes} == {"10.10.0.0/16", "10.91.0.0/20"}
    assert all(peered.sources(item, "vpcPeeringConnectionId") == (connection,) for item in routes)
    zone = one(peered, "route53/zone:Zone")
    assert zone.inputs["name"] == "shop.example.com"
    assert peered.sources(zone, "vpcs") == peered.sources(connection, "vpcId")


def test_peered_networks_have_no_address_in_common(project: Project):
    generators = {"image": "load:1", "peered": True, "cidr": "10.10.0.0/20"}
    with pytest.raises(SettingsError, match=r"load_generators\.cidr: has addresses in common"):
        run_program(project, "local", overrides={"load_generators": generators, "edge": EDGE})


def test_a_load_balancer_on_the_internet_is_not_reached_by_peering(project: Project):
    with pytest.raises(SettingsError, match=r"load_generators\.peered: leads around CloudFront"):
        run_program(project, "local", overrides={"load_generators": {"image": "load:1", "peered": True}})
