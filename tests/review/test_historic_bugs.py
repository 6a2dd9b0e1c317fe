"""Bugs that users of Pulumi, Terraform, CDK and Copilot have reported, rebuilt: each is caught before it is deployed.

The program of each is what the report shows, cut to what matters; the other half of each test is the mended one.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pulumi_aws as aws
import pytest
from pulumi import Output, ResourceOptions

from surgeproof.controls.engine import run_controls
from surgeproof.controls.registry import find_control
from surgeproof.graph.model import Graph
from surgeproof.graph.program import run_function
from surgeproof.review.changes import compare
from surgeproof.review.review import replace_keys
from surgeproof.review.shape import shapes_of

Program = Callable[[], object]


def graph_of(program: Program) -> Graph:
    return run_function(program, project="shop", stack="test", root=Path(__file__).parent)


def findings(control: str, program: Program) -> list[str]:
    graph = graph_of(program)
    found = run_controls(graph, [find_control(control)])
    return [item.message for item in found if item.verdict == "fail" and item.control == control]


def service(*, ignore: list[str] | None = None, least: int = 2, wake: bool = False) -> None:
    cluster = aws.ecs.Cluster("cluster")
    task = aws.ecs.TaskDefinition("task", family="web", container_definitions="[]")
    web = aws.ecs.Service(
        "web",
        cluster=cluster.arn,
        task_definition=task.arn,
        desired_count=3,
        opts=ResourceOptions(ignore_changes=ignore or []),
    )
    target = aws.appautoscaling.Target(
        "target",
        min_capacity=least,
        max_capacity=20,
        resource_id=Output.concat("service/", cluster.name, "/", web.name),
        scalable_dimension="ecs:service:DesiredCount",
        service_namespace="ecs",
    )
    aws.appautoscaling.Policy(
        "cpu",
        policy_type="TargetTrackingScaling",
        resource_id=target.resource_id,
        scalable_dimension=target.scalable_dimension,
        service_namespace=target.service_namespace,
        target_tracking_scaling_policy_configuration={
            "predefined_metric_specification": {"predefined_metric_type": "ECSServiceAverageCPUUtilization"},
            "target_value": 50,
        },
    )
    if wake:
        aws.appautoscaling.Policy(
            "wake",
            policy_type="StepScaling",
            resource_id=target.resource_id,
            scalable_dimension=target.scalable_dimension,
            service_namespace=target.service_namespace,
            step_scaling_policy_configuration={
                "adjustment_type": "ChangeInCapacity",
                "step_adjustments": [{"scaling_adjustment": 1, "metric_interval_lower_bound": "0"}],
            },
        )


def test_2_and_3_an_update_resets_ten_tasks_to_three():
    """pulumi/pulumi-aws#6264; hashicorp/terraform-provider-aws#335."""
    assert "a deployment resets its number of tasks" in findings("SCL-01", service)
    assert findings("SCL-01", lambda: service(ignore=["desired_count"])) == []


def test_6_the_task_definition_is_replaced_on_every_update():
    """pulumi/pulumi-aws#4576, #1985."""

    def short() -> None:
        aws.ecs.TaskDefinition("task", family="web", container_definitions='[{"name": "web", "image": "shop"}]')

    assert findings("PLN-01", short) == [
        "container web: leaves cpu, environment, essential, mountPoints, portMappings, systemControls, volumesFrom to ECS"
    ]


def shifting(ignore: list[str]) -> None:
    group = aws.lb.TargetGroup("blue", port=80, protocol="HTTP", vpc_id="vpc-1")
    balancer = aws.lb.LoadBalancer("door", load_balancer_type="application")
    aws.lb.Listener(
        "https",
        load_balancer_arn=balancer.arn,
        port=443,
        default_actions=[{"type": "forward", "target_group_arn": group.arn}],
        opts=ResourceOptions(ignore_changes=ignore),
    )
    aws.ecs.Service(
        "web",
        deployment_configuration={"strategy": "BLUE_GREEN"},
        load_balancers=[{"target_group_arn": group.arn, "container_name": "web", "container_port": 80}],
    )


