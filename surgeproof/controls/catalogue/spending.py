"""Controls of what watches from outside: budgets that warn in time, and the walk through the shop."""

from __future__ import annotations

import re

from surgeproof.controls.context import ABSENT, UNKNOWN, Context
from surgeproof.controls.control import control
from surgeproof.controls.expectations import all_of, entry, is_true, items, must, number
from surgeproof.controls.outcome import Outcome, failed, passed, unknown
from surgeproof.controls.published import published
from surgeproof.graph.model import Resource

SUBSCRIBERS = ("subscriberSnsTopicArns", "subscriberEmailAddresses")
_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_MINUTES = {"minute": 1, "hour": 60, "day": 1440}
SELDOM = 5
"""Minutes within which a checkout that is broken has to be noticed."""


@control(
    id="BUD-01",
    title="Each warning of a budget reaches somebody",
    severity="low",
    family="budget",
    rationale="A launch that costs ten times as much as planned is noticed on the invoice.",
    remediation="`notifications=[{..., 'subscriber_sns_topic_arns': [topic.arn]}]`",
    requirements=published(nist="SI-4"),
)
def warnings_reach_somebody(resource: Resource, context: Context) -> Outcome:
    """There are notifications, and each has a subscriber."""
    told = items(context, resource, "notifications")
    if told is None:
        return unknown("whom it tells is not known", property="notifications")
    deaf = [item for item in told if not any(_somebody(item, key) for key in SUBSCRIBERS)]
    return failed("warns nobody", property="notifications") if deaf or not told else passed()


def _somebody(item: object, key: str) -> bool:
    value = entry(item, key)
    return value is UNKNOWN or bool(value)


@control(
    id="BUD-02",
    title="A budget warns before the money is spent",
    severity="low",
    family="budget",
    rationale="A warning at 100 % comes when nothing can be saved any more.",
    remediation="`{'notification_type': 'ACTUAL', 'threshold': 80, 'threshold_type': 'PERCENTAGE', ...}`",
    requirements=published(nist="SI-4"),
)
def budget_warns_in_time(resource: Resource, context: Context) -> Outcome:
    """A notification below 100 %, or on a forecast."""
    told = items(context, resource, "notifications")
    if told is None:
        return unknown("when it warns is not known", property="notifications")
    early = [
        item
        for item in told
        if entry(item, "notificationType") == "FORECASTED"
        or (entry(item, "thresholdType") == "PERCENTAGE" and 0 < number(entry(item, "threshold")) < 100)
    ]
    return passed() if early else failed("warns when the money is spent", property="notifications")


@control(
    id="SYN-01",
    title="The walk through the shop is on, and comes every five minutes",
    severity="med",
    family="canary",
    rationale="With no order in the quiet before a launch, nothing but a walk tells that nobody could place one.",
    remediation="`start_canary=True, schedule={'expression': 'rate(5 minutes)'}`",
    requirements=published(nist="SI-4 SI-6"),
)
def walk_is_on(resource: Resource, context: Context) -> list[Outcome]:
    """Started, and with a rate of five minutes or less."""
    return all_of(
        must(context, resource, "startCanary", is_true, "is not started", missing=False),
        must(context, resource, "schedule.expression", _often, "comes less than every five minutes"),
    )


def _often(value: object) -> bool:
    found = _RATE.fullmatch(str(value))
    return found is not None and 0 < int(found[1]) * _MINUTES[found[2]] <= SELDOM


@control(
    id="SYN-02",
    title="What the walk has seen is encrypted with a customer key, and goes after a while",
    severity="low",
    family="canary",
    rationale="Screenshots and requests of a checkout show what a shopper types.",
    remediation="`artifact_config={'s3_encryption': {'encryption_mode': 'SSE_KMS', 'kms_key_arn': key.arn}}, "
    "success_retention_period=31, failure_retention_period=31`",
    requirements=published(nist="SC-28 SI-12"),
)
def walk_is_private(resource: Resource, context: Context) -> list[Outcome]:
    """SSE_KMS with a key, and both kinds of runs kept for 92 days at most; AWS's default is 31."""
    place = "artifactConfig.s3Encryption"
    key = context.value(resource, f"{place}.kmsKeyArn")
    return all_of(
        must(context, resource, f"{place}.encryptionMode", lambda value: value == "SSE_KMS", "has no customer key"),
        failed("has no customer key of its own", property=f"{place}.kmsKeyArn") if key is ABSENT else passed(),
        *(
            must(
                context,
                resource,
                f"{kind}RetentionPeriod",
                lambda value: 0 < number(value) <= 92,
                f"keeps {what} for over 92 days",
                missing=31,
            )
            for kind, what in (("success", "walks that went well"), ("failure", "walks that failed"))
        ),
    )
