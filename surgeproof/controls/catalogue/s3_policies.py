"""Controls of bucket policies, and of the buckets that audit logs are kept in."""

from __future__ import annotations

from typing import Any

from surgeproof.controls.admission import denies_without_tls, is_bound, principals, statements, unbounded
from surgeproof.controls.context import ABSENT, UNKNOWN, Context
from surgeproof.controls.control import Parameter, control
from surgeproof.controls.expectations import all_of, is_true, must, number
from surgeproof.controls.outcome import Outcome, failed, not_applicable, passed, unknown
from surgeproof.controls.placement import tags
from surgeproof.controls.policy_document import allows, foreign_account, grants, listed, own_accounts
from surgeproof.controls.published import published
from surgeproof.graph.model import Resource

_NOT_KNOWN = "its policy is known only after deployment"


def _documents(context: Context, bucket: Resource) -> list[Any]:
    places = [bucket, *context.companions(bucket, "bucket_policy")]
    return [found for item in places if (found := context.document(item, "policy")) is not None]


@control(
    id="S3-03",
    title="Buckets refuse connections without TLS",
    severity="high",
    family="bucket",
    rationale="S3 answers over plain HTTP too, and with it whoever is on the way reads along.",
    remediation="A statement that denies `s3:*` to `*` on the bucket and on `/*` where `aws:SecureTransport` is false.",
    requirements=published("S3.5†", pci="4.2.1h 2.2.7p", cis="2.1.1/2.1.1", nist="SC-8"),
)
def only_over_tls(resource: Resource, context: Context) -> Outcome:
    """A deny without TLS, on the bucket and on its objects."""
    documents = _documents(context, resource)
    if UNKNOWN in documents:
        return unknown(_NOT_KNOWN, property="policy")
    if any(_denies_on_both(statement) for document in documents for statement in statements(document)):
        return passed()
    return failed("takes connections without TLS, to itself or to its objects", property="policy")


def _denies_on_both(statement: dict[str, Any]) -> bool:
    on = listed(statement.get("Resource"))
    both = "*" in on or (any(item.endswith("/*") for item in on) and any("/" not in item for item in on))
    every = grants(statement, "s3:GetObject") and grants(statement, "s3:ListBucket")
    return both and every and denies_without_tls(statement)


@control(
    id="S3-07",
    title="Bucket policies let in nobody unknown",
    severity="crit",
    family="bucket_statements",
    rationale="A `*` principal is the whole world.",
    remediation="Name the principal, or add a condition on `aws:SourceAccount`, `aws:SourceArn` or the organisation.",
    requirements=published("S3.2 S3.3 S3.6", pci="7.2.1p 7.3.1p", nist="AC-6"),
)
def policy_is_narrow(resource: Resource, context: Context) -> list[Outcome]:
    """No principal without a bound, no account but the program's own or of a named organisation."""
    document = context.document(resource, "policy")
    if document is None:
        return [not_applicable("states no policy itself")]
    if document is UNKNOWN:
        return [unknown(_NOT_KNOWN, property="policy")]
    text = unbounded(document)
    foreign = foreign_account(document, own_accounts(context))
    return all_of(
        failed(text, property="policy") if text else passed(),
        failed("lets another account in", property="policy") if foreign else passed(),
    )


def keeps_audit_logs(context: Context, bucket: Resource) -> bool:
    """Whether a trail writes here, or the bucket's tags say that it is for audit."""
    trails = context.companions(bucket, "trail", by="s3BucketName")
    return bool(trails) or tags(context, bucket).get("data-classification") == "audit"


@control(
    id="S3-08",
    title="Audit logs cannot be changed or deleted for a year",
    severity="high",
    family="bucket",
    rationale="Who breaks in deletes the log first.",
    remediation="`aws.s3.BucketObjectLockConfiguration` with `mode='COMPLIANCE', days=365`, `force_destroy=False`",
    requirements=published("S3.15°† CloudTrail.6°†", pci="10.5.1h 10.3.2p", nist="AU-9 AU-11"),
    parameters=(Parameter("days", 365, 365, 3650, "days"),),
)
def audit_logs_are_locked(resource: Resource, context: Context) -> list[Outcome]:
    """Object Lock in compliance mode, never emptied by Pulumi, written by the log's own service alone."""
    if not keeps_audit_logs(context, resource):
        return [not_applicable("keeps no audit logs")]
    locks = context.companions(resource, "bucket_object_lock")
    if not locks:
        return [failed("has no object lock")]
    kept = "rule.defaultRetention"
    years = context.value(locks[0], f"{kept}.years")
    days = (
        passed()
        if years is not ABSENT and number(years) * 365 >= context.parameter("days")
        else unknown("how long it is locked is not known", property="id")
        if years is UNKNOWN
        else must(
            context,
            locks[0],
            f"{kept}.days",
            lambda value: number(value) >= context.parameter("days"),
            "is locked for too short a time",
        )
    )
    return all_of(
        must(context, locks[0], f"{kept}.mode", lambda value: value == "COMPLIANCE", "its lock can be lifted"),
        days,
        must(context, resource, "forceDestroy", lambda value: not is_true(value), "is emptied by Pulumi"),
        *_written_by_service(context, resource),
    )


def _written_by_service(context: Context, bucket: Resource) -> list[Outcome]:
    documents = _documents(context, bucket)
    if UNKNOWN in documents:
        return [unknown(_NOT_KNOWN, property="policy")]
    writes = [item for found in documents for item in allows(found) if grants(item, "s3:PutObject")]
    loose = any(kind != "Service" or not is_bound(item) for item in writes for kind, _ in principals(item))
    return [failed("others than the log's own service may write", property="policy") if loose else passed()]
