"""Controls of a plan that stays still: nothing is replaced, reset or never woken because of how it is written.

They come from what users of Pulumi and Terraform have reported; each names the report.
"""

from __future__ import annotations

from typing import Any

from surgeproof.controls.catalogue.scaling import POLICY, targets_of
from surgeproof.controls.containers import each_container
from surgeproof.controls.context import ABSENT, UNKNOWN, Context
from surgeproof.controls.control import control
from surgeproof.controls.expectations import items, number
from surgeproof.controls.families import FAMILIES
from surgeproof.controls.network_reach import reach
from surgeproof.controls.outcome import Outcome, failed, not_applicable, passed, unknown
from surgeproof.graph.model import Resource

WRITTEN_BY_ECS = ("cpu", "environment", "essential", "mountPoints", "portMappings", "systemControls", "volumesFrom")
"""Keys that ECS fills in where a container definition leaves them out."""
_SWITCHING = ("BLUE_GREEN", "LINEAR", "CANARY")
_LISTENERS = ("aws:lb/listener:Listener", "aws:alb/listener:Listener")
_RULES = ("aws:lb/listenerRule:ListenerRule", "aws:alb/listenerRule:ListenerRule")


@control(
    id="PLN-01",
    title="Container definitions say what ECS would fill in, in a fixed order",
    severity="low",
    family="task_definition",
    rationale="ECS answers with its own defaults, so that the definition differs and is replaced on every update "
    "(pulumi/pulumi-aws#4576, #1985, #5256).",
    remediation="Write cpu, environment, essential, mountPoints, portMappings, systemControls and volumesFrom in every "
    "container, hostPort and protocol in every port mapping, and sort environment by name.",
)
def definitions_are_whole(resource: Resource, context: Context) -> list[Outcome]:
    """Every default key is there, port mappings are whole, variables are sorted."""
    return each_container(context, resource, _what_ecs_would_change)


def _what_ecs_would_change(container: dict[str, Any]) -> str | None:
    lacking = [key for key in WRITTEN_BY_ECS if key not in container]
    if lacking:
        return f"leaves {', '.join(lacking)} to ECS"
    for mapping in container["portMappings"] or ():
        if not {"hostPort", "protocol"} <= mapping.keys():
            return "leaves hostPort or protocol of a port to ECS"
    names = [str(item.get("name")) for item in container["environment"] or ()]
    return None if names == sorted(names) else "its variables are in no fixed order"


@control(
    id="PLN-02",
    title="What a deployment of ECS moves from blue to green is left alone by the program",
    severity="high",
    family="ecs_service",
    rationale="ECS rewrites the listener while it shifts traffic; the next update would shift it back "
    "(hashicorp/terraform-provider-aws#45678, terraform-aws-modules/terraform-aws-alb#409).",
    remediation="`ignore_changes=['default_actions']` on the listener, `['actions']` on its rules.",
)
def shifted_traffic_stays(resource: Resource, context: Context) -> list[Outcome]:
    """Listeners and rules before a service that shifts traffic ignore changes of their actions."""
    strategy = context.value(resource, "deploymentConfiguration.strategy")
    controller = context.value(resource, "deploymentController.type")
    if UNKNOWN in (strategy, controller):
        return [unknown("its deployment strategy is not known", property="deploymentConfiguration")]
    if strategy not in _SWITCHING and controller != "CODE_DEPLOY":
        return [not_applicable("a rolling deployment leaves the listener alone")]
    groups = [item for item in context.graph.sources(resource, "loadBalancers") if item.type.endswith(":TargetGroup")]
    found: list[Outcome] = []
    for group in groups:
        for user in context.graph.dependants(group.urn):
            action = {**dict.fromkeys(_LISTENERS, "defaultActions"), **dict.fromkeys(_RULES, "actions")}.get(user.type)
            if action and action not in user.options.ignore_changes:
                found.append(failed(f"the next update takes back what {user.name} was told", property="loadBalancers"))
    return found or [passed()]


@control(
    id="PLN-03",
    title="A policy on requests per target names the balancer and the target group of its own service",
    severity="high",
    family="scaling_policy",
    rationale="Without the right resource label the metric has no data, and nothing scales "
    "(terraform-aws-modules/terraform-aws-autoscaling#192).",
    remediation="`resource_label=pulumi.Output.concat(balancer.arn_suffix, '/', target_group.arn_suffix)`.",
)
def label_is_built(resource: Resource, context: Context) -> Outcome:
    """``app/…/targetgroup/…``, made from a balancer and a target group where it is made from resources."""
    tracked = "targetTrackingScalingPolicyConfiguration.predefinedMetricSpecification"
    if context.value(resource, f"{tracked}.predefinedMetricType") != "ALBRequestCountPerTarget":
        return not_applicable("it does not count requests per target")
    label = context.value(resource, f"{tracked}.resourceLabel")
    top = tracked.partition(".")[0]
    kinds = {item.type.rpartition(":")[2] for item in context.graph.sources(resource, top)}
    if kinds:
        return (
            passed()
            if {"LoadBalancer", "TargetGroup"} <= kinds
            else failed("its label is not made from a balancer and a target group", property=f"{tracked}.resourceLabel")
        )
    if label is UNKNOWN:
        return unknown("its label is known only after deployment", property=f"{tracked}.resourceLabel")
    whole = isinstance(label, str) and label.startswith("app/") and "/targetgroup/" in label
    return passed() if whole else failed("has no whole resource label", property=f"{tracked}.resourceLabel")


