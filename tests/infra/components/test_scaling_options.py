"""ServiceScaling with more than one target: waking, response time, forecasts, own cooldowns, two revisions."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.errors import SettingsError
from infra.scaling_metrics import ASLEEP
from infra.scaling_settings import Scaling
from surgeproof.graph.model import Graph
from surgeproof.graph.program import run_program
from surgeproof.graph.project import Project
from surgeproof.scaling.expression import evaluate_expression
from tests.infra.conftest import WEB, WORKER, one, stack_settings

POLICY = "appautoscaling/policy:Policy"
SHOP = "shop-local-storefront-scaling"
WORK = "shop-local-orders-scaling"


def _tracking(graph: Graph, name: str) -> dict[str, Any]:
    return one(graph, POLICY, name).inputs["targetTrackingScalingPolicyConfiguration"]


def _math(configuration: dict[str, Any]) -> tuple[str, dict[str, dict[str, Any]]]:
    """The expression, and the metrics by id."""
    metrics = configuration["customizedMetricSpecification"]["metrics"]
    (counted,) = [item for item in metrics if item["returnData"]]
    return counted["expression"], {item["id"]: item["metricStat"] for item in metrics if "metricStat" in item}


def test_a_worker_without_tasks_is_woken_by_a_message(rich: Graph):
    assert one(rich, "appautoscaling/target:Target", f"{WORK}-target").inputs["minCapacity"] == 0
    policy = one(rich, POLICY, f"{WORK}-wake")
    assert policy.inputs["policyType"] == "StepScaling"
    steps = policy.inputs["stepScalingPolicyConfiguration"]
    assert steps["adjustmentType"] == "ChangeInCapacity"
    assert steps["stepAdjustments"] == [{"metricIntervalLowerBound": "0", "scalingAdjustment": 1}]
    alarm = one(rich, "cloudwatch/metricAlarm:MetricAlarm", f"{WORK}-wake-alarm")
    assert rich.sources(alarm, "alarmActions") == (policy,)
    assert (alarm.inputs["threshold"], alarm.inputs["evaluationPeriods"]) == (1, 1)
    assert one(rich, POLICY, f"{WORK}-backlog")  # and from then on by its backlog


def test_a_worker_with_tasks_needs_no_waking(production: Graph):
    assert not [item for item in production.of_type(f"aws:{POLICY}") if item.name.endswith("-wake")]


@given(st.integers(0, 10_000), st.one_of(st.none(), st.integers(0, 50)))
def test_only_a_message_before_no_task_wakes(waiting: int, running: int | None):
    value = evaluate_expression(ASLEEP, {"m1": float(waiting), "m2": None if running is None else float(running)})
    assert (value is not None and value >= 1) == (waiting >= 1 and not running)


def test_requests_of_two_revisions_are_summed(rich: Graph):
    expression, metrics = _math(_tracking(rich, f"{SHOP}-requests"))
    assert {item["stat"] for item in metrics.values()} == {"Sum"}
    dimensions = [{pair["name"]: pair["value"] for pair in item["metric"]["dimensions"]} for item in metrics.values()]
    assert len({place["TargetGroup"] for place in dimensions}) == 2
    assert len({place["LoadBalancer"] for place in dimensions}) == 1
    # One revision has no targets, and so no datapoint, for most of its life.
    assert evaluate_expression(expression, {"m1": 700.0, "m2": None}) == 700
    assert evaluate_expression(expression, {"m1": 400.0, "m2": 300.0}) == 700


def test_one_revision_is_counted_by_aws_s_own_metric(rich: Graph):
    requests = _tracking(rich, "shop-local-api-scaling-requests")
    assert requests["predefinedMetricSpecification"]["predefinedMetricType"] == "ALBRequestCountPerTarget"


def test_the_slower_revision_s_response_time_is_tracked(rich: Graph):
    configuration = _tracking(rich, f"{SHOP}-response-time")
    expression, metrics = _math(configuration)
    assert configuration["targetValue"] == 1
    assert {item["metric"]["metricName"] for item in metrics.values()} == {"TargetResponseTime"}
    assert evaluate_expression(expression, {"m1": 0.2, "m2": 0.7}) == 0.7
    assert evaluate_expression(expression, {"m1": 0.2, "m2": None}) == 0.2


def test_each_target_has_its_own_cooldowns(rich: Graph):
    cooldowns = {
        key: (item["scaleOutCooldown"], item["scaleInCooldown"])
        for key in ("cpu", "requests", "response-time")
        for item in [_tracking(rich, f"{SHOP}-{key}")]
    }
    assert cooldowns == {"cpu": (30, 300), "requests": (60, 300), "response-time": (60, 600)}


def test_a_forecast_raises_the_floor_ahead(rich: Graph):
    policy = one(rich, POLICY, f"{SHOP}-forecast")
    assert policy.inputs["policyType"] == "PredictiveScaling"
    forecast = policy.inputs["predictiveScalingPolicyConfiguration"]
    assert (forecast["mode"], forecast["schedulingBufferTime"]) == ("ForecastAndScale", 300)
    assert (forecast["maxCapacityBreachBehavior"], forecast["maxCapacityBuffer"]) == ("IncreaseMaxCapacity", 20)
    (metric,) = forecast["metricSpecifications"]
    assert metric["targetValue"] == "50"
    assert metric["predefinedMetricPairSpecification"] == {"predefinedMetricType": "ECSServiceCPUUtilization"}


def test_a_forecast_of_requests_names_its_target_group(project: Project):
    predictive = {"services.storefront.scaling.predictive": {"metric": "requests_per_task"}}
    graph = run_program(project, "local", overrides=predictive)
    forecast = one(graph, POLICY, f"{SHOP}-forecast").inputs["predictiveScalingPolicyConfiguration"]
    assert (forecast["mode"], forecast["maxCapacityBreachBehavior"]) == ("ForecastOnly", "HonorMaxCapacity")
    pair = forecast["metricSpecifications"][0]["predefinedMetricPairSpecification"]
    assert pair["predefinedMetricType"] == "ALBRequestCount"
    assert "/targetgroup/" in pair["resourceLabel"]


def test_windows_and_their_zone_become_scheduled_actions(rich: Graph):
    action = one(rich, "appautoscaling/scheduledAction:ScheduledAction", f"{SHOP}-office")
    assert (action.inputs["schedule"], action.inputs["timezone"]) == ("cron(0 7 * * ? *)", "Europe/Paris")
    assert action.inputs["scalableTargetAction"] == {"minCapacity": 3, "maxCapacity": 4}
    end = one(rich, "appautoscaling/scheduledAction:ScheduledAction", f"{SHOP}-office-end")
    assert end.inputs["scalableTargetAction"]["minCapacity"] == 1


def test_what_the_provider_cannot_switch_on_is_told(project: Project, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.WARNING):
        run_program(project, "local", overrides={"services.storefront.scaling.high_resolution": True})
    assert "metricNames=[CPUUtilization],resolutionSeconds=20" in caplog.text


def _scaling(base: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"scaling": {**base["scaling"], **changes}}


@pytest.mark.parametrize(
    ("service", "changes", "told"),
    [
        ("web", {"scaling": {"range": "0-4", "cpu": 50}}, "scaling.min_tasks: leaves nothing that a metric could be"),
        ("web", _scaling(WEB, cooldowns={"memory": {}}), "cooldowns.memory: is of a target that is not set"),
        ("web", _scaling(WEB, cooldowns={"speed": {}}), "scaling.cooldowns.speed"),
        ("web", _scaling(WEB, predictive={"metric": "memory"}), "predictive.metric: has no target that a forecast"),
        ("web", _scaling(WEB, predictive={"buffer": 3600}), "predictive.buffer: is not accepted, got 3600"),
        ("web", _scaling(WEB, response_time=0), "scaling.response_time: is not accepted, got 0"),
        ("work", _scaling(WORKER, response_time=1), "scaling.response_time: needs a port"),
    ],
)
def test_refuses(service: str, changes: dict[str, Any], told: str):
    with pytest.raises(SettingsError) as caught:
        stack_settings(**{service: changes})
    assert told in str(caught.value)


def test_a_worker_may_sleep():
    assert (
        stack_settings(work={"scaling": {**WORKER["scaling"], "range": "0-5"}}).services["work"].scaling.min_tasks == 0
    )
    alone = Scaling.model_validate({"range": "1-2", "response_time": "800ms"})
    assert json.loads(alone.model_dump_json())["response_time"] == 0.8
