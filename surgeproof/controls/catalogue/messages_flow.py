"""Controls of how messages and events flow: what is asked for, what is taken, how long events are kept."""

from __future__ import annotations

from surgeproof.controls.catalogue.sqs import dead_letter_queues
from surgeproof.controls.context import ABSENT, UNKNOWN, Context
from surgeproof.controls.control import control
from surgeproof.controls.expectations import must, number
from surgeproof.controls.outcome import Outcome, failed, not_applicable, passed, unknown
from surgeproof.controls.published import published
from surgeproof.graph.model import Resource

REUSE = (300, 3600)
"""Seconds that a data key of KMS is used again: less asks KMS too often, more keeps a key for too long."""


@control(
    id="SQS-06",
    title="Workers wait for messages instead of asking all the time",
    severity="low",
    family="queue",
    rationale="Each empty answer is paid for, and a short poll asks some of the servers only: messages seem to be missing.",
    remediation="`receive_wait_time_seconds=20`",
    requirements=published(nist="SC-5"),
)
def polls_are_long(resource: Resource, context: Context) -> Outcome:
    """Ten seconds at least; nobody works on dead letters all the time."""
    if resource in dead_letter_queues(context):
        return not_applicable("a dead-letter queue")
    return must(
        context,
        resource,
        "receiveWaitTimeSeconds",
        lambda value: number(value) >= 10,
        "answers at once that it is empty",
        missing=0,
    )


@control(
    id="SQS-07",
    title="A queue asks KMS for a key every five minutes at most, and every hour at least",
    severity="low",
    family="queue",
    rationale="The account's calls to KMS are bounded; a queue that asks with every message takes them from everything else.",
    remediation="`kms_data_key_reuse_period_seconds=300`",
    requirements=published(nist="SC-12 SC-5"),
)
def key_is_used_again(resource: Resource, context: Context) -> Outcome:
    """From 300 to 3,600 seconds where the queue has a key of KMS; SQS's default is 300."""
    if context.value(resource, "kmsMasterKeyId") is ABSENT:
        return not_applicable("has no key of KMS")
    return must(
        context,
        resource,
        "kmsDataKeyReusePeriodSeconds",
        lambda value: REUSE[0] <= number(value) <= REUSE[1],
        "asks KMS too often, or keeps a key too long",
        missing=300,
    )


@control(
    id="EVB-04",
    title="A rule says whose events it takes",
    severity="med",
    family="event_rule",
    rationale="A rule without a source takes every event of the bus: with the next source its target gets what it cannot read.",
    remediation="`event_pattern=json.dumps({'source': ['shop.orders'], ...})`",
    requirements=published(nist="AC-4 SI-10"),
)
def rule_names_a_source(resource: Resource, context: Context) -> Outcome:
    """Its pattern has ``source``, and does not take whatever begins with nothing; one on a schedule takes no event."""
    if context.value(resource, "scheduleExpression") is not ABSENT:
        return not_applicable("runs on a schedule")
    pattern = context.document(resource, "eventPattern")
    if pattern is UNKNOWN:
        return unknown("what it takes is not known", property="eventPattern")
    sources = pattern.get("source") if isinstance(pattern, dict) else None
    if not sources or any(item in ({"prefix": ""}, {"wildcard": "*"}, {"exists": True}) for item in sources):
        return failed("takes events of every source", property="eventPattern")
    return passed()


@control(
    id="EVB-05",
    title="Rules are on",
    severity="med",
    family="event_rule",
    rationale="A rule that was switched off for a test lets orders, or alarms of intruders, fall in silence.",
    remediation="`state='ENABLED'`, which is the default; delete a rule that is not needed.",
    requirements=published(nist="SI-4"),
)
def rule_is_on(resource: Resource, context: Context) -> Outcome:
    """Its state is none of those that are off."""
    return must(context, resource, "state", lambda value: value != "DISABLED", "is switched off", missing="ENABLED")


@control(
    id="EVB-06",
    title="An archive of events says how long it keeps them",
    severity="low",
    family="event_archive",
    rationale="Orders name people; zero days, the default, keeps them for ever.",
    remediation="`retention_days=30`",
    requirements=published(pci="3.2.1j", nist="SI-12"),
)
def archive_ends(resource: Resource, context: Context) -> Outcome:
    """A number of days above none."""
    return must(context, resource, "retentionDays", lambda value: number(value) > 0, "keeps events for ever", missing=0)


@control(
    id="SNS-04",
    title="Notifications are signed with SHA-256",
    severity="low",
    family="topic",
    rationale="Version 1 signs with SHA-1: who receives an alert by HTTPS cannot be sure that AWS sent it.",
    remediation="`signature_version=2`",
    requirements=published(nist="SC-13"),
)
def signature_is_strong(resource: Resource, context: Context) -> Outcome:
    """Signature version 2; AWS's default is 1."""
    return must(context, resource, "signatureVersion", lambda value: number(value) >= 2, "signs with SHA-1", missing=1)
