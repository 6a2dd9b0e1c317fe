"""Alarms, dashboards, canary and masking of whole stacks."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import pytest

from infra.account_services_settings import ONCE
from infra.alarm import AlarmSpec, Metric
from infra.alarm_tree import RULE_ALARMS
from infra.canary_package import package
from infra.components.alarm_board import AlarmBoard, AlarmBoardArgs
from infra.components.alerts import Alerts, AlertsArgs
from surgeproof.graph.model import Graph
from surgeproof.graph.program import run_program
from surgeproof.graph.project import Project
from surgeproof.launch.plan import load_plan
from tests.infra.conftest import ROOT, build, one
from tests.infra.test_dashboards import SCHEMA, jsonschema

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
PREFIX = "shop-production-alarms-"


@pytest.fixture(scope="module")
def told(production: Graph) -> dict[str, dict[str, Any]]:
    """Inputs of production's alarms by key."""
    return {
        item.name.removeprefix(PREFIX): item.inputs
        for item in production.of_type(ALARM)
        if item.name.startswith(PREFIX)
    }


def test_production_has_the_alarms_that_a_launch_needs(told: dict[str, dict[str, Any]]):
    assert told.keys() >= {
        "balancer-errors",
        "task-errors",
        "latency",
        "storefront-tasks-missing",
        "storefront-at-max",
        "orders-tasks-missing",
        "orders-at-max",
        "orders-queue-age",
        "orders-queue-depth",
        "orders-messages-dead-letters",
        "orders-events-dead-letters",
        "security-events-dead-letters",
        "cache-evictions",
        "cache-memory",
        "database-connections",
        "database-capacity",
        "checkout-walk",
    }
    assert "storefront-queue-age" not in told


def test_thresholds_are_those_of_the_plan_and_the_settings(project: Project, told: dict[str, dict[str, Any]]):
    gates = {(gate.metric, gate.step): gate.max for gate in load_plan(ROOT / "loadtests/plans/spring.yaml").gates}
    scaling = project.settings("production")["services"]
    assert told["latency"]["threshold"] == gates["p95", "*"]
    assert told["latency"]["extendedStatistic"] == "p95"
    assert told["task-errors"]["threshold"] == gates["error_rate", "*"]
    assert told["orders-queue-age"]["threshold"] == gates["queue_age", "*"]
    assert told["storefront-at-max"]["threshold"] == 22  # above 90 % of 24
    orders = scaling["orders"]["scaling"]
    most = orders["max_tasks"] * gates["queue_age", "*"] / 1  # 1 s a message
    assert told["orders-queue-depth"]["threshold"] == most
    assert told["database-connections"]["threshold"] == 4000  # 80 % of what 32 ACU take


@pytest.fixture(scope="module")
def unplanned(project: Project) -> Graph:
    """Production in an account that has its own watchers, and without a launch plan."""
    existing = {f"account_services.{field}": "existing" for field in ONCE}
    return run_program(project, "production", overrides={"launch_plan": None, "budget.launch_day": None, **existing})


def test_without_a_plan_the_settings_decide(unplanned: Graph):
    age = one(unplanned, "cloudwatch/metricAlarm:MetricAlarm", f"{PREFIX}orders-queue-age").inputs["threshold"]
    exports = unplanned.exports["surgeproof"]["services"]["orders"]
    assert age == exports["acceptable_latency"] + exports["visibility_timeout"]
    at_max = one(unplanned, "cloudwatch/metricAlarm:MetricAlarm", f"{PREFIX}storefront-at-max").inputs
    assert at_max["threshold"] == 24


def test_what_the_account_has_already_is_left_alone(unplanned: Graph):
    services = {item.type.split("/")[0] for item in unplanned.resources}
    assert not services & {"aws:cfg", "aws:guardduty", "aws:securityhub", "aws:accessanalyzer", "aws:inspector2"}
    # Findings and silence are told whoever owns the services.
    assert {"shop-production-account-events-silenced", "shop-production-account-events-guardduty"} <= {
        item.name for item in unplanned.of_type("aws:cloudwatch/eventRule:EventRule")
    }


def test_every_alarm_calls_and_says_what_to_do(production: Graph):
    topics = {item.outputs["arn"] for item in production.of_type("aws:sns/topic:Topic")}
    for alarm in production.of_type(ALARM):
        if not alarm.name.startswith((PREFIX, "shop-production-account-cis")):
            continue
        assert set(alarm.inputs["alarmActions"]) <= topics, alarm.name
        assert len(alarm.inputs["alarmDescription"]) > 20, alarm.name


def test_the_composite_alarm_is_over_all_of_them(production: Graph, told: dict[str, dict[str, Any]]):
    launch = one(production, "cloudwatch/compositeAlarm:CompositeAlarm").inputs
    assert set(re.findall(r'ALARM\("(.+?)"\)', launch["alarmRule"])) == {item["name"] for item in told.values()}
    assert len(launch["alarmRule"]) <= 10_240  # PutCompositeAlarm, AlarmRule


def test_expressions_use_the_metrics_that_are_there(told: dict[str, dict[str, Any]]):
    for key, alarm in told.items():
        queries = {query["id"]: query for query in alarm.get("metricQueries", [])}
        if not queries:
            assert {"metricName", "namespace", "period", "dimensions"} <= alarm.keys(), key
            continue
        assert [query["id"] for query in queries.values() if query.get("returnData")] == ["told"], key
        words = set(re.findall(r"\b[a-z]\w*\b", queries["told"]["expression"]))
        assert words == queries.keys() - {"told"}, key


