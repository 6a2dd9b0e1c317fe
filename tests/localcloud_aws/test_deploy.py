"""The project's own production stack, deployed as a rehearsal deploys it: what a rehearsal reads is there."""

import json
from pathlib import Path
from typing import Any

import pytest

from surgeproof.graph.model import Graph
from surgeproof.graph.project import Project
from surgeproof.localcloud.aws import EmbeddedAws
from surgeproof.localcloud.deploy import deploy
from surgeproof.localcloud.handlers import HANDLERS

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def region() -> str:
    return Project.find(ROOT).config("production", {}).values["aws:region"]


@pytest.fixture(scope="module")
def graph(aws: EmbeddedAws) -> Graph:
    return deploy(Project.find(ROOT), "production", {"services.storefront.scaling.max_tasks": 37}, aws)


def test_every_resource_has_an_id_and_its_computed_outputs(graph):
    physical = [resource for resource in graph.resources if resource.id is not None]
    assert len(physical) > 100
    for resource in physical:
        if resource.type.startswith("aws:") and "arn" in HANDLERS[resource.type].computed:
            assert str(resource.outputs["arn"]).startswith("arn:aws:"), resource.urn


def test_ids_are_those_of_the_embedded_aws(aws, graph, region):
    ec2 = aws.client("ec2", region)
    subnets = {resource.id for resource in graph.of_type("aws:ec2/subnet:Subnet")}
    assert subnets <= {subnet["SubnetId"] for subnet in ec2.describe_subnets()["Subnets"]}


def test_a_task_definition_is_registered_as_the_program_wrote_it(aws, graph, region):
    for resource in graph.of_type("aws:ecs/taskDefinition:TaskDefinition"):
        told = aws.client("ecs", region).describe_task_definition(taskDefinition=resource.outputs["arn"])
        kept = told["taskDefinition"]
        assert (kept["cpu"], kept["memory"]) == (resource.inputs["cpu"], resource.inputs["memory"])
        for asked, got in zip(
            json.loads(resource.inputs["containerDefinitions"]), kept["containerDefinitions"], strict=True
        ):
            assert {name: got.get(name) for name in asked} == asked


def test_services_are_told_as_deployed(aws, graph, region):
    for resource in graph.of_type("aws:ecs/service:Service"):
        ecs = aws.client("ecs", region)
        (kept,) = ecs.describe_services(cluster=resource.inputs["cluster"], services=[resource.id])["services"]
        asked = resource.inputs
        assert kept["desiredCount"] == asked["desiredCount"]
        assert kept.get("loadBalancers", []) == asked.get("loadBalancers", [])
        assert kept["deploymentConfiguration"]["minimumHealthyPercent"] == asked["deploymentMinimumHealthyPercent"]
        assert kept.get("healthCheckGracePeriodSeconds") == asked.get("healthCheckGracePeriodSeconds")


def test_target_groups_are_told_as_deployed(aws, graph, region):
    (resource,) = graph.of_type("aws:lb/targetGroup:TargetGroup")
    elb = aws.client("elbv2", region)
    kept = elb.describe_target_groups(TargetGroupArns=[resource.id])["TargetGroups"][0]
    health = resource.inputs["healthCheck"]
    assert (kept["HealthCheckPath"], kept["HealthCheckIntervalSeconds"]) == (health["path"], health["interval"])
    assert kept["HealthyThresholdCount"] == health["healthyThreshold"]
    attributes = elb.describe_target_group_attributes(TargetGroupArn=resource.id)["Attributes"]
    told = {attribute["Key"]: attribute["Value"] for attribute in attributes}
    assert told["deregistration_delay.timeout_seconds"] == str(resource.inputs["deregistrationDelay"])


