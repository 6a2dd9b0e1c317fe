"""How tasks run, and how balancers spread requests over them: the triples."""

from __future__ import annotations

import json
from typing import Any

import pytest

from surgeproof.controls.catalogue.ecs_runtime import FARGATE_MEMORY
from surgeproof.graph.model import Resource
from surgeproof.graph.wire import UNKNOWN_MARK
from tests.controls.catalogue.parts import BYSTANDER, changed, made, verdicts
from tests.controls.triples import triple

GROUP = made(
    "aws:lb/targetGroup:TargetGroup",
    "shop",
    {
        "protocol": "HTTP",
        "targetType": "ip",
        "healthCheck": {"matcher": "200", "interval": 10, "timeout": 5, "healthyThreshold": 2},
        "loadBalancingAlgorithmType": "least_outstanding_requests",
    },
)
TCP = changed(GROUP, protocol="TCP")
SERVICE = made(
    "aws:ecs/service:Service",
    "shop",
    {
        "propagateTags": "SERVICE",
        "enableEcsManagedTags": True,
        "deploymentMaximumPercent": 200,
        "healthCheckGracePeriodSeconds": 60,
        "networkConfiguration": {"assignPublicIp": False},
    },
    loadBalancers=GROUP,
)


@pytest.mark.parametrize(
    ("control", "change"),
    [
        ("ECS-13", {"propagateTags": "NONE"}),
        ("ECS-13", {"enableEcsManagedTags": False}),
        ("ECS-14", {"deploymentMaximumPercent": 150}),
        ("ECS-15", {"healthCheckGracePeriodSeconds": 3600}),
        ("ECS-15", {"loadBalancers": []}),
    ],
)
def test_services(control: str, change: dict[str, Any]) -> None:
    triple(control, none=[BYSTANDER], good=[SERVICE], bad=[changed(SERVICE, **change)])


def test_services_that_are_not_concerned_or_not_known() -> None:
    daemon = changed(SERVICE, schedulingStrategy="DAEMON", deploymentMaximumPercent=100)
    assert verdicts("ECS-14", daemon) == {"not-applicable"}
    assert verdicts("ECS-14", changed(SERVICE, "deploymentMaximumPercent")) == {"pass"}
    assert verdicts("ECS-15", changed(SERVICE, "healthCheckGracePeriodSeconds")) == {"not-applicable"}
    assert verdicts("ECS-15", changed(SERVICE, healthCheckGracePeriodSeconds=UNKNOWN_MARK)) == {"unknown"}


CONTAINER = {
    "name": "shop",
    "stopTimeout": 60,
    "linuxParameters": {"initProcessEnabled": True},
    "logConfiguration": {"logDriver": "awslogs", "options": {"mode": "non-blocking", "max-buffer-size": "25m"}},
}
SIZE = {"cpu": "256", "memory": "512", "requiresCompatibilities": ["FARGATE"]}
ARM = {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}


def task(container: dict[str, Any] | None = None, **inputs: Any) -> Resource:
    written = json.dumps([{**CONTAINER, **(container or {})}])
    given = {**SIZE, "runtimePlatform": ARM, "containerDefinitions": written, **inputs}
    return made("aws:ecs/taskDefinition:TaskDefinition", "shop", given)


@pytest.mark.parametrize(
    ("control", "bad"),
    [
        ("ECS-16", task(runtimePlatform={})),
        ("ECS-16", task(runtimePlatform={"cpuArchitecture": "ARM64"})),
        ("ECS-17", task({"stopTimeout": 2})),
        ("ECS-17", task({"stopTimeout": 121})),
        ("ECS-18", task({"logConfiguration": {"logDriver": "awslogs", "options": {}}})),
        ("ECS-18", task({"logConfiguration": {"logDriver": "awslogs", "options": {"mode": "non-blocking"}}})),
        ("ECS-19", task({"linuxParameters": None})),
        ("ECS-21", task(memory="256")),
        ("ECS-21", task(cpu="300")),
    ],
)
def test_tasks(control: str, bad: Resource) -> None:
    triple(control, none=[BYSTANDER], good=[task()], bad=[bad])


@pytest.mark.parametrize("control", ["ECS-17", "ECS-18", "ECS-19"])
def test_containers_that_are_not_known(control: str) -> None:
    assert verdicts(control, task(containerDefinitions=UNKNOWN_MARK)) == {"unknown"}


