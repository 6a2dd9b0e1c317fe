"""Task: sidecars, collector, secrets, card data; and a job that a schedule starts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from infra import telemetry
from infra.errors import SettingsError
from infra.sidecar_settings import Telemetry
from surgeproof.graph.model import Graph, Resource
from surgeproof.graph.program import run_program
from surgeproof.graph.project import Project
from tests.infra.components.rich_stack import KEY, TOKEN
from tests.infra.conftest import one, stack_settings

TASK = "ecs/taskDefinition:TaskDefinition"
SHOP = "shop-local-storefront"


def _definition(graph: Graph, name: str) -> Resource:
    return one(graph, TASK, f"{name}-task")


def _containers(graph: Graph, name: str) -> dict[str, dict[str, Any]]:
    listed = json.loads(_definition(graph, name).inputs["containerDefinitions"])
    assert listed[0]["name"] == name.removeprefix("shop-local-")  # the program's own is the first
    return {container["name"]: container for container in listed}


def _policy(graph: Graph, name: str) -> dict[str, dict[str, Any]]:
    policy = json.loads(one(graph, "iam/rolePolicy:RolePolicy", name).inputs["policy"])
    return {item["Sid"]: item for item in policy["Statement"]}


def test_sidecars_are_as_locked_down_as_the_program(rich: Graph):
    containers = _containers(rich, SHOP)
    assert set(containers) == {"storefront", "proxy", "telemetry"}
    for container in containers.values():
        assert list(container) == sorted(container)
        assert container["readonlyRootFilesystem"]
        assert not container["privileged"]
        assert not container["user"].startswith("0")
        assert container["linuxParameters"]["capabilities"] == {"add": [], "drop": ["ALL"]}
        assert container["logConfiguration"]["logDriver"] == "awslogs"
        assert container["stopTimeout"] == 60
    assert [containers[name]["essential"] for name in ("storefront", "proxy", "telemetry")] == [True, False, False]


def test_the_program_keeps_what_its_sidecars_leave(rich: Graph):
    containers = _containers(rich, SHOP)
    assert sum(container["cpu"] for container in containers.values()) == 1024
    assert containers["storefront"]["cpu"] == 1024 - 2 * 64
    assert "memory" not in containers["storefront"]
    alone = _containers(rich, "shop-local-orders")["orders"]
    assert alone["cpu"] == 0  # the whole task


def test_the_collector_hears_the_program_s_last_words(rich: Graph):
    own = _containers(rich, SHOP)["storefront"]
    assert own["dependsOn"] == [{"condition": "START", "containerName": "telemetry"}]
    told = {item["name"]: item["value"] for item in own["environment"]}
    assert told["OTEL_EXPORTER_OTLP_ENDPOINT"] == f"http://127.0.0.1:{telemetry.PORT}"
    assert told["OTEL_SERVICE_NAME"] == "storefront"


def test_the_collector_is_configured(rich: Graph):
    collector = _containers(rich, SHOP)["telemetry"]
    (variable,) = collector["environment"]
    assert collector["command"] == [f"--config=env:{variable['name']}"]
    config = json.loads(variable["value"])
    assert config["receivers"]["otlp"]["protocols"]["http"]["endpoint"] == "127.0.0.1:4318"
    assert config["processors"]["probabilistic_sampler"] == {"sampling_percentage": 10}
    for pipeline in config["service"]["pipelines"].values():
        assert pipeline["processors"][0] == "memory_limiter"
        assert pipeline["processors"][-1] == "batch"
        assert set(pipeline["processors"]) <= config["processors"].keys()
        assert set(pipeline["exporters"]) <= config["exporters"].keys()
    policy = _policy(rich, f"{SHOP}-roles-task-policy")
    assert policy["SendTraces"]["Action"] == ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
    assert policy["SendMetrics"]["Resource"][0].endswith(f"log-group:/aws/ecs/{SHOP}:*")


def test_only_the_signals_that_are_asked_for():
    asked = Telemetry(image="c:1", signals=("metrics",), sampled=0)
    config = json.loads(
        telemetry.collector_config(asked, service="s", namespace="n", log_group="/l", region="eu-west-1")
    )
    assert set(config["service"]["pipelines"]) == {"metrics"}
    assert set(config["exporters"]) == {"awsemf"}


def test_the_program_s_role_gets_no_more_than_the_signals_need(project: Project):
    asked = {"image": "c:1", "signals": ["metrics"], "memory": 64}
    graph = run_program(
        project,
        "local",
        overrides={"services.orders.telemetry": asked, "services.orders.cpu": 512, "services.orders.memory": 1024},
    )
    policy = _policy(graph, "shop-local-orders-roles-task-policy")
    assert "SendMetrics" in policy
    assert "SendTraces" not in policy


def test_own_secrets_are_read_under_their_own_key(rich: Graph):
    secrets = {item["name"]: item["valueFrom"] for item in _containers(rich, SHOP)["storefront"]["secrets"]}
    assert secrets["TOKEN"] == f"{TOKEN}:key::"
    policy = _policy(rich, f"{SHOP}-roles-execution-policy")
    assert TOKEN in policy["ReadSecrets"]["Resource"]  # without the key of its JSON
    assert policy["ReadParameters"]["Resource"] == ["arn:aws:ssm:eu-west-1:123456789012:parameter/flag"]
    assert KEY in policy["OpenSecrets"]["Resource"]
    assert policy["PullImage"]["Resource"] == ["arn:aws:ecr:eu-west-1:123456789012:repository/proxy"]


def test_a_game_day_is_asked_for(rich: Graph, production: Graph):
    assert _definition(rich, SHOP).inputs["enableFaultInjection"]
    assert "enableFaultInjection" not in one(production, TASK, "shop-production-storefront-task").inputs


def test_what_handles_cards_lies_alone(rich: Graph):
    service = one(rich, "ecs/service:Service", "shop-local-api")
    cards = {item.id for item in rich.of_type("aws:ec2/subnet:Subnet") if item.inputs["tags"]["tier"] == "card-data"}
    assert set(service.inputs["networkConfiguration"]["subnets"]) == cards
    assert (
        service.inputs["tags"]["pci-scope"] == _definition(rich, "shop-local-api").inputs["tags"]["pci-scope"] == "cde"
    )
    assert one(rich, "ecs/service:Service", SHOP).inputs["tags"]["pci-scope"] == "out"
    (cluster,) = rich.sources(service, "cluster")
    assert (cluster.name, cluster.inputs["tags"]["pci-scope"]) == ("shop-local-card-cluster", "cde")
    # Who comes in from the other side is said to.
    assert one(rich, "lb/loadBalancer:LoadBalancer").inputs["tags"]["pci-scope"] == "connected"


def test_without_cards_nothing_is_connected(production: Graph):
    clusters = [item.name for item in production.of_type("aws:ecs/cluster:Cluster")]
    assert "shop-production-card-cluster" not in clusters
    assert one(production, "lb/loadBalancer:LoadBalancer").inputs["tags"]["pci-scope"] == "out"


def test_a_job_is_started_by_its_schedule(rich: Graph):
    schedule = one(rich, "scheduler/schedule:Schedule", "shop-local-nightly-schedule")
    assert schedule.inputs["scheduleExpression"] == "cron(0 3 * * ? *)"
    assert schedule.inputs["scheduleExpressionTimezone"] == "Europe/Paris"
    assert schedule.inputs["flexibleTimeWindow"] == {"mode": "FLEXIBLE", "maximumWindowInMinutes": 15}
    assert schedule.inputs["kmsKeyArn"].startswith("arn:aws:kms:")
    target = schedule.inputs["target"]
    assert target["retryPolicy"] == {"maximumEventAgeInSeconds": 3600, "maximumRetryAttempts": 3}
    dead = one(rich, "sqs/queue:Queue", "shop-local-nightly-dead")
    assert target["deadLetterConfig"] == {"arn": dead.outputs["arn"]}
    task = target["ecsParameters"]
    assert task["taskDefinitionArn"] == _definition(rich, "shop-local-nightly").outputs["arn"]
    assert task["capacityProviderStrategies"][0]["capacityProvider"] == "FARGATE_SPOT"
    assert not task["networkConfiguration"]["assignPublicIp"]
    assert rich.exports["surgeproof"]["jobs"]["nightly"]["zone"] == "Europe/Paris"


def test_the_schedule_s_role_starts_this_task_alone(rich: Graph):
    policy = _policy(rich, "shop-local-nightly-schedule-policy")
    definition = _definition(rich, "shop-local-nightly")
    assert policy["RunTask"]["Resource"] == [definition.outputs["arn"]]
    assert "ecs:cluster" in policy["RunTask"]["Condition"]["ArnEquals"]
    assert set(policy["PassRoles"]["Resource"]) == {
        definition.inputs[key] for key in ("taskRoleArn", "executionRoleArn")
    }
    role = one(rich, "iam/role:Role", "shop-local-nightly-schedule")
    (statement,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
    group = one(rich, "scheduler/scheduleGroup:ScheduleGroup", "shop-local-nightly-schedules")
    assert statement["Condition"]["ArnLike"] == {"aws:SourceArn": group.outputs["arn"]}


def test_a_job_reaches_the_database_and_no_load_balancer_reaches_it(rich: Graph):
    rules = rich.of_type("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    assert [item.name for item in rules if item.name.endswith("database-from-nightly")]
    assert not [item.name for item in rules if item.name == "shop-local-nightly-in"]


def test_a_sidecar_may_not_take_the_program_s_name(project: Project):
    sidecars = {"services.storefront.sidecars": {"storefront": {"image": "x:1"}}}
    with pytest.raises(SettingsError, match=r"sidecars\.storefront: is the name of the program's own container"):
        run_program(project, "local", overrides=sidecars)
    wired = {"services.storefront.secrets": {"CACHE_URL": TOKEN}}
    with pytest.raises(SettingsError, match=r"secrets\.CACHE_URL: is set by the platform"):
        run_program(project, "local", overrides=wired)


JOB: dict[str, Any] = {"image": "job:1", "schedule": "rate(1 hour)"}


@pytest.mark.parametrize(
    ("kind", "changes", "told"),
    [
        (
            "web",
            {"sidecars": {"a": {"image": "x:1", "cpu": 300}}},
            "services.web.cpu: leaves the program less than half",
        ),
        ("web", {"sidecars": {"a": {"image": "x:1", "memory": 900}}}, "services.web.memory: leaves the program less"),
        ("web", {"sidecars": {"A": {"image": "x:1"}}}, "services.web.sidecars.A"),
        ("web", {"sidecars": {"a": {"image": "x:1", "user": "0"}}}, "sidecars.a.user: is not accepted, got '0'"),
        (
            "web",
            {"telemetry": {"image": "x:1"}, "sidecars": {"telemetry": {"image": "x:1"}}},
            "sidecars.telemetry: is the name of the collector",
        ),
        ("web", {"telemetry": {"image": "x:1", "sampled": 0}}, "telemetry.sampled: keeps no trace, got 0"),
        ("web", {"secrets": {"A": "token"}}, "services.web.secrets.A: is not accepted, got 'token'"),
        ("web", {"secrets": {"A": TOKEN}, "environment": {"A": "x"}}, "secrets.A: is given as a variable, too"),
        ("jobs", {"nightly": {**JOB, "schedule": "daily"}}, "jobs.nightly.schedule: is not a schedule of EventBridge"),
        ("jobs", {"nightly": {**JOB, "zone": "Paris"}}, "jobs.nightly.zone: is not a time zone, got 'Paris'"),
        ("jobs", {"nightly": {**JOB, "spread": 90}}, "jobs.nightly.spread: EventBridge Scheduler takes whole minutes"),
        ("jobs", {"nightly": {**JOB, "stop_timeout": 121}}, "jobs.nightly.stop_timeout: is more than Fargate gives"),
        ("jobs", {"web": JOB}, "jobs.web: is a service's name, too"),
        ("jobs", {"Nightly Run": JOB}, "is not a name for a service"),
    ],
)
def test_refuses(kind: str, changes: dict[str, Any], told: str):
    with pytest.raises(SettingsError) as caught:
        stack_settings({"jobs": changes} if kind == "jobs" else None, **({} if kind == "jobs" else {kind: changes}))
    assert told in str(caught.value)


def test_images_beside_the_program_are_pinned_where_it_ships():
    ships = {"tier": "staging", "edge": {"certificate_arn": "arn:aws:acm:eu-west-1:123456789012:certificate/x"}}
    with pytest.raises(SettingsError, match=r"services\.web\.sidecars\.a\.image: moves under your feet"):
        stack_settings(ships, web={"sidecars": {"a": {"image": "x:latest"}}})
