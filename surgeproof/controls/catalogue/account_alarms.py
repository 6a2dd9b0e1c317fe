"""Controls of alarms on what happens in the account, and on what runs out in a launch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from surgeproof.controls.catalogue.sqs import dead_letter_queues
from surgeproof.controls.context import UNKNOWN, Context
from surgeproof.controls.control import control
from surgeproof.controls.expectations import entry, items
from surgeproof.controls.outcome import Outcome, failed, not_applicable, passed, unknown
from surgeproof.controls.published import published
from surgeproof.graph.model import Resource

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
HAPPENINGS: dict[str, tuple[str, ...]] = {
    "use of root": ("userIdentity.type", "Root"),
    "refused calls": ("UnauthorizedOperation",),
    "changes to IAM": ("PutRolePolicy", "AttachRolePolicy"),
    "changes to the trail": ("StopLogging", "DeleteTrail"),
    "loss of keys": ("DisableKey", "ScheduleKeyDeletion"),
    "changes to bucket policies": ("PutBucketPolicy",),
    "changes to security groups": ("AuthorizeSecurityGroupIngress",),
    "changes to network ACLs": ("CreateNetworkAcl",),
    "changes to routes": ("CreateRoute", "ReplaceRoute"),
    "changes to VPCs": ("CreateVpc", "DeleteVpc"),
}
"""What somebody is told of, and what the pattern of its metric filter names (CIS AWS Foundations, section 4)."""
LAUNCH: dict[str, tuple[tuple[str, ...], ...]] = {
    "load_balancer": (("HTTPCode_Target_5XX_Count", "HTTPCode_ELB_5XX_Count"), ("TargetResponseTime",)),
    "ecs_service": (("RunningTaskCount",),),
    "queue": (("ApproximateAgeOfOldestMessage",),),
    "database": (("CPUUtilization", "ACUUtilization"), ("DatabaseConnections",)),
    "cache": (("Evictions",),),
}
"""Family to the metrics that are alarmed on; of each tuple one is enough."""


@control(
    id="CW-05",
    title="Somebody is told of root, of refused calls and of changes to what protects the account",
    severity="med",
    family="trail",
    rationale="A trail that nobody reads tells the story afterwards.",
    remediation="`aws.cloudwatch.LogMetricFilter` on the trail's group for each, and a `MetricAlarm` on its metric.",
    requirements=published(
        " ".join(f"CloudWatch.{number}°" for number in range(1, 15)),
        pci="10.2.1.1c 10.4.1.1c",
        cis=" ".join(f"4.{number}/4.{number}" for number in range(1, 16)),
        nist="AU-6",
    ),
)
def changes_are_told(resource: Resource, context: Context) -> list[Outcome]:
    """A metric filter for each of `HAPPENINGS`, and an alarm that acts on its metric."""
    if "cloudWatchLogsGroupArn" not in resource.inputs and not resource.property_dependencies.get(
        "cloudWatchLogsGroupArn"
    ):
        return [not_applicable("is not delivered to CloudWatch Logs")]
    patterns, undecided = watched_patterns(context)
    missing = [
        what for what, words in HAPPENINGS.items() if not any(all(word in text for word in words) for text in patterns)
    ]
    if missing and undecided:
        return [unknown("what a metric filter looks for is not known", property="cloudWatchLogsGroupArn")]
    return [
        failed(f"nobody is told of {', '.join(missing)}", property="cloudWatchLogsGroupArn") if missing else passed()
    ]


def watched_patterns(context: Context) -> tuple[list[str], bool]:
    """Patterns of metric filters whose metric an alarm acts on; and whether one of them is not known."""
    acting = [alarm for alarm in context.graph.of_type(ALARM) if acts(alarm)]
    watched = {name for alarm in acting for name in metrics(context, alarm)}
    linked = {urn for alarm in acting for urn in alarm.property_dependencies.get("metricName", ())}
    patterns = [
        context.value(item, "pattern")
        for item in context.family("log_metric_filter")
        if item.urn in linked or str(context.value(item, "metricTransformation.name")) in watched
    ]
    return [item for item in patterns if isinstance(item, str)], UNKNOWN in patterns


def metrics(context: Context, alarm: Resource) -> Iterator[str]:
    """Names of the metrics that an alarm looks at, by itself or in its metric math."""
    name = context.value(alarm, "metricName")
    if isinstance(name, str):
        yield name
    for query in items(context, alarm, "metricQueries") or []:
        nested: Any = entry(query, "metric")
        if isinstance(nested, dict) and isinstance(nested.get("metricName"), str):
            yield nested["metricName"]


def acts(alarm: Resource) -> bool:
    """Whether an alarm does anything when it goes off."""
    return bool(alarm.property_dependencies.get("alarmActions")) or bool(alarm.inputs.get("alarmActions"))


@control(
    id="CW-06",
    title="What runs out in a launch is alarmed on: errors, latency, tasks, queue age, database, cache",
    severity="med",
    family="stack",
    rationale="In a launch the first to know must not be the shoppers.",
    remediation="`aws.cloudwatch.MetricAlarm` on `HTTPCode_Target_5XX_Count`, `TargetResponseTime`, `RunningTaskCount`, "
    "`ApproximateAgeOfOldestMessage`, `DatabaseConnections`, `Evictions` and the like",
    requirements=published(nist="SI-4"),
)
def launch_is_alarmed(_resource: None, context: Context) -> list[Outcome]:
    """For each family of `LAUNCH` that the program has, an alarm on its metrics that acts."""
    used = [family for family in LAUNCH if _live(context, family)]
    if not used:
        return [not_applicable("nothing that runs out in a launch")]
    watched = {name for alarm in context.graph.of_type(ALARM) if acts(alarm) for name in metrics(context, alarm)}
    missing = [choice[0] for family in used for choice in LAUNCH[family] if not any(name in watched for name in choice)]
    if missing and any(_unsure(context, alarm) for alarm in context.graph.of_type(ALARM)):
        return [unknown("what an alarm looks at is not known")]
    return [failed(f"no alarm on {', '.join(missing)}")] if missing else [passed()]


def _unsure(context: Context, alarm: Resource) -> bool:
    return UNKNOWN in (context.value(alarm, "metricName"), context.value(alarm, "metricQueries"))


def _live(context: Context, family: str) -> bool:
    members = context.family(family)
    return bool(set(members) - dead_letter_queues(context)) if family == "queue" else bool(members)
