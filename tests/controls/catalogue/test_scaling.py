"""Scaling: the triples."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surgeproof.controls.catalogue.launch_fit import aurora_connections
from surgeproof.controls.engine import run_controls
from surgeproof.controls.registry import find_control
from surgeproof.graph.model import Options, Resource
from surgeproof.graph.wire import UNKNOWN_MARK
from tests.controls.catalogue.parts import BYSTANDER, changed, made, subnet, verdicts
from tests.controls.triples import graph_of, triple

SUBNETS = [subnet("app-a", "a"), subnet("app-b", "b")]
SERVICE = made("aws:ecs/service:Service", "shop", {"desiredCount": 2}, networkConfiguration=SUBNETS).model_copy(
    update={"options": Options(ignore_changes=("desiredCount",))}
)
TARGET = made(
    "aws:appautoscaling/target:Target",
    "target",
    {"minCapacity": 2, "maxCapacity": 10, "serviceNamespace": "ecs"},
    resourceId=SERVICE,
)
TRACKING = {
    "predefinedMetricSpecification": {"predefinedMetricType": "ECSServiceAverageCPUUtilization"},
    "targetValue": 50,
    "scaleOutCooldown": 60,
    "scaleInCooldown": 300,
}
POLICY = made(
    "aws:appautoscaling/policy:Policy",
    "cpu",
    {"policyType": "TargetTrackingScaling", "targetTrackingScalingPolicyConfiguration": TRACKING},
    resourceId=TARGET,
)
GOOD = [*SUBNETS, SERVICE, TARGET, POLICY]


def test_scales() -> None:
    """SCL-01."""
    triple("SCL-01", none=[BYSTANDER], good=GOOD, bad=[*SUBNETS, SERVICE])
    triple("SCL-01", none=[], good=GOOD, bad=[*SUBNETS, SERVICE, TARGET])
    reset = SERVICE.model_copy(update={"options": Options()})
    triple("SCL-01", none=[], good=GOOD, bad=[*SUBNETS, reset, TARGET, POLICY])
    suspended = changed(TARGET, suspendedState={"dynamicScalingOutSuspended": True}).model_copy(
        update={"property_dependencies": TARGET.property_dependencies}
    )
    triple("SCL-01", none=[], good=GOOD, bad=[*SUBNETS, SERVICE, suspended, POLICY])


@pytest.mark.parametrize("inputs", [{"minCapacity": 1}, {"maxCapacity": 3}])
def test_range(inputs: dict[str, int]) -> None:
    """SCL-02."""
    table = made("aws:appautoscaling/target:Target", "t", {"serviceNamespace": "dynamodb"})
    triple("SCL-02", none=[table], good=GOOD, bad=[*SUBNETS, SERVICE, changed(TARGET, **inputs)])
    assert verdicts("SCL-02", changed(TARGET, minCapacity=UNKNOWN_MARK)) == {"unknown"}


def test_task_in_each_zone() -> None:
    """SCL-02: three zones need three tasks."""
    zones = [*SUBNETS, subnet("app-c", "c")]
    service = made("aws:ecs/service:Service", "shop", networkConfiguration=zones)
    assert verdicts("SCL-02", *zones, service, TARGET) == {"fail"}


@pytest.mark.parametrize(
    "tracking",
    [
        {"scaleOutCooldown": 61},
        {"scaleInCooldown": 299},
        {"targetValue": 71},
        {"targetValue": 39},
        {"disableScaleIn": True},
    ],
)
def test_tracking(tracking: dict[str, Any]) -> None:
    """SCL-03."""
    bad = changed(POLICY, targetTrackingScalingPolicyConfiguration={**TRACKING, **tracking})
    triple("SCL-03", none=[changed(POLICY, policyType="StepScaling")], good=[POLICY], bad=[bad])


def test_backlog() -> None:
    """SCL-04."""
    queue = made("aws:sqs/queue:Queue", "orders")
    metric = {"metrics": [{"metricStat": {"metric": {"namespace": "AWS/SQS"}}}]}
    backlog = POLICY.model_copy(
        update={
            "inputs": {
                **POLICY.inputs,
                "targetTrackingScalingPolicyConfiguration": {"customizedMetricSpecification": metric},
            }
        }
    )
    web = changed(SERVICE, loadBalancers=[{"targetGroupArn": "x"}])
    place = [queue, *SUBNETS, TARGET]
    triple("SCL-04", none=[*place, web, POLICY], good=[*place, SERVICE, backlog], bad=[*place, SERVICE, POLICY])

    made_of_queue = POLICY.model_copy(
        update={
            "inputs": {**POLICY.inputs, "targetTrackingScalingPolicyConfiguration": UNKNOWN_MARK},
            "property_dependencies": {
                **POLICY.property_dependencies,
                "targetTrackingScalingPolicyConfiguration": (queue.urn,),
            },
        }
    )
    assert verdicts("SCL-04", *place, SERVICE, made_of_queue) == {"pass"}
    unsure = changed(POLICY, targetTrackingScalingPolicyConfiguration=UNKNOWN_MARK)
    assert verdicts("SCL-04", *place, SERVICE, unsure) == {"unknown"}


def _action(name: str, lowest: int, **inputs: Any) -> Resource:
    given = {"scalableTargetAction": {"minCapacity": lowest}, "timezone": "Europe/Paris", **inputs}
    return made("aws:appautoscaling/scheduledAction:ScheduledAction", name, given, resourceId=TARGET)


def test_prewarm() -> None:
    """SCL-05."""
    warm, restore = _action("warm", 8), _action("restore", 2)
    triple("SCL-05", none=[TARGET], good=[TARGET, warm, restore], bad=[TARGET, warm])
    triple("SCL-05", none=[], good=[TARGET, warm, restore], bad=[TARGET, changed(warm, "timezone"), restore])


def test_fit() -> None:
    """SCL-06."""
    small = [changed(item, cidrBlock="10.0.0.0/28") for item in SUBNETS]
    many = made("aws:appautoscaling/target:Target", "t", {"minCapacity": 2, "maxCapacity": 12}, resourceId=SERVICE)
    triple("SCL-06", none=[BYSTANDER], good=GOOD, bad=[*small, SERVICE, many])
    unsure = [changed(item, cidrBlock=UNKNOWN_MARK) for item in SUBNETS]
    assert verdicts("SCL-06", *unsure, SERVICE, TARGET) == {"unknown"}


def test_two_tasks_in_three_zones_where_the_team_has_chosen_so() -> None:
    """SCL-02: AutoScaling.2 asks for more than one zone; a pre-warm above the maximum fails whatever is chosen."""
    zones = [*SUBNETS, subnet("app-c", "c")]
    service = made("aws:ecs/service:Service", "shop", networkConfiguration=zones)
    target = made(
        "aws:appautoscaling/target:Target",
        "target",
        {"minCapacity": 2, "maxCapacity": 10, "serviceNamespace": "ecs"},
        resourceId=service,
    )
    graph = graph_of(*zones, service, target)
    control = find_control("SCL-02")
    for chosen, verdict in ({"SCL-02": {"tasks_per_zone": 0.0}}, "pass"), ({}, "fail"):
        assert {item.verdict for item in run_controls(graph, [control], chosen)} == {verdict}
    warm = made(
        "aws:appautoscaling/scheduledAction:ScheduledAction",
        "warm",
        {"scalableTargetAction": {"minCapacity": 11}},
        resourceId=TARGET,
    )
    assert verdicts("SCL-02", *SUBNETS, SERVICE, TARGET, warm) == {"fail"}


def test_quota_and_connections() -> None:
    """SCL-06: vCPU of Fargate against the quota, pools against the database."""
    pools = [{"name": "web", "environment": [{"name": "DATABASE_POOL_SIZE", "value": "25"}]}]
    scaling = {"maxCapacity": 2, "minCapacity": 1}
    database = made(
        "aws:rds/cluster:Cluster",
        "db",
        {"engine": "aurora-postgresql", "serverlessv2ScalingConfiguration": scaling},
    )
    task = made("aws:ecs/taskDefinition:TaskDefinition", "task", {"cpu": "256"}, containerDefinitions=database)
    greedy = task.model_copy(update={"inputs": {"cpu": "256", "containerDefinitions": json.dumps(pools)}})
    service = made(
        "aws:ecs/service:Service", "shop", {"desiredCount": 2}, networkConfiguration=SUBNETS, taskDefinition=task
    )
    place = [*SUBNETS, database, service, TARGET]
    triple("SCL-06", none=[BYSTANDER], good=[*place, task], bad=[*place, changed(task, cpu="1024")])
    triple("SCL-06", none=[], good=[*place, task], bad=[*place, greedy])
    assert verdicts("SCL-06", *place[:2], changed(database, engine="aurora-mysql"), *place[3:], greedy) == {"pass"}
    proxy = made("aws:rds/proxy:Proxy", "proxy", {})
    shared = greedy.model_copy(update={"property_dependencies": {"containerDefinitions": (database.urn, proxy.urn)}})
    assert verdicts("SCL-06", *place, proxy, shared) == {"pass"}


@pytest.mark.parametrize(
    ("most", "verdict"),
    [("119", "fail"), ("120", "pass"), (UNKNOWN_MARK, "unknown"), ("LEAST({DBInstanceClassMemory},5000)", "pass")],
)
def test_connections_as_the_parameter_group_says(most: str, verdict: str) -> None:
    """SCL-06: six tasks of ten connections, twice in a deployment; a formula tells no number."""
    group_of = made(
        "aws:rds/clusterParameterGroup:ClusterParameterGroup",
        "g",
        {"parameters": [{"name": "max_connections", "value": most}]},
    )
    scaling = {"maxCapacity": 128, "minCapacity": 2}
    database = made(
        "aws:rds/cluster:Cluster",
        "db",
        {"engine": "aurora-postgresql", "serverlessv2ScalingConfiguration": scaling},
        dbClusterParameterGroupName=group_of,
    )
    task = made("aws:ecs/taskDefinition:TaskDefinition", "task", {"cpu": "256"}, containerDefinitions=database)
    service = made("aws:ecs/service:Service", "shop", {}, networkConfiguration=SUBNETS, taskDefinition=task)
    target = made("aws:appautoscaling/target:Target", "t", {"minCapacity": 2, "maxCapacity": 6}, resourceId=service)
    quota = {"SCL-06": {"fargate_vcpus": 100}}
    graph = graph_of(*SUBNETS, group_of, database, task, service, target)
    assert {item.verdict for item in run_controls(graph, [find_control("SCL-06")], quota)} == {verdict}


@pytest.mark.parametrize(
    ("least", "most", "connections"),
    [(1, 1, 189), (0.5, 1, 189), (1, 8, 1_669), (1, 16, 3_360), (0.5, 16, 2_000), (2, 32, 5_000), (2, 128, 5_000)],
)
def test_connections_of_aurora_are_those_that_aws_gives(least: float, most: float, connections: float) -> None:
    """Aurora User Guide, 'Maximum connections for Aurora Serverless v2'."""
    assert aurora_connections(least, most) == connections


@given(least=st.floats(0, 128), most=st.floats(0.5, 256))
def test_more_capacity_never_takes_fewer_connections(least: float, most: float) -> None:
    assert 0 < aurora_connections(least, most) <= aurora_connections(max(least, 1), most + 0.5) <= 5_000
