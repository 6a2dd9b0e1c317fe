"""Controls of buckets: how they keep what is in them."""

from __future__ import annotations

from typing import Any

from surgeproof.controls.context import ABSENT, Context
from surgeproof.controls.control import control
from surgeproof.controls.expectations import all_of, customer_key, entry, is_true, must, number
from surgeproof.controls.families import FAMILIES
from surgeproof.controls.outcome import Outcome, failed, not_applicable, passed
from surgeproof.controls.placement import CARD_CLASSES, CLASS_TAG, tags
from surgeproof.controls.published import published
from surgeproof.graph.model import Resource

FLAGS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
AUDIT_DAYS = 365
"""PCI DSS 10.5.1: audit logs are kept for twelve months."""
ENDING = frozenset({"logs", *CARD_CLASSES})
"""Classes whose data must not be kept for ever (PCI DSS 3.2.1)."""
_DELIVERS = ("targetBucket", "accessLogs", "connectionLogs")


def takes_delivered_logs(context: Context, bucket: Resource) -> bool:
    """Whether load balancers or S3 itself write their logs here."""
    return any(
        bucket.urn in item.property_dependencies.get(property_, ())
        or (property_ == "targetBucket" and bucket.id is not None and item.inputs.get(property_) == bucket.id)
        for item in context.graph.dependants(bucket.urn)
        for property_ in _DELIVERS
    )


def target_bucket(context: Context, logging: Resource) -> Resource | None:
    """The bucket of this program that a logging configuration writes to: by its link, else by the name."""
    linked = [item for item in context.graph.sources(logging, "targetBucket") if item.type in FAMILIES["bucket"]]
    named = context.once(
        "buckets by name",
        lambda: {name: item for item in context.family("bucket") for name in (item.id, item.outputs.get("bucket"))},
    )
    target = logging.inputs.get("targetBucket")
    return linked[0] if linked else named.get(target) if isinstance(target, str) else None


@control(
    id="S3-01",
    title="Buckets block public access in all four ways",
    severity="crit",
    family="public_access",
    rationale="One wrong policy or ACL opens the bucket to the world; the block holds against both.",
    remediation="`aws.s3.BucketPublicAccessBlock(..., bucket=bucket.id, block_public_acls=True, "
    "block_public_policy=True, ignore_public_acls=True, restrict_public_buckets=True)`",
    requirements=published("S3.8† S3.1†", pci="1.4.4h 7.3.1p", cis="2.1.4/2.1.4", nist="SC-7"),
)
def blocks_public_access(resource: Resource, context: Context) -> list[Outcome]:
    """A public access block with all four flags; where the program has the account's own, that too, and once."""
    accounts = context.family("account_public_access_block")
    if resource in accounts:
        twice = [failed("is there more than once", property="blockPublicAcls")] if resource != accounts[0] else []
        return all_of(*twice, *(must(context, resource, flag, is_true, f"{flag} is off") for flag in FLAGS))
    blocks = context.companions(resource, "public_access_block")
    if not blocks:
        return [failed("has no public access block")]
    return all_of(
        *(must(context, block, flag, is_true, f"{flag} is off") for block in blocks for flag in FLAGS),
    )


def _encryption(context: Context, bucket: Resource) -> tuple[Resource | None, str]:
    """Where a bucket's encryption stands, in a companion or inline, and the path of its rule."""
    places = context.companions(bucket, "bucket_encryption")
    if places:
        return places[0], "rules[0]"
    inline = "serverSideEncryptionConfiguration"
    return (bucket, f"{inline}.rule") if context.value(bucket, inline) is not ABSENT else (None, "")


@control(
    id="S3-02",
    title="Buckets are encrypted with a customer key by default",
    severity="high",
    family="bucket",
    rationale="With S3's own key, who may read the bucket may read the data: no second consent is asked.",
    remediation="`aws.s3.BucketServerSideEncryptionConfiguration` with `sse_algorithm='aws:kms'`, "
    "`kms_master_key_id=key.arn`, `bucket_key_enabled=True`",
    requirements=published("S3.17°†", pci="3.5.1h 3.6.1p", nist="SC-28"),
)
def encrypts_with_customer_key(resource: Resource, context: Context) -> list[Outcome]:
    """SSE-KMS with a customer key and a bucket key; buckets of delivered logs can only have SSE-S3.

    ('Access logs for your Application Load Balancer' and 'Enabling Amazon S3 server access logging'.)
    """
    place, rule = _encryption(context, resource)
    if place is None:
        return [failed("has no encryption configuration")]
    if takes_delivered_logs(context, resource):
        algorithm = must(
            context,
            place,
            f"{rule}.applyServerSideEncryptionByDefault.sseAlgorithm",
            lambda value: value == "AES256",
            "gets no logs: load balancers and S3 deliver only to buckets with S3's own key",
        )
        return (
            [algorithm]
            if algorithm.verdict != "pass"
            else [not_applicable("logs are delivered with S3's own key only")]
        )
    default = f"{rule}.applyServerSideEncryptionByDefault"
    return all_of(
        must(
            context,
            place,
            f"{default}.sseAlgorithm",
            lambda value: value in ("aws:kms", "aws:kms:dsse"),
            "is not encrypted with KMS",
        ),
        customer_key(context, place, f"{default}.kmsMasterKeyId", "has no customer key"),
        must(context, place, f"{rule}.bucketKeyEnabled", is_true, "has no bucket key"),
    )


