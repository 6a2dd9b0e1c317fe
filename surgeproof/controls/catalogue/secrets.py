"""Controls of secrets."""

from __future__ import annotations

import re
from itertools import pairwise

from surgeproof.controls.admission import unbounded
from surgeproof.controls.context import ABSENT, UNKNOWN, Context
from surgeproof.controls.control import Parameter, control
from surgeproof.controls.expectations import all_of, customer_key, must, number
from surgeproof.controls.outcome import Outcome, failed, passed, unknown
from surgeproof.controls.published import published
from surgeproof.graph.model import Resource


@control(
    id="SEC-01",
    title="Secrets have a customer key, time to be restored, and no public policy",
    severity="high",
    family="secret",
    rationale="With AWS's own key, who may read the secret needs nobody's second consent.",
    remediation="`kms_key_id=key.arn, recovery_window_in_days=30`",
    requirements=published(pci="3.5.1p 3.6.1.2p", nist="SC-28"),
    parameters=(Parameter("days", 7, 7, 30, "days"),),
)
def secret_is_kept(resource: Resource, context: Context) -> list[Outcome]:
    """Customer key, recovery window, and a policy that is bounded where there is one."""
    places = [resource, *context.companions(resource, "secret_policy", by="secretArn")]
    documents = [found for item in places if (found := context.document(item, "policy")) is not None]
    return all_of(
        customer_key(context, resource, "kmsKeyId", "is not encrypted with a customer key"),
        must(
            context,
            resource,
            "recoveryWindowInDays",
            lambda value: number(value) >= context.parameter("days"),
            "cannot be restored long enough",
            missing=30,
        ),
        *(_narrow(document) for document in documents),
    )


def _narrow(document: object) -> Outcome:
    if document is UNKNOWN:
        return unknown("its policy is known only after deployment", property="policy")
    text = unbounded(document)
    return failed(text, property="policy") if text else passed()


@control(
    id="SEC-02",
    title="Secrets are rotated every 90 days",
    severity="high",
    family="secret",
    rationale="A secret that never changes is known to everybody who has left.",
    remediation="`aws.secretsmanager.SecretRotation(..., rotation_rules={'automatically_after_days': 30})`",
    requirements=published("SecretsManager.1† SecretsManager.4†", pci="8.6.3h 3.7.4p", nist="IA-5"),
    parameters=(Parameter("days", 90, 1, 90, "days"),),
)
def secret_rotates(resource: Resource, context: Context) -> Outcome:
    """A rotation of 90 days or less, by days or by a schedule."""
    places = context.companions(resource, "secret_rotation", by="secretId")
    if not places:
        return failed("is not rotated")
    rules = "rotationRules"
    schedule = context.value(places[0], f"{rules}.scheduleExpression")
    if schedule is not ABSENT:
        return _by_schedule(schedule, context.parameter("days"))
    return must(
        context,
        places[0],
        f"{rules}.automaticallyAfterDays",
        lambda value: 0 < number(value) <= context.parameter("days"),
        "is rotated too seldom",
    )


_RATE = re.compile(r"rate\((\d+) (day|hour)s?\)")
_CRON = re.compile(r"cron\(\S+ \S+ (\S+) (\S+) (\S+) \S+\)")


def _by_schedule(schedule: object, days: float) -> Outcome:
    """A rate in days or hours; a cron expression by the longest time between the months that it names."""
    place = "rotationRules.scheduleExpression"
    rate, cron = _RATE.fullmatch(str(schedule)), _CRON.fullmatch(str(schedule))
    if rate is not None:
        every = int(rate[1]) / (24 if rate[2] == "hour" else 1)
    elif cron is not None:
        every = 366 / 12 * _longest_gap(cron[2])
    else:
        return unknown("how often its schedule rotates it is not known", property=place)
    return passed() if 0 < every <= days else failed("is rotated too seldom", property=place)


def _longest_gap(months: str) -> float:
    """Months between two that a cron expression names; without any it comes every month, or oftener."""
    if months == "*":
        return 1
    named = sorted({int(item) for item in months.split(",") if item.isdigit()})
    gaps = [after - before for before, after in pairwise([*named, named[0] + 12])] if named else [12]
    return max(gaps)