@control(
    id="PLN-04",
    title="What may rest at no task has a policy that wakes it",
    severity="high",
    family="ecs_service",
    rationale="A target per task has no value while there is no task, so that one message never starts one "
    "(aws/copilot-cli#3376, #3016).",
    remediation="A step policy with `adjustment_type='ExactCapacity'` or `'ChangeInCapacity'` on visible messages, "
    "beside the target, or `min_capacity=1`.",
)
def can_wake(resource: Resource, context: Context) -> list[Outcome]:
    """A step policy that adds tasks, wherever the smallest number of tasks is zero."""
    found: list[Outcome] = []
    resting = [item for item in targets_of(context, resource) if context.value(item, "minCapacity") == 0]
    if not resting:
        return [not_applicable("it always has a task")]
    for target in resting:
        policies = reach(context).linking(target, POLICY, "resourceId")
        if not any(_adds_tasks(context, policy) for policy in policies):
            found.append(failed("rests at no task, and nothing wakes it", property="desiredCount"))
    return found or [passed()]


def _adds_tasks(context: Context, policy: Resource) -> bool:
    steps = items(context, policy, "stepScalingPolicyConfiguration.stepAdjustments") or []
    return any(number(step.get("scalingAdjustment")) > 0 for step in steps if isinstance(step, dict))


@control(
    id="PLN-05",
    title="A tag stands in the provider's default tags or on the resource, not in both",
    severity="low",
    family="tagged",
    rationale="A tag with the same value in both is a difference that never goes away, and one with another value "
    "misleads (pulumi/pulumi-aws#1655, #5740, #5960).",
    remediation="Leave the tag to `aws:defaultTags`, or take it out of there.",
)
def tags_stand_once(resource: Resource, context: Context) -> Outcome:
    """No key of the provider's default tags is repeated on the resource."""
    defaults = context.once("default tags", lambda: _default_tags(context))
    if not defaults:
        return not_applicable("the provider has no default tags")
    tags = context.value(resource, "tags")
    if tags is UNKNOWN:
        return unknown("its tags are not known", property="tags")
    repeated = sorted(defaults & tags.keys()) if isinstance(tags, dict) else []
    return failed(f"repeats {', '.join(repeated)} of the default tags", property="tags") if repeated else passed()


def _default_tags(context: Context) -> set[str]:
    found: set[str] = set()
    for provider in context.graph.of_type("pulumi:providers:aws"):
        given = context.document(provider, "defaultTags")  # a provider's nested properties are JSON
        tags = given.get("tags") if isinstance(given, dict) else None
        found |= set(tags) if isinstance(tags, dict) else set()
    return found


NAME_LENGTHS: dict[str, tuple[str, int]] = {
    **dict.fromkeys(FAMILIES["load_balancer"], ("name", 32)),
    **dict.fromkeys(FAMILIES["target_group"], ("name", 32)),
    **dict.fromkeys(FAMILIES["bucket"], ("bucket", 63)),
    "aws:iam/role:Role": ("name", 64),
    "aws:sqs/queue:Queue": ("name", 80),
    "aws:ecs/cluster:Cluster": ("name", 255),
    "aws:ecs/service:Service": ("name", 255),
    "aws:ecs/taskDefinition:TaskDefinition": ("family", 255),
    "aws:rds/cluster:Cluster": ("clusterIdentifier", 63),
    "aws:elasticache/replicationGroup:ReplicationGroup": ("replicationGroupId", 40),
    "aws:cloudwatch/eventBus:EventBus": ("name", 256),
    "aws:cloudwatch/logGroup:LogGroup": ("name", 512),
    "aws:lambda/function:Function": ("name", 64),
    "aws:sns/topic:Topic": ("name", 256),
    "aws:wafv2/webAcl:WebAcl": ("name", 128),
}
"""Input that holds the physical name, and the most characters that AWS takes (API reference of each service)."""
PULUMI_SUFFIX = 8
"""Characters that Pulumi puts to a logical name: a hyphen and seven hex digits."""


@control(
    id="PLN-06",
    title="Names are no longer than AWS takes",
    severity="med",
    family="tagged",
    rationale="A name that is too long fails in the middle of a deployment, or is cut so that two collide.",
    remediation="Shorten the logical name, or give the physical one.",
)
def name_fits(resource: Resource, context: Context) -> Outcome:
    """The physical name, or the logical one with Pulumi's suffix, fits."""
    key, most = NAME_LENGTHS.get(resource.type, ("", 0))
    if not key:
        return not_applicable("its name has no limit that matters")
    name = context.value(resource, key)
    if name is UNKNOWN:
        return unknown("its name is known only after deployment", property=key)
    long = len(resource.name) + PULUMI_SUFFIX if name is ABSENT else len(str(name))
    return failed(f"its name has {long} characters, of {most}", property=key) if long > most else passed()
