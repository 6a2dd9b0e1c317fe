"""Controls of queues."""

from __future__ import annotations

from typing import Any

from surgeproof.controls.admission import denies_without_tls, statements, unbounded
from surgeproof.controls.containers import containers
from surgeproof.controls.context import ABSENT, UNKNOWN, Context
from surgeproof.controls.control import control
from surgeproof.controls.expectations import all_of, customer_key, entry, is_true, items, number
from surgeproof.controls.network_reach import reach
from surgeproof.controls.outcome import Outcome, failed, not_applicable, passed, unknown
from surgeproof.controls.placement import SERVICE_TYPE
from surgeproof.controls.policy_document import grants
from surgeproof.controls.published import published
from surgeproof.graph.model import Resource
from surgeproof.graph.wire import UNKNOWN_MARK

QUEUE = "queue"
QUEUE_TYPE = "aws:sqs/queue:Queue"
TASK_TYPE = "aws:ecs/taskDefinition:TaskDefinition"
DAY = 86_400
MAX_RETENTION = 14 * DAY
_CARRIES = ("sqs:SendMessage", "sqs:ReceiveMessage")
"""Actions that carry a message over the connection."""


def _redrive(context: Context, queue: Resource) -> tuple[Resource, str] | None:
    """Where a queue's redrive policy stands: inline or in a companion."""
    if context.value(queue, "redrivePolicy") is not ABSENT:
        return queue, "redrivePolicy"
    companions = reach(context).linking(queue, "aws:sqs/redrivePolicy:RedrivePolicy", "queueUrl")
    return (companions[0], "redrivePolicy") if companions else None


def dead_letter_target(context: Context, queue: Resource) -> Resource | None:
    """The queue of this program that a queue's undeliverable messages go to."""
    place = _redrive(context, queue)
    if place is None:
        return None
    owner, property_ = place
    linked = [item for item in context.graph.sources(owner, property_) if item.type == QUEUE_TYPE and item != queue]
    if linked:
        return linked[0]
    wanted = _document(context, owner, property_).get("deadLetterTargetArn")
    named = context.once(
        "queues by arn", lambda: {item.outputs.get("arn"): item for item in context.graph.of_type(QUEUE_TYPE)}
    )
    return named.get(wanted) if isinstance(wanted, str) and UNKNOWN_MARK not in wanted else None


def dead_letter_queues(context: Context) -> set[Resource]:
    """Queues that another queue, an event target, a schedule or a function sends to when delivery fails."""
    return context.once("dead-letter queues", lambda: _dead_letter_queues(context))


def _dead_letter_queues(context: Context) -> set[Resource]:
    graph = context.graph
    found = {target for queue in graph.of_type(QUEUE_TYPE) if (target := dead_letter_target(context, queue))}
    for resource in graph.resources:
        for property_ in ("deadLetterConfig", "destinationConfig"):
            found |= {item for item in graph.sources(resource, property_) if item.type == QUEUE_TYPE}
    for schedule in graph.of_type("aws:scheduler/schedule:Schedule"):
        arn = context.value(schedule, "target.deadLetterConfig.arn")
        queues = {item for item in graph.sources(schedule, "target") if item.type == QUEUE_TYPE}
        # A schedule whose target is a task names no other queue.
        runs_task = context.value(schedule, "target.ecsParameters") is not ABSENT
        found |= {item for item in queues if runs_task or (arn is not UNKNOWN and item.outputs.get("arn") == arn)}
    return found


def _document(context: Context, resource: Resource, property_: str) -> dict[str, Any]:
    found = items(context, resource, property_)
    return found[0] if found and isinstance(found[0], dict) else {}


@control(
    id="SQS-01",
    title="Queues are encrypted with a customer key",
    severity="high",
    family=QUEUE,
    rationale="With SQS's own key nobody can say who may read messages, or stop it.",
    remediation="`kms_master_key_id=key.arn`",
    requirements=published("SQS.1", pci="3.5.1p 3.6.1p", nist="SC-28"),
)
def queue_has_customer_key(resource: Resource, context: Context) -> Outcome:
    """A KMS key that is not alias/aws/sqs."""
    return customer_key(context, resource, "kmsMasterKeyId", "is not encrypted with a customer key")


