"""LoadBalancer, Service and TaskRoles, as whole stacks make them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from infra.errors import SettingsError
from surgeproof.graph.model import Graph, Resource
from surgeproof.graph.program import run_program
from surgeproof.graph.project import Project
from tests.infra.conftest import one

TASK = "ecs/taskDefinition:TaskDefinition"
NAMES = ("shop-production-storefront", "shop-production-orders")


def _container(graph: Graph, service: str) -> dict[str, Any]:
    (container,) = json.loads(one(graph, TASK, f"{service}-task").inputs["containerDefinitions"])
    return container


def _environment(container: dict[str, Any]) -> dict[str, str]:
    return {item["name"]: item["value"] for item in container["environment"]}


def _policy(graph: Graph, name: str) -> dict[str, dict[str, Any]]:
    policy = one(graph, "iam/rolePolicy:RolePolicy", name).inputs["policy"]
    return {item["Sid"]: item for item in json.loads(policy)["Statement"]}


def _service(graph: Graph, name: str) -> Resource:
    return one(graph, "ecs/service:Service", name)


@pytest.mark.parametrize("name", NAMES)
def test_deployments_roll_back_and_leave_the_number_of_tasks_alone(production: Graph, name: str):
    service = _service(production, name)
    assert service.options.ignore_changes == ("desiredCount",)
    assert service.inputs["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}
    assert service.inputs["deploymentMinimumHealthyPercent"] == 100
    assert service.inputs["availabilityZoneRebalancing"] == "ENABLED"
    assert not service.inputs["enableExecuteCommand"]
    assert not service.inputs["networkConfiguration"]["assignPublicIp"]
    assert len(service.inputs["networkConfiguration"]["subnets"]) == 3


@pytest.mark.parametrize("name", NAMES)
def test_containers_have_every_default_key_sorted(production: Graph, name: str):
    container = _container(production, name)
    assert list(container) == sorted(container)
    for key in ("environment", "secrets"):
        names = [item["name"] for item in container[key]]
        assert names == sorted(names)
    assert {"mountPoints", "portMappings", "systemControls", "volumesFrom", "essential", "cpu"} <= container.keys()


@pytest.mark.parametrize("name", NAMES)
def test_containers_are_locked_down(production: Graph, name: str):
    container = _container(production, name)
    assert container["readonlyRootFilesystem"]
    assert not container["privileged"]
    assert container["user"] == "10001:10001"
    assert container["linuxParameters"]["capabilities"] == {"add": [], "drop": ["ALL"]}
    assert container["stopTimeout"] == 60
    assert container["logConfiguration"]["logDriver"] == "awslogs"


def test_the_storefront_is_wired(production: Graph):
    container = _container(production, NAMES[0])
    exports = production.exports["surgeproof"]
    environment = _environment(container)
    assert environment["DATABASE_URL"] == f"postgresql://{exports['database']['endpoint']}:5432/shop?sslmode=require"
    cache = one(production, "elasticache/replicationGroup:ReplicationGroup")
    (user,) = [item.inputs["userName"] for item in production.of_type("aws:elasticache/user:User")]
    assert environment["CACHE_URL"] == f"rediss://{user}@{exports['cache']['endpoint']}:6379"
    assert environment["CACHE_NAME"] == cache.id
    assert environment["EVENT_BUS_NAME"] == exports["event_bus"]
    assert environment["AWS_REGION"] == "eu-west-1"
    assert environment["PAYMENT_LATENCY_MS"] == "150"
    assert environment["PAYMENT_DECLINE_RATE"] == "0.02"
    assert "ORDER_QUEUE_URL" not in environment
    assert container["command"][:2] == ["uvicorn", "services.storefront.app:app"]
    assert container["portMappings"][0]["containerPort"] == 8080
    assert container["secrets"] == [{"name": "DATABASE_SECRET", "valueFrom": exports["database"]["secret_arn"]}]


@pytest.mark.parametrize("name", NAMES)
def test_a_password_that_was_changed_can_be_read_anew(production: Graph, name: str):
    secret = production.exports["surgeproof"]["database"]["secret_arn"]
    assert _environment(_container(production, name))["DATABASE_SECRET_ARN"] == secret
    policy = one(production, "iam/rolePolicy:RolePolicy", f"{name}-roles-task-policy")
    statements = {item["Sid"]: item for item in json.loads(policy.inputs["policy"])["Statement"]}
    assert (statements["RenewLogin"]["Action"], statements["RenewLogin"]["Resource"]) == (["secretsmanager:GetSecretValue"], [secret])  # fmt: skip
    through = {"StringEquals": {"kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com"}}
    assert statements["OpenLogin"]["Condition"] == through


def test_the_worker_is_wired(production: Graph):
    container = _container(production, NAMES[1])
    environment = _environment(container)
    orders = production.exports["surgeproof"]["services"]["orders"]
    assert environment["ORDER_QUEUE_URL"] == orders["queue_url"]
    assert environment["PROCESSING_TIME"] == "1"
    assert container["command"] == ["python", "-m", "services.orders"]
    assert container["portMappings"] == []


@pytest.mark.parametrize("name", NAMES)
def test_each_service_has_its_own_roles(production: Graph, name: str):
    task = one(production, TASK, f"{name}-task")
    (own,) = production.sources(task, "taskRoleArn")
    (start,) = production.sources(task, "executionRoleArn")
    assert own.urn != start.urn
    for role in (own, start):
        assert role.name.startswith(name)
        (statement,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
        assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": "123456789012"}


@pytest.mark.parametrize("name", NAMES)
def test_roles_may_do_no_more_than_they_need(production: Graph, name: str):
    for policy in (
        _policy(production, f"{name}-roles-task-policy"),
        _policy(production, f"{name}-roles-execution-policy"),
    ):
        for sid, statement in policy.items():
            assert not any("*" in action for action in statement["Action"])
            assert statement["Resource"] != "*" or sid == "LogInToRegistry"
    reads = _policy(production, f"{name}-roles-execution-policy")["ReadSecrets"]
    assert reads["Resource"] == [production.exports["surgeproof"]["database"]["secret_arn"]]


def test_only_the_worker_touches_the_queue(production: Graph):
    assert "WorkOffQueue" in _policy(production, f"{NAMES[1]}-roles-task-policy")
    assert "WorkOffQueue" not in _policy(production, f"{NAMES[0]}-roles-task-policy")


def test_health_and_drain_as_set(production: Graph):
    group = one(production, "lb/targetGroup:TargetGroup").inputs
    assert group["deregistrationDelay"] == 30
    assert group["healthCheck"]["path"] == "/healthz"
    assert group["healthCheck"]["interval"] == 10
    assert group["healthCheck"]["healthyThreshold"] == 2
    assert _service(production, NAMES[0]).inputs["healthCheckGracePeriodSeconds"] == 60
    assert "healthCheckGracePeriodSeconds" not in _service(production, NAMES[1]).inputs


def test_own_variables_are_added_and_wired_ones_kept(project: Project):
    path = "services.storefront.environment"
    graph = run_program(project, "local", overrides={f"{path}.FEATURE": "on"})
    assert _environment(_container(graph, "shop-local-storefront"))["FEATURE"] == "on"
    with pytest.raises(SettingsError, match=r"environment\.DATABASE_URL: is set by the platform, got 'mine'"):
        run_program(project, "local", overrides={f"{path}.DATABASE_URL": "mine"})


def test_images_of_other_registries_need_no_permission(local: Graph):
    assert "PullImage" not in _policy(local, "shop-local-storefront-roles-execution-policy")