def test_tasks_that_are_not_concerned_or_not_known() -> None:
    assert verdicts("ECS-18", task({"logConfiguration": {"logDriver": "awsfirelens"}})) == {"pass"}
    windows = {**ARM, "operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}
    assert verdicts("ECS-19", task({"linuxParameters": None}, runtimePlatform=windows)) == {"not-applicable"}
    assert verdicts("ECS-21", task(requiresCompatibilities=["EC2"])) == {"not-applicable"}
    assert verdicts("ECS-21", task(requiresCompatibilities=UNKNOWN_MARK)) == {"unknown"}
    assert verdicts("ECS-21", task(memory=UNKNOWN_MARK)) == {"unknown"}


@pytest.mark.parametrize("cpu", FARGATE_MEMORY)
def test_every_pair_of_fargate(cpu: int) -> None:
    sizes = FARGATE_MEMORY[cpu]
    for memory in (sizes[0], sizes[-1]):
        assert verdicts("ECS-21", task(cpu=str(cpu), memory=str(memory))) == {"pass"}
    for memory in (sizes[0] - 1, sizes[-1] + sizes.step):
        assert verdicts("ECS-21", task(cpu=str(cpu), memory=str(memory))) == {"fail"}


def test_sizes_in_words() -> None:
    assert verdicts("ECS-21", task(cpu=".25 vCPU", memory="0.5 GB")) == {"pass"}
    assert verdicts("ECS-21", task(cpu="1 vCPU", memory="1 GB")) == {"fail"}
    assert verdicts("ECS-21", task(cpu="nan", memory="inf")) == {"fail"}


def test_cluster_is_measured() -> None:
    """ECS-20."""
    insights = [{"name": "containerInsights", "value": "enhanced"}]
    cluster = made("aws:ecs/cluster:Cluster", "shop", {"settings": insights})
    triple("ECS-20", none=[BYSTANDER], good=[cluster], bad=[changed(cluster, "settings")])
    assert verdicts("ECS-20", changed(cluster, settings=UNKNOWN_MARK)) == {"unknown"}
    open_ = [{"name": "containerInsights", "value": UNKNOWN_MARK}]
    assert verdicts("ECS-20", changed(cluster, settings=open_)) == {"unknown"}


def check(**change: Any) -> Resource:
    return changed(GROUP, healthCheck={**GROUP.inputs["healthCheck"], **change})


@pytest.mark.parametrize(
    ("control", "bad"),
    [
        ("ALB-08", changed(GROUP, loadBalancingCrossZoneEnabled="false")),
        ("ALB-10", check(matcher="200-399")),
        ("ALB-10", check(matcher="200,301")),
        ("ALB-10", check(timeout=10)),
        ("ALB-11", check(healthyThreshold=7)),
        ("ALB-11", changed(GROUP, "healthCheck")),
        ("ALB-12", changed(GROUP, "loadBalancingAlgorithmType")),
    ],
)
def test_target_groups(control: str, bad: Resource) -> None:
    triple(control, none=[BYSTANDER], good=[GROUP], bad=[bad])


@pytest.mark.parametrize("control", ["ALB-08", "ALB-10", "ALB-12"])
def test_groups_that_speak_no_http(control: str) -> None:
    assert verdicts(control, TCP) == {"not-applicable"}


@pytest.mark.parametrize("control", ["ALB-10", "ALB-11"])
def test_checks_that_are_not_known(control: str) -> None:
    assert verdicts(control, changed(GROUP, healthCheck=UNKNOWN_MARK)) == {"unknown"}


def test_codes_of_success() -> None:
    for codes in ("200", "200-299", "200,204", "200-204,206"):
        assert verdicts("ALB-10", check(matcher=codes)) == {"pass"}


def test_targets_are_addresses() -> None:
    """ALB-13."""
    by_host = changed(SERVICE, "networkConfiguration").model_copy(
        update={"property_dependencies": SERVICE.property_dependencies}
    )
    triple("ALB-13", none=[GROUP, by_host], good=[GROUP, SERVICE], bad=[changed(GROUP, targetType="instance"), SERVICE])


def test_connections_are_used_well() -> None:
    """ALB-09."""
    balancer = made("aws:lb/loadBalancer:LoadBalancer", "door", {"enableHttp2": True, "idleTimeout": 60})
    network = changed(balancer, loadBalancerType="network", enableHttp2=False)
    triple("ALB-09", none=[network], good=[balancer], bad=[changed(balancer, enableHttp2=False)])
    triple("ALB-09", none=[BYSTANDER], good=[changed(balancer, "idleTimeout")], bad=[changed(balancer, idleTimeout=5)])