def test_8_the_next_update_takes_back_what_blue_green_has_shifted():
    """terraform-aws-modules/terraform-aws-alb#409; hashicorp/terraform-provider-aws#45678."""
    assert findings("PLN-02", lambda: shifting([])) == ["the next update takes back what https was told"]
    assert findings("PLN-02", lambda: shifting(["default_actions"])) == []


def by_requests(*, label: bool) -> None:
    group = aws.lb.TargetGroup("blue", port=80, protocol="HTTP", vpc_id="vpc-1")
    balancer = aws.lb.LoadBalancer("door", load_balancer_type="application")
    aws.appautoscaling.Policy(
        "requests",
        policy_type="TargetTrackingScaling",
        resource_id="service/cluster/web",
        scalable_dimension="ecs:service:DesiredCount",
        service_namespace="ecs",
        target_tracking_scaling_policy_configuration={
            "predefined_metric_specification": {
                "predefined_metric_type": "ALBRequestCountPerTarget",
                "resource_label": Output.concat(balancer.arn_suffix, "/", group.arn_suffix)
                if label
                else group.arn_suffix,
            },
            "target_value": 600,
        },
    )


def test_12_a_label_that_is_no_label():
    """terraform-aws-modules/terraform-aws-autoscaling#192."""
    assert findings("PLN-03", lambda: by_requests(label=False)) == [
        "its label is not made from a balancer and a target group"
    ]
    assert findings("PLN-03", lambda: by_requests(label=True)) == []


def test_14_a_worker_at_no_task_is_never_woken():
    """aws/copilot-cli#3376, #3016."""
    assert findings("PLN-04", lambda: service(least=0)) == ["rests at no task, and nothing wakes it"]
    assert findings("PLN-04", lambda: service(least=0, wake=True)) == []


def test_16_defaults_that_are_open():
    """pulumi/pulumi-awsx#487, #817, #801, #877: any address in, a public address, a trail's bucket without a key."""

    def program() -> None:
        group = aws.ec2.SecurityGroup(
            "group", ingress=[{"protocol": "tcp", "from_port": 0, "to_port": 65535, "cidr_blocks": ["0.0.0.0/0"]}]
        )
        aws.ecs.Service(
            "web",
            network_configuration={"assign_public_ip": True, "security_groups": [group.id], "subnets": ["subnet-1"]},
        )
        bucket = aws.s3.Bucket("logs", force_destroy=True)
        aws.cloudtrail.Trail("trail", s3_bucket_name=bucket.bucket)

    graph = graph_of(program)
    from surgeproof.controls.registry import all_controls  # noqa: PLC0415 - only here

    failed = {(item.control, item.name) for item in run_controls(graph, all_controls()) if item.verdict == "fail"}
    for name in ("group", "web", "logs", "trail"):
        assert any(owner == name for _, owner in failed), (name, sorted(failed))


def tagged(tags: dict[str, str]) -> None:
    provider = aws.Provider("mine", region="eu-west-1", default_tags={"tags": {"owner": "us"}})
    aws.sqs.Queue("orders", tags=tags, opts=ResourceOptions(provider=provider))


def test_17_tags_that_differ_for_ever():
    """pulumi/pulumi-aws#1655, #5740."""
    assert findings("PLN-05", lambda: tagged({"owner": "us"})) == ["repeats owner of the default tags"]
    assert findings("PLN-05", lambda: tagged({"queue": "orders"})) == []


@pytest.mark.parametrize("key", ["desiredCount", "taskDefinition"])
def test_what_an_update_would_reset_shows_in_the_review(key: str):
    """The same bugs as a reviewer sees them: an update of a property that the running system owns."""
    before = graph_of(service)
    web = next(item for item in before.resources if item.name == "web")
    live = web.model_copy(update={"inputs": {**web.inputs, key: 10}})
    old = before.model_copy(update={"resources": tuple(live if item is web else item for item in before.resources)})
    changes = compare(shapes_of(old), shapes_of(before), replace_keys)
    assert [(item.shape.name, [difference.path for difference in item.differences]) for item in changes] == [
        ("web", [key])
    ]
