"""Controls of alarms."""

from __future__ import annotations

from surgeproof.controls.catalogue.account_alarms import acts, watched_patterns
from surgeproof.controls.catalogue.sqs import dead_letter_queues
from surgeproof.controls.catalogue.threats import reaches_topic
from surgeproof.controls.context import ABSENT, UNKNOWN, Context
from surgeproof.controls.control import control
from surgeproof.controls.expectations import all_of, is_true, items, must
from surgeproof.controls.network_reach import reach
from surgeproof.controls.outcome import Outcome, failed, not_applicable, passed, unknown
from surgeproof.controls.published import published
from surgeproof.graph.model import Resource
from surgeproof.graph.wire import UNKNOWN_MARK

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
COMPOSITE = "aws:cloudwatch/compositeAlarm:CompositeAlarm"
VISIBLE = "ApproximateNumberOfMessagesVisible"
FAILURES: dict[str, tuple[str, tuple[str, ...]]] = {
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": ("AWS/Firehose", ()),
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": (
        "AWS/Firehose",
        ("DeleteLoggingConfiguration",),
    ),
    "aws:cfg/recorder:Recorder": ("AWS/Config", ("StopConfigurationRecorder",)),
    "aws:ec2/flowLog:FlowLog": ("AWS/Logs", ("DeleteFlowLogs",)),
    "aws:cloudtrail/trail:Trail": ("", ("StopLogging",)),
    "aws:guardduty/detector:Detector": ("", ("DeleteDetector",)),
}
"""What records for audit and can fall silent: its type, to the namespace of its own metrics and the calls that end it."""


@control(
    id="CW-03",
    title="Alarms are on and tell somebody",
    severity="high",
    family="alarm",
    rationale="An alarm that calls nobody is a colour in a console.",
    remediation="`alarm_actions=[topic.arn]`",
    requirements=published("CloudWatch.15° CloudWatch.17°", pci="10.7.2p 12.10.5p", nist="SI-4"),
)
def alarm_tells_somebody(resource: Resource, context: Context) -> list[Outcome]:
    """Actions are enabled and there is one; one that a service's deployment watches rolls it back instead."""
    if reach(context).linking(resource, "aws:ecs/service:Service", "alarms"):
        return [not_applicable("rolls a deployment back, and calls nobody")]
    if resource.type == COMPOSITE and reach(context).linking(resource, COMPOSITE, "alarmRule"):
        return [not_applicable("is a part of a composite alarm, which calls for it")]
    actions = items(context, resource, "alarmActions")
    told = passed()
    if actions is None:
        linked = "alarmActions" in resource.property_dependencies
        told = passed() if linked else unknown("its actions are not known", property="alarmActions")
    elif not actions and context.value(resource, "alarmActions") is not UNKNOWN:
        told = failed("calls nobody", property="alarmActions")
    return all_of(
        told, must(context, resource, "actionsEnabled", is_true, "its actions are switched off", missing=True)
    )


@control(
    id="CW-04",
    title="Every dead-letter queue has an alarm",
    severity="high",
    family="queue",
    rationale="A dead letter is an order that was paid and will not be sent; somebody has to look the same day.",
    remediation="```python\naws.cloudwatch.MetricAlarm(\n    'dead', namespace='AWS/SQS', metric_name='ApproximateNumberOfMessagesVisible',"
    "\n    dimensions={'QueueName': dead.name}, comparison_operator='GreaterThanOrEqualToThreshold', threshold=1,"
    "\n    statistic='Maximum', period=60, evaluation_periods=1, alarm_actions=[topic.arn],\n)\n```",
    requirements=published(pci="10.7.2j", nist="SI-4"),
)
def dead_letters_alarm(resource: Resource, context: Context) -> list[Outcome]:
    """Any alarm with an action on the number of visible messages of the queue."""
    if resource not in dead_letter_queues(context):
        return [not_applicable("not a dead-letter queue")]
    name = resource.outputs.get("name") or resource.inputs.get("name")
    linked = [
        alarm
        for alarm in reach(context).linking(resource, ALARM, "dimensions")
        if context.value(alarm, "metricName") == VISIBLE
    ]
    watching = [*linked, *_by_queue(context).get(str(name), [])]
    if any(context.value(alarm, "alarmActions") not in (ABSENT, []) for alarm in watching):
        return [passed()]
    said = f"{watching[0].name}: calls nobody" if watching else "nobody is told when a message arrives in it"
    return [failed(said, property="id")]


def _by_queue(context: Context) -> dict[object, list[Resource]]:
    """Alarms on visible messages, by the queue's name where it is written out."""
    return context.once("alarms by queue", lambda: _named_queues(context))


def _named_queues(context: Context) -> dict[object, list[Resource]]:
    found: dict[object, list[Resource]] = {}
    for alarm in context.graph.of_type(ALARM):
        dimensions = context.value(alarm, "dimensions")
        name = dimensions.get("QueueName") if isinstance(dimensions, dict) else None
        if context.value(alarm, "metricName") == VISIBLE and isinstance(name, str) and UNKNOWN_MARK not in name:
            found.setdefault(name, []).append(alarm)
    return found


@control(
    id="CW-07",
    title="When a control stops recording, somebody is told",
    severity="high",
    family="stack",
    rationale="PCI DSS asks that the failure of a security control is noticed; audit that stopped makes no noise.",
    remediation="An `aws.cloudwatch.EventRule` on the calls that end each (`StopLogging`, `DeleteFlowLogs`, ...) with a topic "
    "behind it; for Firehose a `MetricAlarm` on its delivery.",
    requirements=published(pci="10.7.2j 10.7.3j", nist="AU-5"),
)
def failures_alarm(resource: Resource | None, context: Context) -> list[Outcome]:
    """For each that records for audit: an alarm in its namespace, or on the calls that end it, that somebody hears."""
    del resource
    recording = [item for item in context.graph.resources if item.type in FAILURES]
    if not recording:
        return [not_applicable("nothing that records for audit")]
    namespaces = {str(context.value(item, "namespace")) for item in context.graph.of_type(ALARM) if acts(item)}
    heard, undecided = _heard(context)
    found: list[Outcome] = []
    for item in recording:
        namespace, calls = FAILURES[item.type]
        if namespace not in namespaces and not any(call in text for call in calls for text in heard):
            found.append(failed(f"{item.name}: nobody is told when it stops", property="name"))
    if found and undecided:
        return [unknown("what a rule or a metric filter listens to is not known")]
    return found or [passed()]


def _heard(context: Context) -> tuple[list[str], bool]:
    """Patterns of rules that reach a topic and of metric filters that are alarmed on; and whether one is not known."""
    rules = [
        context.value(item, "eventPattern")
        for item in context.family("event_rule")
        if context.value(item, "state") != "DISABLED" and reaches_topic(context, item)
    ]
    filters, undecided = watched_patterns(context)
    return [*(str(item) for item in rules), *filters], undecided or UNKNOWN in rules
