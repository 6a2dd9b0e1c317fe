"""Controls of EventBridge: buses, targets, archives."""

from __future__ import annotations

from surgeproof.controls.admission import unbounded
from surgeproof.controls.context import ABSENT, UNKNOWN, Context
from surgeproof.controls.control import control
from surgeproof.controls.expectations import all_of, customer_key, must, number, same
from surgeproof.controls.network_reach import reach
from surgeproof.controls.outcome import Outcome, failed, not_applicable, passed, unknown
from surgeproof.controls.published import published
from surgeproof.graph.model import Resource

BUS_POLICY = "aws:cloudwatch/eventBusPolicy:EventBusPolicy"
BUS_PERMISSION = "aws:cloudwatch/eventPermission:EventPermission"
ARCHIVE = "aws:cloudwatch/eventArchive:EventArchive"


@control(
    id="EVB-01",
    title="A bus says who may put events on it",
    severity="med",
    family="event_bus",
    rationale="An event that anybody can send is an order that anybody can place.",
    remediation="`aws.cloudwatch.EventBusPolicy(event_bus_name=bus.name, policy=...)` with the account as principal.",
    requirements=published("EventBridge.3†", pci="7.2.1c", nist="AC-3"),
)
def bus_has_policy(resource: Resource, context: Context) -> list[Outcome]:
    """A resource policy that is scoped."""
    ways = reach(context)
    policies = ways.linking(resource, (BUS_POLICY, BUS_PERMISSION), "eventBusName") or [
        item
        for item in context.family("event_bus_policy")
        if same(item.inputs.get("eventBusName"), resource.inputs.get("name"))
    ]
    if not policies:
        return [failed("has no resource policy", property="name")]
    documents = [context.document(item, "policy") for item in policies]
    if UNKNOWN in documents:
        return [unknown("its policy is known only after deployment", property="policy")]
    open_ = [
        item
        for item in policies
        if context.value(item, "principal") == "*" and context.value(item, "condition") is ABSENT
    ]
    return all_of(
        *(failed(text, property="policy") for document in documents if (text := unbounded(document))),
        *(failed(f"{item.name}: lets everybody in", property="policy") for item in open_),
    )


@control(
    id="EVB-02",
    title="No event is lost: each target retries and has a dead-letter queue, each bus of orders an archive",
    severity="high",
    family="event_target",
    rationale="EventBridge drops what it could not deliver in 24 hours, and says nothing.",
    remediation="`dead_letter_config={'arn': undelivered.arn}, retry_policy={...}`; `aws.cloudwatch.EventArchive`",
    requirements=published(pci="10.5.1j", nist="SI-11"),
)
def no_event_is_lost(resource: Resource, context: Context) -> list[Outcome]:
    """A dead-letter queue and a retry policy on the target; an archive on its custom bus."""
    queue = passed()
    if context.value(resource, "deadLetterConfig.arn") is ABSENT:
        queue = failed("has no dead-letter queue", property="deadLetterConfig")
    retries = must(
        context,
        resource,
        "retryPolicy.maximumRetryAttempts",
        lambda value: number(value) >= 1,
        "has no retry policy, or one that never retries",
    )
    ways = reach(context)
    buses = [item for item in ways.linked(resource, "eventBusName") if item.type.endswith(":EventBus")]
    bare = [
        failed(f"{bus.name}: has no archive", property="eventBusName")
        for bus in buses
        if not ways.linking(bus, ARCHIVE, "eventSourceArn")
    ]
    return all_of(queue, retries, *bare)


@control(
    id="EVB-03",
    title="Buses, schedules and pipes are encrypted with a customer key",
    severity="med",
    family="event_carrier",
    rationale="Events carry the same orders as the queues behind them.",
    remediation="`kms_key_identifier=key.arn`; on a schedule `kms_key_arn=key.arn`",
    requirements=published(pci="3.5.1j", nist="SC-28"),
)
def bus_has_customer_key(resource: Resource, context: Context) -> Outcome:
    """A KMS key of one's own."""
    if context.value(resource, "name") == "default":
        return not_applicable("the account's default bus")
    property_ = "kmsKeyArn" if resource.type.endswith(":Schedule") else "kmsKeyIdentifier"
    return customer_key(context, resource, property_, "is not encrypted with a customer key")
