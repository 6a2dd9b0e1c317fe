"""Plans that stay still: the triples."""

from __future__ import annotations

import json
from typing import Any

import pytest

from surgeproof.graph.model import Options, Resource
from surgeproof.graph.wire import UNKNOWN_MARK
from tests.controls.catalogue.parts import BYSTANDER, changed, made, verdicts
from tests.controls.triples import resource, triple

WHOLE = {
    "cpu": 0,
    "environment": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}],
    "essential": True,
    "mountPoints": [],
    "portMappings": [{"containerPort": 80, "hostPort": 80, "protocol": "tcp"}],
    "systemControls": [],
    "volumesFrom": [],
}


def definition(**change: Any) -> Resource:
    container = {key: value for key, value in {**WHOLE, **change}.items() if value is not None}
    return made("aws:ecs/taskDefinition:TaskDefinition", "task", {"containerDefinitions": json.dumps([container])})


@pytest.mark.parametrize(
    "change",
    [
        {"volumesFrom": None},
        {"portMappings": [{"containerPort": 80}]},
        {"environment": [{"name": "B", "value": "2"}, {"name": "A", "value": "1"}]},
    ],
)
def test_definitions_are_whole(change: dict[str, Any]) -> None:
    """PLN-01."""
    triple("PLN-01", none=[BYSTANDER], good=[definition()], bad=[definition(**change)])


GROUP = made("aws:lb/targetGroup:TargetGroup", "blue")
LISTENER = made("aws:lb/listener:Listener", "door", defaultActions=GROUP)
LEFT_ALONE = LISTENER.model_copy(update={"options": Options(ignore_changes=("defaultActions",))})
SHIFTING = {"deploymentConfiguration": {"strategy": "BLUE_GREEN"}}
SERVICE = made("aws:ecs/service:Service", "web", SHIFTING, loadBalancers=GROUP)


def test_shifted_traffic_stays() -> None:
    """PLN-02."""
    rolling = made("aws:ecs/service:Service", "web", loadBalancers=GROUP)
    triple("PLN-02", none=[rolling, LISTENER], good=[GROUP, LEFT_ALONE, SERVICE], bad=[GROUP, LISTENER, SERVICE])
    deploy = {"deploymentController": {"type": "CODE_DEPLOY"}}
    other = made("aws:ecs/service:Service", "web", deploy, loadBalancers=GROUP)
    rule = made("aws:lb/listenerRule:ListenerRule", "rule", actions=GROUP)
    triple("PLN-02", none=[BYSTANDER], good=[GROUP, LEFT_ALONE, other], bad=[GROUP, LEFT_ALONE, rule, other])
    assert verdicts("PLN-02", changed(SERVICE, deploymentConfiguration=UNKNOWN_MARK)) == {"unknown"}


def policy(label: object, **links: Any) -> Resource:
    tracked = {"predefinedMetricType": "ALBRequestCountPerTarget", "resourceLabel": label}
    inputs = {"targetTrackingScalingPolicyConfiguration": {"predefinedMetricSpecification": tracked}}
    return made("aws:appautoscaling/policy:Policy", "requests", inputs, **links)


def test_label_is_built() -> None:
    """PLN-03."""
    whole = policy("app/door/1/targetgroup/blue/2")
    triple("PLN-03", none=[BYSTANDER], good=[whole], bad=[policy("targetgroup/blue/2")])
    balancer = made("aws:lb/loadBalancer:LoadBalancer", "door")
    top = "targetTrackingScalingPolicyConfiguration"
    linked = policy(UNKNOWN_MARK, **{top: [balancer, GROUP]})
    triple("PLN-03", none=[], good=[balancer, GROUP, linked], bad=[GROUP, policy("x", **{top: [GROUP]})])
    assert verdicts("PLN-03", policy(UNKNOWN_MARK)) == {"unknown"}
    cpu = {"predefinedMetricType": "ECSServiceAverageCPUUtilization"}
    other = {top: {"predefinedMetricSpecification": cpu}}
    assert verdicts("PLN-03", made("aws:appautoscaling/policy:Policy", "cpu", other)) == {"not-applicable"}


def test_can_wake() -> None:
    """PLN-04."""
    worker = made("aws:ecs/service:Service", "worker")
    target = made(
        "aws:appautoscaling/target:Target",
        "target",
        {"minCapacity": 0, "maxCapacity": 9, "serviceNamespace": "ecs"},
        resourceId=worker,
    )
    adds = {"stepScalingPolicyConfiguration": {"stepAdjustments": [{"scalingAdjustment": 1}]}}
    removes = {"stepScalingPolicyConfiguration": {"stepAdjustments": [{"scalingAdjustment": -1}]}}
    wakes = made("aws:appautoscaling/policy:Policy", "wake", adds, resourceId=target)
    shrinks = made("aws:appautoscaling/policy:Policy", "shrink", removes, resourceId=target)
    resting = changed(target, minCapacity=1).model_copy(update={"property_dependencies": target.property_dependencies})
    triple("PLN-04", none=[worker, resting], good=[worker, target, wakes], bad=[worker, target, shrinks])


def test_tags_stand_once() -> None:
    """PLN-05."""
    provider = resource("pulumi:providers:aws", "default", inputs={"defaultTags": {"tags": {"owner": "us"}}})
    tagged = made("aws:sqs/queue:Queue", "q", {"tags": {"owner": "us", "own": "1"}})
    own = made("aws:sqs/queue:Queue", "q", {"tags": {"own": "1"}})
    triple("PLN-05", none=[tagged], good=[provider, own], bad=[provider, tagged])
    assert verdicts("PLN-05", provider, changed(own, tags=UNKNOWN_MARK)) == {"unknown"}


def test_name_fits() -> None:
    """PLN-06."""
    kind = "aws:lb/targetGroup:TargetGroup"
    short, long = made(kind, "a" * 24), made(kind, "a" * 25)
    triple("PLN-06", none=[made("aws:ec2/vpc:Vpc", "net")], good=[short], bad=[long])
    triple(
        "PLN-06", none=[], good=[made(kind, "a" * 40, {"name": "short"})], bad=[made(kind, "it", {"name": "n" * 33})]
    )
    assert verdicts("PLN-06", made(kind, "it", {"name": UNKNOWN_MARK})) == {"unknown"}
