"""Controls of application auto scaling: what must hold before a launch."""

from __future__ import annotations

import math

from surgeproof.controls.context import ABSENT, UNKNOWN, Context
from surgeproof.controls.control import Parameter, control
from surgeproof.controls.expectations import all_of, is_true, must, number
from surgeproof.controls.network_reach import reach
from surgeproof.controls.outcome import Outcome, failed, not_applicable, passed, unknown
from surgeproof.controls.placement import SERVICE_TYPE, zones_of
from surgeproof.controls.published import published
from surgeproof.graph.model import Resource
from surgeproof.graph.wire import UNKNOWN_MARK

TARGET = "aws:appautoscaling/target:Target"
POLICY = "aws:appautoscaling/policy:Policy"
ACTION = "aws:appautoscaling/scheduledAction:ScheduledAction"
QUEUE = "aws:sqs/queue:Queue"
TRACKING = "targetTrackingScalingPolicyConfiguration"
UTILISATION = ("ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization")


def targets_of(context: Context, service: Resource) -> list[Resource]:
    """Scaling targets of a service."""
    name = service.outputs.get("name") or service.inputs.get("name")
    return reach(context).linking(service, TARGET, "resourceId") or [
        target for target in _by_last_part(context).get(str(name), []) if isinstance(name, str)
    ]


def _by_last_part(context: Context) -> dict[str, list[Resource]]:
    """Scaling targets whose service is no link, by the name that their ``resourceId`` ends in."""
    return context.once("targets by service", lambda: _named_services(context))


def _named_services(context: Context) -> dict[str, list[Resource]]:
    ways = reach(context)
    found: dict[str, list[Resource]] = {}
    for target in context.graph.of_type(TARGET):
        resource_id = target.inputs.get("resourceId")
        if isinstance(resource_id, str) and not ways.linked(target, "resourceId", (SERVICE_TYPE,)):
            found.setdefault(resource_id.rpartition("/")[2], []).append(target)
    return found


def service_of(context: Context, target: Resource) -> Resource | None:
    """The ECS service that a scaling target moves."""
    owners = context.once(
        "services by target",
        lambda: {
            item.urn: service
            for service in reversed(context.graph.of_type(SERVICE_TYPE))
            for item in targets_of(context, service)
        },
    )
    return owners.get(target.urn)


def _moves(context: Context, target: Resource, type_: str) -> list[Resource]:
    """Policies or scheduled actions of a target."""
    named = context.once(("by resourceId", type_), lambda: _by_resource_id(context, type_))
    found = {item.urn: item for item in reach(context).linking(target, type_, "resourceId")}
    found |= {item.urn: item for item in named.get(str(target.inputs.get("resourceId")), [])}
    return list(found.values())


def _by_resource_id(context: Context, type_: str) -> dict[object, list[Resource]]:
    found: dict[object, list[Resource]] = {}
    for item in context.graph.of_type(type_):
        id_ = item.inputs.get("resourceId")
        if isinstance(id_, str) and UNKNOWN_MARK not in id_:
            found.setdefault(id_, []).append(item)
    return found


@control(
    id="SCL-01",
    title="Every service scales by itself, and deployments leave its number of tasks alone",
    severity="high",
    family="ecs_service",
    rationale="A deployment that resets the number of tasks in the middle of a launch takes the shop down.",
    remediation="`aws.appautoscaling.Target`, a `Policy`, and `ignore_changes=['desired_count']` on the service.",
    requirements=published(nist="CP-2(2) CP-10 SC-5(2)"),
)
def service_scales(resource: Resource, context: Context) -> list[Outcome]:
    """A scaling target that is not suspended, with a policy; ``desiredCount`` is ignored."""
    if context.value(resource, "schedulingStrategy") == "DAEMON":
        return [not_applicable("a daemon has one task for each instance")]
    targets = targets_of(context, resource)
    if not targets:
        return [failed("has no scaling target", property="desiredCount")]
    found: list[Outcome] = []
    if "desiredCount" not in resource.options.ignore_changes and context.value(resource, "desiredCount") is not ABSENT:
        found.append(failed("a deployment resets its number of tasks", property="desiredCount"))
    for target in targets:
        if not _moves(context, target, POLICY):
            found.append(failed(f"{target.name}: has no scaling policy", property="desiredCount"))
        suspended = context.value(target, "suspendedState")
        if isinstance(suspended, dict) and any(is_true(value) for value in suspended.values()):
            found.append(failed(f"{target.name}: scaling is suspended", property="desiredCount"))
    return found or [passed()]


@control(
    id="SCL-02",
    title="At rest there are two tasks and one in each zone, and scaling can at least double them",
    severity="high",
    family="scaling_target",
    rationale="With one task a zone's failure is an outage; without room above, scaling is for show.",
    remediation="`min_capacity=3, max_capacity=6` or more, in three zones.",
    requirements=published("AutoScaling.2", nist="CP-2(2) CP-10 SC-5(2)"),
    # AutoScaling.2 asks for more than one zone, so 0 still meets it: two tasks, which ECS puts into two zones.
    parameters=(Parameter("tasks_per_zone", 1, 0, 3),),
)
def range_is_wide(resource: Resource, context: Context) -> list[Outcome]:
    """At least two tasks at rest and one a zone; at most double that, and what the launch is warmed up to."""
    if context.value(resource, "serviceNamespace") not in ("ecs", UNKNOWN):
        return [not_applicable("not the tasks of a service")]
    lowest, highest = (context.value(resource, key) for key in ("minCapacity", "maxCapacity"))
    if UNKNOWN in (lowest, highest):
        return [unknown("its range is not known", property="minCapacity")]
    service = service_of(context, resource)
    subnets = reach(context).subnets_of(service, "networkConfiguration") if service else ()
    zones = zones_of(context, subnets)
    found: list[Outcome] = []
    needed = max(2, math.ceil(len(zones) * context.parameter("tasks_per_zone")))
    if number(lowest) < needed:
        found.append(failed(f"has fewer than {needed} tasks at rest", property="minCapacity"))
    warmed = [context.value(item, "scalableTargetAction.minCapacity") for item in _moves(context, resource, ACTION)]
    if any(number(item) > number(highest) for item in warmed if item is not UNKNOWN):
        found.append(failed("is warmed up to more tasks than it may have", property="maxCapacity"))
    if number(highest) < 2 * number(lowest):
        found.append(failed("cannot double its tasks", property="maxCapacity"))
    return found or [passed()]