@control(
    id="S3-04",
    title="Buckets keep versions, and let go of what nobody needs",
    severity="med",
    family="bucket",
    rationale="Without versions an overwrite is final; without a lifecycle everything is kept, and paid, for ever.",
    remediation="`aws.s3.BucketVersioning`, and a `BucketLifecycleConfiguration` that aborts uploads and expires "
    "noncurrent versions",
    requirements=published("S3.14° S3.13 S3.10°", pci="10.3.4c 3.2.1p", nist="CP-9 SI-12"),
)
def keeps_versions(resource: Resource, context: Context) -> list[Outcome]:
    """Versioning on; a lifecycle that aborts uploads, expires noncurrent versions, and keeps as long as the class asks."""
    versioning = context.companions(resource, "bucket_versioning")
    lifecycles = context.companions(resource, "bucket_lifecycle")
    if not versioning or not lifecycles:
        return [failed("keeps no versions" if not versioning else "has no lifecycle")]
    rules = lifecycles[0].inputs.get("rules")
    live = [item for item in rules if isinstance(item, dict)] if isinstance(rules, list) else []
    enabled = [item for item in live if item.get("status") == "Enabled"]
    found = {key for item in enabled for key in item}
    return all_of(
        _retention(tags(context, resource).get(CLASS_TAG, ""), enabled),
        must(
            context,
            versioning[0],
            "versioningConfiguration.status",
            lambda value: value == "Enabled",
            "keeps no versions",
        ),
        passed() if "abortIncompleteMultipartUpload" in found else failed("keeps uploads that were given up"),
        passed() if "noncurrentVersionExpiration" in found else failed("keeps old versions for ever"),
    )


def _retention(classification: str, rules: list[dict[str, Any]]) -> Outcome:
    """What a class asks for: audit a year at least, logs and what belongs to customers an end."""
    ends = [
        number(entry(item.get("expiration"), "days", -1)) for item in rules if isinstance(item.get("expiration"), dict)
    ]
    days = [item for item in ends if item > 0]
    if classification == "audit" and any(item < AUDIT_DAYS for item in days):
        return failed(f"deletes audit data before {AUDIT_DAYS} days", property="tags")
    if classification in ENDING and not days:
        return failed(f"keeps {classification} for ever, and its class has an end", property="tags")
    return passed()


@control(
    id="S3-05",
    title="Access to buckets is logged, to a bucket of this program",
    severity="med",
    family="bucket",
    rationale="After a leak nobody can say what was read.",
    remediation="`aws.s3.BucketLogging(..., bucket=bucket.id, target_bucket=logs.id, target_prefix='s3/name/')`",
    requirements=published("S3.9†", pci="10.2.1h 10.3.3p", cis="3.4/3.4", nist="AU-2"),
)
def access_is_logged(resource: Resource, context: Context) -> Outcome:
    """Server access logging; the log bucket itself is exempt, as it would log itself."""
    if takes_delivered_logs(context, resource):
        return not_applicable("is itself a log bucket")
    places = context.companions(resource, "bucket_logging")
    if not places:
        return failed("its access is not logged")
    inside = target_bucket(context, places[0]) is not None
    return passed() if inside else failed("its access log goes outside this program", property="targetBucket")


@control(
    id="S3-06",
    title="Buckets have no ACLs",
    severity="med",
    family="bucket",
    rationale="An ACL lets an object's writer, or the world, in past the bucket's policy.",
    remediation="`aws.s3.BucketOwnershipControls(..., rule={'object_ownership': 'BucketOwnerEnforced'})`",
    requirements=published("S3.12", pci="7.2.1c", nist="AC-3"),
)
def has_no_acls(resource: Resource, context: Context) -> list[Outcome]:
    """BucketOwnerEnforced, and no ACL or grant."""
    if context.companions(resource, "bucket_acl") or any(
        context.value(resource, key) is not ABSENT for key in ("acl", "grants")
    ):
        return [failed("has an ACL", property="acl")]
    places = context.companions(resource, "bucket_ownership")
    if not places:
        return [failed("leaves ACLs on")]
    return [
        must(context, places[0], "rule.objectOwnership", lambda value: value == "BucketOwnerEnforced", "leaves ACLs on")
    ]
