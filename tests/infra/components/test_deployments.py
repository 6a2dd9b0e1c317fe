"""How a new revision takes over: rolling, or shifted between two target groups; what rolls it back; who gets which paths."""

from __future__ import annotations

import json
from typing import Any

import pytest

from infra.errors import SettingsError
from surgeproof.graph.model import Graph, Resource
from surgeproof.graph.program import run_program
from surgeproof.graph.project import Project
from surgeproof.scaling.expression import evaluate_expression
from tests.infra.components.rich_stack import HOOK
from tests.infra.conftest import WEB, WORKER, one, stack_settings

SERVICE = "ecs/service:Service"
RULE = "lb/listenerRule:ListenerRule"
ALARM = "cloudwatch/metricAlarm:MetricAlarm"
SHOP = "shop-local-storefront"


def _strategy(project: Project, **deployment: Any) -> Resource:
    graph = run_program(project, "local", overrides={"services.storefront.deployment": deployment})
    return one(graph, SERVICE, SHOP)


def test_rolling_and_nothing_more_when_nothing_is_said(production: Graph):
    service = one(production, SERVICE, "shop-production-storefront")
    assert not {"deploymentConfiguration", "alarms", "capacityProviderStrategies"} & service.inputs.keys()
    assert service.inputs["launchType"] == "FARGATE"
    assert service.inputs["deploymentMaximumPercent"] == 200
    assert "advancedConfiguration" not in service.inputs["loadBalancers"][0]
    assert production.of_type(f"aws:{RULE}") == ()