@control(
    id="SCL-03",
    title="Target tracking adds tasks quickly, removes them slowly, and keeps room",
    severity="med",
    family="scaling_policy",
    rationale="Tasks need minutes to come; above 70 % there is no time left, below 40 % money is.",
    remediation="`scale_out_cooldown=60, scale_in_cooldown=300, target_value=50`",
    requirements=published(nist="CP-2(2) SC-5(2)"),
    parameters=(Parameter("scale_out_cooldown", 60, 0, 300, "seconds"),),
)
def tracks_with_room(resource: Resource, context: Context) -> list[Outcome]:
    """Cooldowns, and the target of a utilisation metric; scale-in is not disabled for good."""
    if context.value(resource, "policyType") != "TargetTrackingScaling":
        return [not_applicable("not target tracking")]
    longest = number(context.parameter("scale_out_cooldown"))
    outcomes = [
        must(
            context,
            resource,
            f"{TRACKING}.scaleOutCooldown",
            lambda value: number(value) <= longest,
            f"waits more than {longest:g} s before it adds tasks again",
            missing=300,
        ),
        must(
            context,
            resource,
            f"{TRACKING}.scaleInCooldown",
            lambda value: number(value) >= 300,
            "removes tasks sooner than after 300 s",
            missing=300,
        ),
        must(context, resource, f"{TRACKING}.disableScaleIn", lambda value: not is_true(value), "never removes tasks"),
    ]
    metric = str(context.value(resource, f"{TRACKING}.predefinedMetricSpecification.predefinedMetricType"))
    if metric.startswith(UTILISATION):
        outcomes.append(
            must(
                context,
                resource,
                f"{TRACKING}.targetValue",
                lambda value: 40 <= number(value) <= 70,
                "its target lies outside 40 to 70 %",
            )
        )
    return all_of(*outcomes)


@control(
    id="SCL-04",
    title="Queue workers scale on what waits for each task",
    severity="med",
    family="scaling_target",
    rationale="A worker that waits for a gateway uses no CPU while its queue grows.",
    remediation="Target tracking on `ApproximateNumberOfMessagesVisible / RunningTaskCount` with metric math.",
    requirements=published(nist="SC-5(2)"),
)
def worker_scales_on_backlog(resource: Resource, context: Context) -> list[Outcome]:
    """A target whose service has no load balancer has a policy on a metric of AWS/SQS."""
    service = service_of(context, resource)
    if service is None or context.value(service, "loadBalancers") is not ABSENT:
        return [not_applicable("not a queue worker")]
    if not context.graph.of_type(QUEUE):
        return [not_applicable("the program has no queue")]
    policies = _moves(context, resource, POLICY)
    configurations = ("targetTrackingScalingPolicyConfiguration", "stepScalingPolicyConfiguration")
    for policy in policies:
        made_from = [item.type for key in configurations for item in context.graph.sources(policy, key)]
        text = str([context.value(policy, key) for key in configurations])
        # A step policy's metric stands in an alarm, which may be of another program.
        if "AWS/SQS" in text or QUEUE in made_from or context.value(policy, "policyType") == "StepScaling":
            return [passed()]
    if any(context.value(policy, key) is UNKNOWN for policy in policies for key in configurations):
        return [unknown("what its policies look at is not known", property="resourceId")]
    return [failed("scales without looking at its queue", property="resourceId")]


@control(
    id="SCL-05",
    title="What a scheduled action raises, another one restores; both say their time zone",
    severity="med",
    family="scaling_target",
    rationale="A pre-warm that nobody undoes is paid for until somebody reads the bill; UTC is an hour off in spring.",
    remediation="A second `aws.appautoscaling.ScheduledAction` with the usual range, and `timezone=` on both.",
    requirements=published(nist="CP-2(2)"),
)
def prewarm_is_restored(resource: Resource, context: Context) -> list[Outcome]:
    """Scheduled actions of a target name a time zone, and one of them goes back to its usual minimum."""
    actions = _moves(context, resource, ACTION)
    if not actions:
        return [not_applicable("has no scheduled action")]
    usual = context.value(resource, "minCapacity")
    lowest = [context.value(item, "scalableTargetAction.minCapacity") for item in actions]
    found: list[Outcome] = [
        failed(f"{item.name}: names no time zone", property="resourceId")
        for item in actions
        if context.value(item, "timezone") is ABSENT
    ]
    if UNKNOWN in (usual, *lowest):
        return [*found, unknown("its minimum is not known", property="minCapacity")]
    raises = any(number(item) > number(usual) for item in lowest)
    if raises and not any(item is not ABSENT and number(item) <= number(usual) for item in lowest):
        found.append(failed("is raised by a scheduled action and never restored", property="minCapacity"))
    return found or [passed()]
