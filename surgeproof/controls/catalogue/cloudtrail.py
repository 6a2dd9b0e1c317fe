"""Controls of the audit trail."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from surgeproof.controls.catalogue.s3_buckets import access_is_logged, blocks_public_access, encrypts_with_customer_key
from surgeproof.controls.catalogue.s3_policies import audit_logs_are_locked, only_over_tls
from surgeproof.controls.context import ABSENT, Context
from surgeproof.controls.control import Parameter, control
from surgeproof.controls.expectations import all_of, customer_key, is_false, is_true, items, must
from surgeproof.controls.outcome import Outcome, failed, not_applicable, passed, unknown
from surgeproof.controls.published import published
from surgeproof.graph.model import Resource

TRAIL = "trail"


@control(
    id="CT-01",
    title="A trail writes down what is done in every region",
    severity="crit",
    family="stack",
    rationale="What happens in a region that nobody watches is found out by the bill.",
    remediation="`aws.cloudtrail.Trail(..., is_multi_region_trail=True, include_global_service_events=True)`",
    requirements=published("CloudTrail.1 CloudTrail.3°†", pci="10.2.1p 10.2.1.2p", cis="3.1/3.1", nist="AU-2"),
)
def trail_covers_account(_resource: None, context: Context) -> list[Outcome]:
    """At least one trail of all regions, management events read and write, logging, global events."""
    trails = context.family(TRAIL)
    if not trails:
        stateful = context.family("stateful")
        return [failed("has no trail") if stateful else not_applicable("holds nothing that keeps data")]
    judged = [_covers(context, trail) for trail in trails]
    return next((found for found in judged if found[0].verdict == "pass"), judged[0])


def _covers(context: Context, trail: Resource) -> list[Outcome]:
    name = trail.name
    return all_of(
        must(context, trail, "isMultiRegionTrail", is_true, f"{name} covers one region only"),
        must(context, trail, "enableLogging", lambda value: not is_false(value), f"{name} is switched off"),
        must(
            context,
            trail,
            "includeGlobalServiceEvents",
            lambda value: not is_false(value),
            f"{name} leaves out global services",
        ),
        _management(context, trail),
    )


def _management(context: Context, trail: Resource) -> Outcome:
    selectors = items(context, trail, "eventSelectors")
    if selectors is None:
        return unknown("what it writes down is not known", property="eventSelectors")
    if not selectors:
        if context.value(trail, "advancedEventSelectors") is ABSENT:
            return passed("AWS's default: all management events")
        return _advanced(context, trail)
    full = any(
        item.get("readWriteType", "All") == "All" and not is_false(item.get("includeManagementEvents", True))
        for item in selectors
    )
    return passed() if full else failed(f"{trail.name} leaves out management events", property="eventSelectors")


def _advanced(context: Context, trail: Resource) -> Outcome:
    selectors = items(context, trail, "advancedEventSelectors")
    if selectors is None:
        return unknown("what it writes down is not known", property="advancedEventSelectors")
    for selector in (item for item in selectors if isinstance(item, dict)):
        fields = {str(item.get("field")): item for item in selector.get("fieldSelectors") or []}
        # Events of KMS and the RDS Data API, which are very many, may be left out by their source; nothing else.
        whole = fields.keys() <= {"eventCategory", "eventSource"} and not fields.get("eventSource", {}).get("equals")
        if "Management" in fields.get("eventCategory", {}).get("equals", []) and whole:
            return passed()
    return failed(f"{trail.name} leaves out management events", property="advancedEventSelectors")


@control(
    id="CT-02",
    title="Trails prove that their files are unchanged, and deliver to CloudWatch Logs",
    severity="high",
    family=TRAIL,
    rationale="A log that can be edited proves nothing, and one that nobody reads alarms nobody.",
    remediation="`enable_log_file_validation=True, cloud_watch_logs_group_arn=..., cloud_watch_logs_role_arn=...`",
    requirements=published(
        "CloudTrail.4† CloudTrail.5", pci="10.3.4p 10.3.3p 10.4.1.1c", cis="3.2/3.2", nist="AU-9 AU-6"
    ),
)
def trail_is_proven(resource: Resource, context: Context) -> list[Outcome]:
    """Log file validation, and a log group."""
    group = "cloudWatchLogsGroupArn"
    return all_of(
        must(context, resource, "enableLogFileValidation", is_true, "its files are not validated"),
        passed() if resource.property_dependencies.get(group) else must(context, resource, group, bool, "is not delivered to CloudWatch Logs"),
    )  # fmt: skip


@control(
    id="CT-03",
    title="Trails are encrypted with a customer key",
    severity="high",
    family=TRAIL,
    rationale="The trail tells an attacker who may do what.",
    remediation="`kms_key_id=key.arn`",
    requirements=published("CloudTrail.2†", pci="10.3.2h", cis="3.5/3.5", nist="AU-9"),
)
def trail_has_customer_key(resource: Resource, context: Context) -> Outcome:
    """A KMS key of the customer."""
    return customer_key(context, resource, "kmsKeyId", "is not encrypted with a customer key")


@control(
    id="CT-06",
    title="The trail's bucket is private, encrypted, locked, logged and protected",
    severity="crit",
    family="bucket",
    rationale="The trail is worth as much as the bucket that it lies in.",
    remediation="What S3-01, S3-02, S3-03, S3-05 and S3-08 ask for, and `protect=True`",
    requirements=published("CloudTrail.6°† CloudTrail.7°†", pci="10.3.2p 10.3.3j", cis="3.4/3.4", nist="AU-9"),
    parameters=(Parameter("days", 365, 365, 3650, "days"),),
)
def trail_bucket_is_sound(resource: Resource, context: Context) -> list[Outcome]:
    """All of the named controls on this bucket."""
    if not context.companions(resource, TRAIL, by="s3BucketName"):
        return [not_applicable("no trail writes to it")]
    rules: tuple[Callable[[Any, Context], Outcome | Iterable[Outcome]], ...] = (
        blocks_public_access,
        encrypts_with_customer_key,
        only_over_tls,
        access_is_logged,
        audit_logs_are_locked,
    )
    found: list[Outcome] = []
    for rule in rules:
        outcome = rule(resource, context)
        found += [outcome] if isinstance(outcome, Outcome) else outcome
    kept = passed() if resource.options.protect else failed("is not protected in Pulumi", property="protect")
    return all_of(*(item for item in found if item.verdict != "not-applicable"), kept)


@control(
    id="CT-07",
    title="What watches the account is protected, and changes to it are never ignored",
    severity="high",
    family="watcher",
    rationale="Switching the log off is the first step of an attack, and looks like tidying up.",
    remediation="`opts=pulumi.ResourceOptions(protect=True)`, and nothing in `ignore_changes`",
    requirements=published(pci="10.3.2j 10.7.2j", nist="AU-9"),
)
def watcher_is_protected(resource: Resource, _context: Context) -> list[Outcome]:
    """Protected in Pulumi; no ignored changes."""
    options = resource.options
    return all_of(
        passed() if options.protect else failed("is not protected in Pulumi", property="protect"),
        failed("changes to it are ignored", property="ignoreChanges") if options.ignore_changes else passed(),
    )


@control(
    id="CT-04",
    title="Trails are delivered to CloudWatch Logs, with a role that may write there",
    severity="med",
    family=TRAIL,
    rationale="Alarms read CloudWatch Logs; a file in a bucket alarms nobody.",
    remediation="`cloud_watch_logs_group_arn=pulumi.Output.concat(group.arn, ':*'), cloud_watch_logs_role_arn=role.arn`",
    requirements=published("CloudTrail.5", pci="10.3.3p 10.4.1.1c", nist="AU-6"),
)
def trail_is_delivered(resource: Resource, context: Context) -> list[Outcome]:
    """A log group and the role for it."""
    return all_of(
        *(
            passed()
            if resource.property_dependencies.get(key)
            else must(context, resource, key, bool, "is not delivered to CloudWatch Logs")
            for key in ("cloudWatchLogsGroupArn", "cloudWatchLogsRoleArn")
        )
    )