def test_both_dashboards_are_what_cloudwatch_takes(production: Graph):
    bodies = {item.name: json.loads(item.inputs["dashboardBody"]) for item in production.of_type("aws:cloudwatch/dashboard:Dashboard")}  # fmt: skip
    assert bodies.keys() == {"shop-production-launch", "shop-production-business"}
    for made in bodies.values():
        jsonschema.Draft202012Validator(SCHEMA).validate(made)
    moments = json.dumps(bodies["shop-production-launch"])
    assert "2027-03-20T09:00:00Z" in moments  # 10:00 in Paris
    assert "2027-03-20T08:45:00Z" in moments  # 15 minutes of pre-warm


def test_the_canary_walks_the_stack_s_own_front(production: Graph):
    canary = one(production, "synthetics/canary:Canary").inputs
    assert canary["runConfig"]["environmentVariables"] == {"SHOP_URL": production.exports["surgeproof"]["edge"]["url"]}
    assert canary["startCanary"] is True
    code = one(production, "s3/bucketObjectv2:BucketObjectv2").inputs
    assert base64.b64decode(code["contentBase64"]) == package().content
    assert code["key"] == f"code/{package().digest}.zip" == canary["s3Key"]
    policy = one(production, "iam/rolePolicy:RolePolicy", "shop-production-canary-role-policy").inputs["policy"]
    for statement in json.loads(policy)["Statement"]:
        assert statement["Resource"] != "*" or statement["Sid"] in {"TellMetrics", "ListBuckets"}


def test_the_programs_logs_mask_cards(production: Graph):
    masked = {item.inputs["logGroupName"]: json.loads(item.inputs["policyDocument"]) for item in production.of_type("aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy")}  # fmt: skip
    assert masked.keys() >= {"/aws/ecs/shop-production-storefront", "/aws/ecs/shop-production-orders"}
    for document in masked.values():
        count, mask = document["Statement"]
        assert "FindingsDestination" in count["Operation"]["Audit"]
        assert mask["Operation"] == {"Deidentify": {"MaskConfig": {}}}
        # CloudWatch Logs wants both statements to name the same data.
        assert count["DataIdentifier"] == mask["DataIdentifier"]
        assert "arn:aws:dataprotection::aws:data-identifier/CreditCardNumber" in mask["DataIdentifier"]


def test_on_one_machine_nobody_is_told(local: Graph):
    services = {item.type.split("/")[0].removeprefix("aws:") for item in local.resources}
    assert not services & {"sns", "synthetics", "guardduty", "backup", "budgets", "cfg"}


def test_the_local_stack_can_be_watched_too_and_its_jobs(project: Project):
    job = {"image": "shop:1", "command": ["python", "-m", "report"], "schedule": "rate(1 day)"}
    graph = run_program(project, "local", overrides={"observability.enabled": True, "jobs": {"report": job}})
    names = {item.name.removeprefix("shop-local-alarms-") for item in graph.of_type(ALARM)}
    # One task at rest and four at most: there is room; the canary has to be asked for.
    assert {"storefront-at-max", "orders-queue-age", "latency", "report-starts-dead-letters"} <= names
    assert "checkout-walk" not in names
    masked = graph.of_type("aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy")
    assert {"/aws/ecs/shop-local-report", "/aws/ecs/shop-local-orders"} <= {
        item.inputs["logGroupName"] for item in masked
    }


@pytest.mark.parametrize(("at_rest", "missing"), [(1, "breaching"), (0, "notBreaching")])
def test_a_worker_that_sleeps_misses_no_task(project: Project, at_rest: int, missing: str):
    asked = {"observability.enabled": True, "services.orders.scaling.min_tasks": at_rest}
    graph = run_program(project, "local", overrides=asked)
    alarm = one(graph, "cloudwatch/metricAlarm:MetricAlarm", "shop-local-alarms-orders-tasks-missing")
    # Container Insights tells nothing of a service without tasks.
    assert alarm.inputs["treatMissingData"] == missing


def board(count: int) -> Graph:
    """An alarm board of so many alarms."""
    specs = [AlarmSpec(f"a{number}", "One of many.", {"m": Metric("N", "M", {}, "Sum")}, 1) for number in range(count)]
    specs.append(AlarmSpec("aside", "Not of the launch.", {"m": Metric("N", "M", {}, "Sum")}, 1, launch=False))
    return build(
        lambda account: AlarmBoard(
            "board",
            AlarmBoardArgs(
                specs=specs,
                topic=Alerts("alerts", AlertsArgs(account=account, key="arn:aws:kms:r:1:key/x")).operations,
            ),
        )
    )


@pytest.mark.parametrize(("count", "composites"), [(1, 1), (RULE_ALARMS, 1), (RULE_ALARMS + 1, 3), (1000, 11)])
def test_every_launch_alarm_is_under_the_launch_alarm_once(count: int, composites: int):
    graph = board(count)
    made = {item.inputs["alarmName"]: item.inputs for item in graph.of_type("aws:cloudwatch/compositeAlarm:CompositeAlarm")}  # fmt: skip
    assert len(made) == composites

    def under(name: str) -> list[str]:
        if name not in made:
            return [name]
        named = re.findall(r'ALARM\("(.+?)"\)', made[name]["alarmRule"])
        assert len(named) <= RULE_ALARMS
        return [leaf for child in named for leaf in under(child)]

    assert under("board-launch") == [f"board-a{number}" for number in range(count)]
    # One voice: parts call nobody.
    assert [name for name, item in made.items() if item.get("alarmActions") or item.get("okActions")] == [
        "board-launch"
    ]
