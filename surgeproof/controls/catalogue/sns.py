"""Controls of topics."""

from __future__ import annotations

from surgeproof.controls.admission import unbounded
from surgeproof.controls.context import ABSENT, UNKNOWN, Context
from surgeproof.controls.control import control
from surgeproof.controls.expectations import all_of, customer_key
from surgeproof.controls.network_reach import reach
from surgeproof.controls.outcome import Outcome, failed, passed, unknown
from surgeproof.controls.policy_document import foreign_account, own_accounts
from surgeproof.controls.published import published
from surgeproof.graph.model import Resource

KEPT = ("sqs", "lambda")
FEEDBACK = {"sqs": "sqs", "lambda": "lambda", "http": "http", "https": "http", "firehose": "firehose"}
"""Protocol to the start of the topic's property for its failures; mail and text messages have none."""


@control(
    id="SNS-01",
    title="Topics are encrypted with a customer key",
    severity="high",
    family="topic",
    rationale="A message says what happened in the shop, and to whom.",
    remediation="`kms_master_key_id=key.arn`",
    requirements=published("SNS.1°", pci="3.5.1p", nist="SC-28"),
)
def topic_has_customer_key(resource: Resource, context: Context) -> Outcome:
    """A KMS key that is not alias/aws/sns."""
    return customer_key(context, resource, "kmsMasterKeyId", "is not encrypted with a customer key")


@control(
    id="SNS-02",
    title="Topic policies let in neither everybody nor other accounts",
    severity="high",
    family="topic",
    rationale="Who can publish can raise, or drown, an alarm.",
    remediation="A condition on `aws:SourceAccount` or `aws:SourceArn`.",
    requirements=published("SNS.4", pci="7.3.1p", nist="AC-3"),
)
def topic_policy_is_narrow(resource: Resource, context: Context) -> list[Outcome]:
    """No unbounded principal; AWS's default policy lets in the owner alone."""
    places = [resource, *context.companions(resource, "topic_policy", by="arn")]
    documents = [found for item in places if (found := context.document(item, "policy")) is not None]
    if UNKNOWN in documents:
        return [unknown("its policy is known only after deployment", property="policy")]
    own = own_accounts(context)
    texts = [text for document in documents if (text := unbounded(document))]
    texts += ["lets another account in" for document in documents if foreign_account(document, own)]
    return all_of(*(failed(text, property="policy") for text in texts), passed())


@control(
    id="SNS-03",
    title="Subscriptions are delivered over TLS, kept when they fail, and their failures are logged",
    severity="med",
    family="topic_subscription",
    rationale="An alarm that could not be delivered looks like a quiet night.",
    remediation="`protocol='https'`; `redrive_policy=` with a dead-letter queue; `sqs_failure_feedback_role_arn=` on alert topics",
    requirements=published("SNS.2°", pci="4.2.1j 10.2.1c", nist="SC-8 AU-12"),
)
def subscription_is_kept(resource: Resource, context: Context) -> list[Outcome]:
    """No plain HTTP; a redrive policy to queues and functions; failures logged where alarms use the topic."""
    protocol = context.value(resource, "protocol")
    if protocol is UNKNOWN:
        return [unknown("its protocol is not known", property="protocol")]
    kept = protocol not in KEPT or context.value(resource, "redrivePolicy") is not ABSENT
    prefix = FEEDBACK.get(str(protocol))
    topics = [item for item in context.graph.sources(resource, "topic") if item.type.endswith(":Topic")]
    silent = [
        topic
        for topic in topics
        if prefix
        and reach(context).linking(topic, "aws:cloudwatch/metricAlarm:MetricAlarm", "alarmActions")
        and context.value(topic, f"{prefix}FailureFeedbackRoleArn") is ABSENT
    ]
    return all_of(
        failed("is delivered over plain HTTP", property="protocol") if protocol == "http" else passed(),
        passed() if kept else failed("loses what it could not deliver", property="redrivePolicy"),
        *(failed(f"{topic.name}: does not log failed deliveries", property="topic") for topic in silent),
    )