def test_scaling_is_told_as_deployed_and_with_the_override(aws, graph, region):
    scaling = aws.client("application-autoscaling", region)
    targets = {t["ResourceId"]: t for t in scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]}
    policies = scaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"]
    actions = scaling.describe_scheduled_actions(ServiceNamespace="ecs")["ScheduledActions"]
    storefront = next(name for name in targets if name.endswith("-storefront"))
    assert targets[storefront]["MaxCapacity"] == 37
    asked = {
        resource.inputs["resourceId"]: resource.inputs for resource in graph.of_type("aws:appautoscaling/target:Target")
    }
    for name, inputs in asked.items():
        assert (targets[name]["MinCapacity"], targets[name]["MaxCapacity"]) == (
            inputs["minCapacity"],
            inputs["maxCapacity"],
        )
    kept = {policy["PolicyARN"]: policy["TargetTrackingScalingPolicyConfiguration"] for policy in policies}
    for resource in graph.of_type("aws:appautoscaling/policy:Policy"):
        wanted = resource.inputs["targetTrackingScalingPolicyConfiguration"]
        told = kept[resource.outputs["arn"]]
        assert told["TargetValue"] == wanted["targetValue"]
        assert told["ScaleOutCooldown"] == wanted["scaleOutCooldown"]
        assert ("CustomizedMetricSpecification" in told) == ("customizedMetricSpecification" in wanted)
    schedules = {(action["ScheduledActionName"], action["Schedule"], action["Timezone"]) for action in actions}
    planned = graph.of_type("aws:appautoscaling/scheduledAction:ScheduledAction")
    assert planned
    for resource in planned:
        assert (resource.inputs["name"], resource.inputs["schedule"], resource.inputs["timezone"]) in schedules


def test_the_database_s_secret_carries_its_own_user(aws, graph, region):
    (cluster,) = graph.of_type("aws:rds/cluster:Cluster")
    arn = cluster.outputs["masterUserSecrets"][0]["secretArn"]
    secret = json.loads(aws.client("secretsmanager", region).get_secret_value(SecretId=arn)["SecretString"])
    assert secret["username"] == cluster.inputs["masterUsername"]
    assert len(secret["password"]) > 20


def test_queues_and_rules_are_wired(aws, graph, region):
    """An order's event reaches the worker's queue through the deployed bus and rule."""
    exports = graph.exports["surgeproof"]
    names = exports["services"]["orders"]["queue_url"].rsplit("/", 1)[-1]
    before = aws.queues()[names].sent
    rules = graph.of_type("aws:cloudwatch/eventRule:EventRule")
    (rule,) = [rule for rule in rules if rule.name == "shop-production-orders-route"]
    pattern = json.loads(rule.inputs["eventPattern"])
    entry = {
        "EventBusName": exports["event_bus"],
        "Source": pattern.get("source", ["shop"])[0],
        "DetailType": pattern.get("detail-type", ["OrderPlaced"])[0],
        "Detail": "{}",
    }
    aws.client("events", region).put_events(Entries=[entry])
    assert aws.queues()[names].sent == before + 1


@pytest.mark.slow
def test_a_shop_of_twenty_services_deploys(region):
    """Its launch alarm is over composite alarms, and follows an alarm of the last service through them."""
    project = Project.find(ROOT)
    worker = project.settings("production")["services"]["orders"]
    more = {f"services.w{number}": worker for number in range(18)}
    with EmbeddedAws() as aws:
        graph = deploy(project, "production", more, aws)
        _watches_every_service(graph, aws.client("cloudwatch", region))


def _watches_every_service(graph: Graph, watch: Any) -> None:
    services = {resource.name for resource in graph.of_type("aws:ecs/service:Service")}
    assert services == {f"shop-production-{name}" for name in ["storefront", "orders", *(f"w{n}" for n in range(18))]}

    def launch() -> str:
        rows = watch.describe_alarms(AlarmNames=["shop-production-alarms-launch"], AlarmTypes=["CompositeAlarm"])
        return rows["CompositeAlarms"][0]["StateValue"]

    assert launch() == "OK"
    watch.set_alarm_state(AlarmName="shop-production-alarms-w17-queue-age", StateValue="ALARM", StateReason="test")
    assert launch() == "ALARM"
