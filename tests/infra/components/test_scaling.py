"""ServiceScaling: words of intent become a target, policies and scheduled actions."""

from __future__ import annotations

from typing import Any

import pytest

from infra.scaling_settings import Scaling
from surgeproof.graph.model import Graph, Resource
from surgeproof.graph.program import run_program
from surgeproof.graph.project import Project
from surgeproof.scaling.expression import evaluate_expression
from tests.infra.conftest import one

POLICY = "appautoscaling/policy:Policy"
PATH = "services.storefront.scaling"


def _tracking(graph: Graph, name: str) -> dict[str, Any]:
    return one(graph, POLICY, name).inputs["targetTrackingScalingPolicyConfiguration"]


def _storefront(project: Project, **changes: Any) -> Graph:
    return run_program(project, "local", overrides={f"{PATH}.{key}": value for key, value in changes.items()})


def test_the_target_is_the_service_of_the_cluster(production: Graph):
    for service in ("storefront", "orders"):
        target = one(production, "appautoscaling/target:Target", f"shop-production-{service}-scaling-target")
        assert target.inputs["resourceId"] == f"service/shop-production-cluster/shop-production-{service}"
        sources = {item.type for item in production.sources(target, "resourceId")}
        assert sources == {"aws:ecs/cluster:Cluster", "aws:ecs/service:Service"}
        assert not any(target.inputs["suspendedState"].values())


def test_cpu_and_requests_are_tracked(production: Graph):
    cpu = _tracking(production, "shop-production-storefront-scaling-cpu")
    assert cpu["targetValue"] == 50
    assert cpu["predefinedMetricSpecification"] == {"predefinedMetricType": "ECSServiceAverageCPUUtilization"}
    assert (cpu["scaleOutCooldown"], cpu["scaleInCooldown"], cpu["disableScaleIn"]) == (300, 300, False)
    requests = _tracking(production, "shop-production-storefront-scaling-requests")
    balancer: Resource = one(production, "lb/loadBalancer:LoadBalancer")
    group: Resource = one(production, "lb/targetGroup:TargetGroup")
    assert requests["predefinedMetricSpecification"] == {
        "predefinedMetricType": "ALBRequestCountPerTarget",
        "resourceLabel": f"{balancer.outputs['arnSuffix']}/{group.outputs['arnSuffix']}",
    }


def test_the_backlog_of_each_task_is_tracked(production: Graph):
    policy = one(production, POLICY, "shop-production-orders-scaling-backlog")
    configuration = policy.inputs["targetTrackingScalingPolicyConfiguration"]
    assert configuration["targetValue"] == 60  # 60 s at one second a message
    waiting, running, backlog = configuration["customizedMetricSpecification"]["metrics"]
    assert waiting["metricStat"]["metric"]["metricName"] == "ApproximateNumberOfMessagesVisible"
    assert waiting["metricStat"]["metric"]["dimensions"][0]["value"].startswith("shop-production-orders-queue-")
    assert running["metricStat"]["metric"]["metricName"] == "RunningTaskCount"
    assert [item["returnData"] for item in (waiting, running, backlog)] == [False, False, True]
    assert "shop-production-orders-queue" in {
        item.name for item in production.sources(policy, "targetTrackingScalingPolicyConfiguration")
    }


@pytest.mark.parametrize(("waiting", "running", "expected"), [(120.0, 2.0, 60.0), (7.0, 0.0, 7.0), (None, 2.0, None)])
def test_the_backlog_s_math(production: Graph, waiting: float | None, running: float, expected: float | None):
    configuration = _tracking(production, "shop-production-orders-scaling-backlog")
    expression = configuration["customizedMetricSpecification"]["metrics"][2]["expression"]
    assert evaluate_expression(expression, {"m1": waiting, "m2": running}) == expected


def test_twenty_second_metrics_on_request(project: Project):
    graph = _storefront(project, high_resolution=True, memory=60)
    kinds = {
        key: _tracking(graph, f"shop-local-storefront-scaling-{key}")["predefinedMetricSpecification"][
            "predefinedMetricType"
        ]
        for key in ("cpu", "memory")
    }
    assert kinds == {
        "cpu": "ECSServiceAverageCPUUtilizationHighResolution",
        "memory": "ECSServiceAverageMemoryUtilizationHighResolution",
    }


def test_scaling_can_be_switched_off_and_stays(project: Project):
    graph = _storefront(project, suspended=True)
    target = one(graph, "appautoscaling/target:Target", "shop-local-storefront-scaling-target")
    assert all(target.inputs["suspendedState"].values())
    assert one(graph, POLICY, "shop-local-storefront-scaling-cpu")


def test_only_what_is_said_is_tracked(project: Project):
    graph = _storefront(project, requests_per_task=None)
    assert {item.name for item in graph.of_type(f"aws:{POLICY}")} == {
        "shop-local-storefront-scaling-cpu",
        "shop-local-orders-scaling-backlog",
    }


def test_intent_words_have_sound_defaults():
    scaling = Scaling.model_validate({"range": "2-4", "cpu": 50})
    assert (scaling.scale_out_cooldown, scaling.scale_in_cooldown) == (60, 300)
    assert not scaling.high_resolution