def test_a_canary_shifts_between_two_target_groups(rich: Graph):
    service = one(rich, SERVICE, SHOP)
    assert service.inputs["deploymentConfiguration"] == {
        "strategy": "CANARY",
        "bakeTimeInMinutes": "10",
        "canaryConfiguration": {"canaryPercent": 5, "canaryBakeTimeInMinutes": "15"},
        "lifecycleHooks": [
            {
                "hookTargetArn": HOOK,
                "roleArn": one(rich, "iam/role:Role", f"{SHOP}-hooks").outputs["arn"],
                "lifecycleStages": ["POST_TEST_TRAFFIC_SHIFT"],
                "hookDetails": '{"smoke": true}',
            }
        ],
    }
    assert service.inputs["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}
    (balancer,) = service.inputs["loadBalancers"]
    advanced = balancer["advancedConfiguration"]
    groups = {group.id: group for group in rich.of_type("aws:lb/targetGroup:TargetGroup")}
    blue, green = groups[balancer["targetGroupArn"]], groups[advanced["alternateTargetGroupArn"]]
    assert (blue.name, blue is green) == (SHOP, False)
    assert advanced["productionListenerRule"] == one(rich, RULE, f"{SHOP}-rule").id
    assert advanced["testListenerRule"] == one(rich, RULE, f"{SHOP}-test-rule").id
    assert advanced["roleArn"] == one(rich, "iam/role:Role", f"{SHOP}-shift").outputs["arn"]
    assert green.inputs["healthCheck"] == blue.inputs["healthCheck"]


def test_ecs_may_ask_this_function_alone(rich: Graph):
    policy = one(rich, "iam/rolePolicy:RolePolicy", f"{SHOP}-hooks-policy")
    (statement,) = json.loads(policy.inputs["policy"])["Statement"]
    assert (statement["Action"], statement["Resource"]) == (["lambda:InvokeFunction"], [HOOK])
    trust = json.loads(one(rich, "iam/role:Role", f"{SHOP}-hooks").inputs["assumeRolePolicy"])["Statement"][0]
    assert trust["Principal"] == {"Service": "ecs.amazonaws.com"}
    assert trust["Condition"]["StringEquals"]["aws:SourceAccount"]
    assert policy.urn in one(rich, SERVICE, SHOP).dependencies


def test_a_deployment_s_weights_are_not_moved_back(rich: Graph):
    rule = one(rich, RULE, f"{SHOP}-rule")
    assert rule.options.ignore_changes == ("actions",)
    assert [group["weight"] for group in rule.inputs["actions"][0]["forward"]["targetGroups"]] == [100, 0]
    assert rule.inputs["conditions"] == [{"pathPattern": {"values": ["/*"]}}]


def test_ecs_may_shift_these_rules_and_groups_alone(rich: Graph):
    policy = json.loads(one(rich, "iam/rolePolicy:RolePolicy", f"{SHOP}-shift-policy").inputs["policy"])
    statements = {item["Sid"]: item for item in policy["Statement"]}
    assert set(statements["MoveWeights"]["Resource"]) == {
        one(rich, RULE, f"{SHOP}{key}").id for key in ("-rule", "-test-rule")
    }
    assert len(statements["ChangeTargets"]["Resource"]) == 2
    assert all(action.startswith("elasticloadbalancing:Describe") for action in statements["LookAtBalancer"]["Action"])


def test_a_new_revision_is_tried_from_inside_the_vpc_alone(rich: Graph):
    listener = one(rich, "lb/listener:Listener", f"{SHOP}-test")
    assert listener.inputs["port"] == 8443
    assert listener.inputs["defaultActions"][0]["fixedResponse"]["statusCode"] == "404"
    opened = one(rich, "vpc/securityGroupIngressRule:SecurityGroupIngressRule", f"{SHOP}-test-in")
    assert opened.inputs["cidrIpv4"] == one(rich, "ec2/vpc:Vpc").inputs["cidrBlock"]


@pytest.mark.parametrize(
    ("deployment", "told"),
    [
        ({"strategy": "blue_green"}, {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": "5"}),
        (
            {"strategy": "linear", "bake_time": 0},
            {
                "strategy": "LINEAR",
                "bakeTimeInMinutes": "0",
                "linearConfiguration": {"stepPercent": 10, "stepBakeTimeInMinutes": "3"},
            },
        ),
    ],
)
def test_the_other_ways_to_shift(project: Project, deployment: dict[str, Any], told: dict[str, Any]):
    service = _strategy(project, **deployment)
    assert service.inputs["deploymentConfiguration"] == told
    assert "testListenerRule" not in service.inputs["loadBalancers"][0]["advancedConfiguration"]


def test_alarms_roll_back_by_name_and_by_threshold(rich: Graph):
    alarms = one(rich, SERVICE, SHOP).inputs["alarms"]
    assert (alarms["enable"], alarms["rollback"]) == (True, True)
    rollback = {f"{SHOP}-rollback-{key}" for key in ("cpu", "errors", "response-time")}
    assert set(alarms["alarmNames"]) == {"mine", *rollback}
    for name in rollback:
        assert one(rich, ALARM, name).inputs["treatMissingData"] == "notBreaching"
    worker = one(rich, SERVICE, "shop-local-orders").inputs["alarms"]
    assert worker["alarmNames"] == ["shop-local-orders-rollback-queue-age"]
    age = one(rich, ALARM, "shop-local-orders-rollback-queue-age").inputs
    assert (age["metricName"], age["threshold"], age["period"]) == ("ApproximateAgeOfOldestMessage", 300, 60)


@pytest.mark.parametrize(
    ("readings", "share"),
    [
        ({"e1": 4.0, "e2": 1.0, "r1": 90.0, "r2": 10.0}, 0.05),
        ({"e1": None, "e2": None, "r1": 90.0, "r2": None}, 0.0),
        ({"e1": None, "e2": None, "r1": None, "r2": None}, 0.0),
    ],
)
def test_errors_are_counted_over_both_revisions(rich: Graph, readings: dict[str, float | None], share: float):
    queries = one(rich, ALARM, f"{SHOP}-rollback-errors").inputs["metricQueries"]
    (counted,) = [query for query in queries if query.get("expression")]
    assert {query["id"] for query in queries} == {*readings, "share"}
    assert evaluate_expression(counted["expression"], readings) == share
    groups = {query["metric"]["dimensions"]["TargetGroup"] for query in queries if "metric" in query}
    assert len(groups) == 2


def test_spot_takes_the_place_of_the_launch_type(rich: Graph):
    service = one(rich, SERVICE, SHOP)
    assert "launchType" not in service.inputs
    assert service.inputs["forceNewDeployment"]
    assert service.inputs["capacityProviderStrategies"] == [
        {"capacityProvider": "FARGATE", "base": 2, "weight": 0},
        {"capacityProvider": "FARGATE_SPOT", "base": 0, "weight": 1},
    ]
    mix = one(rich, SERVICE, "shop-local-api").inputs["capacityProviderStrategies"]
    assert [(item["base"], item["weight"]) for item in mix] == [(2, 1), (0, 3)]


def test_a_second_service_takes_its_paths_and_hosts(rich: Graph):
    rule = one(rich, RULE, "shop-local-api-rule")
    assert rule.inputs["priority"] == 100
    assert rule.inputs["conditions"] == [
        {"pathPattern": {"values": ["/api/*"]}},
        {"hostHeader": {"values": ["api.shop.example"]}},
    ]
    assert rule.inputs["actions"][0]["targetGroupArn"] == one(rich, "lb/targetGroup:TargetGroup", "shop-local-api").id
    assert rule.options.ignore_changes == ()
    assert rule.inputs["priority"] < one(rich, RULE, f"{SHOP}-rule").inputs["priority"]
    assert set(rich.exports["surgeproof"]["services"]) == {"storefront", "orders", "api"}


def _deployment(**changes: Any) -> dict[str, Any]:
    return {"deployment": changes}


@pytest.mark.parametrize(
    ("service", "changes", "told"),
    [
        ("web", _deployment(canary={}), "deployment.canary: is for the strategy canary, and this is rolling"),
        ("web", _deployment(strategy="canary", linear={}), "deployment.linear: is for the strategy linear"),
        ("web", _deployment(test_port=8443), "deployment.test_port: needs a second target group"),
        (
            "web",
            _deployment(hooks=[{"function": HOOK, "stages": ["pre_scale_up"]}]),
            "deployment.hooks: are asked at stages that a rolling deployment does not have",
        ),
        (
            "web",
            _deployment(strategy="linear", hooks=[{"function": HOOK, "stages": ["test_traffic_shift"]}]),
            "deployment.hooks.0.stages: has a stage of test traffic",
        ),
        (
            "web",
            _deployment(strategy="linear", hooks=[{"function": "smoke", "stages": ["pre_scale_up"]}]),
            "deployment.hooks.0.function: is not accepted, got 'smoke'",
        ),
        ("web", _deployment(bake_time=90), "deployment.bake_time: ECS takes whole minutes here, got 90"),
        ("web", _deployment(bake_time="25h"), "deployment.bake_time: is not accepted, got '25h'"),
        ("web", _deployment(strategy="swap"), "deployment.strategy: is not accepted, got 'swap', allowed: 'rolling'"),
        ("web", _deployment(maximum_percent=100), "deployment.maximum_percent: is not accepted, got 100"),
        ("web", _deployment(rollback={"errors": 0}), "deployment.rollback.errors: is not accepted, got 0"),
        ("web", _deployment(rollback={"queue_age": 9}), "deployment.rollback.queue_age: is for a worker"),
        ("work", _deployment(strategy="blue_green"), "deployment.strategy: needs a port: a worker gets no requests"),
        ("work", _deployment(rollback={"errors": 0.1}), "deployment.rollback.errors: needs a port"),
        ("work", {"paths": ["/x"]}, "services.work.paths: needs a port"),
        ("web", {"paths": ["x"]}, "services.web.paths.0: is not accepted, got 'x'"),
        ("api", {**WEB, "paths": ["/a", "/b", "/c", "/d", "/e", "/f"]}, "more than a rule of the load balancer takes"),
        ("web", {"paths": ["/x"]}, "services: none of them takes requests that no other one's paths or hosts take"),
    ],
)
def test_refuses(service: str, changes: dict[str, Any], told: str):
    with pytest.raises(SettingsError) as caught:
        stack_settings(**{service: changes})
    assert told in str(caught.value)


def test_two_services_are_not_asked_at_once():
    paths = {**WEB, "paths": ["/a/*"]}
    assert stack_settings(a=paths, b={**paths, "rule_priority": 7}).services["b"].routed
    with pytest.raises(SettingsError, match=r"services\.b\.rule_priority: is that of a, too"):
        stack_settings(a=paths, b=paths)
    assert WORKER["scaling"]