@control(
    id="SQS-02",
    title="Every queue gives up on a message after 3 to 10 tries, to a dead-letter queue of its own kind",
    severity="high",
    family=QUEUE,
    rationale="One message that cannot be handled comes back for ever, and holds up orders behind it.",
    remediation="`redrive_policy=pulumi.Output.json_dumps({'deadLetterTargetArn': dead.arn, 'maxReceiveCount': 5})`, and "
    "`aws.sqs.RedriveAllowPolicy` on the dead-letter queue",
    requirements=published(nist="SI-11"),
)
def queue_gives_up(resource: Resource, context: Context) -> list[Outcome]:
    """A redrive policy to a queue of the same type that names its sources."""
    dead = dead_letter_queues(context)
    place = _redrive(context, resource)
    if resource in dead and place is None:
        return [not_applicable("a dead-letter queue")]
    if place is None:
        return [failed("has no dead-letter queue", property="redrivePolicy")]
    target = dead_letter_target(context, resource)
    if target is None:
        return [failed("its dead-letter queue is not of this program", property="redrivePolicy")]
    return all_of(
        _receives(context, *place), _same_kind(context, resource, target), _names_source(context, resource, target)
    )


def _receives(context: Context, owner: Resource, property_: str) -> Outcome:
    if context.value(owner, property_) is UNKNOWN:
        return unknown("after how many tries it gives up is not known", property=property_)
    count = number(_document(context, owner, property_).get("maxReceiveCount"))
    if 3 <= count <= 10:
        return passed()
    return failed("gives up after too few or too many tries", property=property_)


def _same_kind(context: Context, queue: Resource, target: Resource) -> Outcome:
    if is_true(context.value(queue, "fifoQueue")) == is_true(context.value(target, "fifoQueue")):
        return passed()
    return failed(f"{target.name}: of a FIFO queue the dead-letter queue must be FIFO too", property="redrivePolicy")


def _names_source(context: Context, queue: Resource, target: Resource) -> Outcome:
    place, name = target, "redriveAllowPolicy"
    if context.value(target, name) is ABSENT:
        companions = reach(context).linking(target, "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy", "queueUrl")
        if not companions:
            return failed(f"{target.name}: takes dead letters of any queue of the account", property="redrivePolicy")
        place = companions[0]
    if context.value(place, name) is UNKNOWN:
        return unknown(f"{target.name}: whose dead letters it takes is not known", property="redrivePolicy")
    allowed = _document(context, place, name)
    if allowed.get("redrivePermission") != "byQueue":
        return failed(f"{target.name}: takes dead letters of any queue, or of none", property="redrivePolicy")
    linked = queue in context.graph.sources(place, name)
    if linked or queue.outputs.get("arn") in allowed.get("sourceQueueArns", []):
        return passed()
    return failed(f"{target.name}: does not name this queue among its sources", property="redrivePolicy")


@control(
    id="SQS-03",
    title="Dead letters are kept 14 days, and every queue says how long it keeps messages",
    severity="med",
    family=QUEUE,
    rationale="A message keeps its age when it moves: a short retention deletes dead letters before anybody looks.",
    remediation="`message_retention_seconds=14 * 86400`",
    requirements=published(pci="3.2.1p", nist="SI-12"),
)
def retention_is_chosen(resource: Resource, context: Context) -> Outcome:
    """Retention is explicit; 14 days on dead-letter queues."""
    kept = context.value(resource, "messageRetentionSeconds")
    if kept is UNKNOWN:
        return unknown("its retention is not known", property="messageRetentionSeconds")
    if kept is ABSENT:
        return failed("does not say how long it keeps messages", property="messageRetentionSeconds")
    if resource in dead_letter_queues(context) and number(kept) < MAX_RETENTION:
        return failed("keeps dead letters less than 14 days", property="messageRetentionSeconds")
    return passed()


@control(
    id="SQS-04",
    title="A message stays hidden for as long as whoever has it may need",
    severity="med",
    family=QUEUE,
    rationale="A message that shows up again while it is handled is handled twice.",
    remediation="`visibility_timeout_seconds=6 * function_timeout`; for a worker its handler's time and its stop timeout",
    requirements=published(nist="SC-5"),
)
def stays_hidden(resource: Resource, context: Context) -> list[Outcome]:
    """Visibility timeout against the timeout of each function that reads the queue, and what each worker declares."""
    ways = reach(context)
    functions = [
        function
        for mapping in ways.linking(resource, "aws:lambda/eventSourceMapping:EventSourceMapping", "eventSourceArn")
        for function in ways.linked(mapping, "functionName")
    ]
    workers = _workers(context, resource)
    if not functions and not workers:
        return [not_applicable("neither a function nor a worker reads it")]
    hidden = context.value(resource, "visibilityTimeoutSeconds")
    if hidden is UNKNOWN:
        return [unknown("how long it hides messages is not known", property="visibilityTimeoutSeconds")]
    seconds = 30 if hidden is ABSENT else number(hidden)
    late = [
        failed(f"shows messages again while a task of {item.name} still has them", property="visibilityTimeoutSeconds")
        for item in workers
        if seconds < _handling(context, item)
    ]
    late += [
        failed(f"hides messages less than six times the timeout of {item.name}", property="visibilityTimeoutSeconds")
        for item in functions
        if seconds < 6 * number(item.inputs.get("timeout", 3))
    ]
    return late or [passed()]


def _workers(context: Context, queue: Resource) -> list[Resource]:
    """Task definitions that are given a queue, of services without a load balancer."""
    ways = reach(context)
    return [
        item
        for item in ways.linking(queue, TASK_TYPE, "containerDefinitions")
        if any(
            context.value(service, "loadBalancers") is ABSENT
            for service in ways.linking(item, SERVICE_TYPE, "taskDefinition")
        )
    ]


def _handling(context: Context, task: Resource) -> float:
    """Seconds that a worker may need for what it has received: what it declares, and what it is given to stop."""
    longest = 0.0
    for item in containers(context, task) or []:
        variables = {str(entry(pair, "name")): entry(pair, "value") for pair in item.get("environment") or []}
        declared = [number(value) for name, value in variables.items() if name.endswith("HANDLER_TIMEOUT")]
        longest = max(longest, sum(declared) + max(number(item.get("stopTimeout", 30)), 0))
    return longest


@control(
    id="SQS-05",
    title="Queue policies let named senders in, over TLS only",
    severity="crit",
    family=QUEUE,
    rationale="Who can write to the order queue can make orders.",
    remediation="A policy with `aws:SourceArn` on service principals and a deny on `aws:SecureTransport: false`.",
    requirements=published("SQS.3", pci="7.2.1p 7.3.1p 4.2.1j", nist="AC-3 SC-8"),
)
def policy_is_narrow(resource: Resource, context: Context) -> list[Outcome]:
    """No unbounded principal, and non-TLS denied."""
    places = [resource] if context.value(resource, "policy") is not ABSENT else []
    places += reach(context).linking(resource, "aws:sqs/queuePolicy:QueuePolicy", "queueUrl")
    if not places:
        return [failed("has no policy, so connections without TLS are taken", property="policy")]
    documents = [context.document(item, "policy") for item in places]
    if UNKNOWN in documents:
        return [unknown("its policy is known only after deployment", property="policy")]
    wide = [text for document in documents if (text := unbounded(document))]
    tls = any(
        denies_without_tls(item) and all(grants(item, action) for action in _CARRIES)
        for document in documents
        for item in statements(document)
    )
    return all_of(
        *(failed(text, property="policy") for text in wide),
        passed() if tls else failed("takes connections without TLS", property="policy"),
    )
