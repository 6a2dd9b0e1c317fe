"""Buckets of the region and what configures them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from surgeproof.graph.live.account import Part, Reading
from surgeproof.graph.live.reader import Found, reads
from surgeproof.graph.live.shape import NOT_KEPT, camel, part_or, tags


def _encryption(answer: dict[str, Any]) -> dict[str, Any]:
    rules = answer["ServerSideEncryptionConfiguration"]["Rules"]
    return {"rules": [_encryption_rule(rule) for rule in rules]}


def _encryption_rule(rule: dict[str, Any]) -> dict[str, Any]:
    default = rule.get("ApplyServerSideEncryptionByDefault", {})
    applied = {"sseAlgorithm": default.get("SSEAlgorithm")}
    if default.get("KMSMasterKeyID"):
        applied["kmsMasterKeyId"] = default["KMSMasterKeyID"]
    return {"applyServerSideEncryptionByDefault": applied, "bucketKeyEnabled": rule.get("BucketKeyEnabled", False)}


def _lifecycle(answer: dict[str, Any]) -> dict[str, Any]:
    rules = []
    for row in camel(answer.get("Rules", [])):
        row["id"] = row.pop("iD", row.get("id", ""))
        rules.append(row)
    return {"rules": rules}


def _lock(answer: dict[str, Any]) -> dict[str, Any]:
    rule = camel(answer["ObjectLockConfiguration"].get("Rule"))
    return {"objectLockEnabled": "Enabled", **({"rule": rule} if rule else {})}


def _ownership(answer: dict[str, Any]) -> dict[str, Any]:
    return {"rule": camel(answer["OwnershipControls"]["Rules"][0])}


def _logging(answer: dict[str, Any]) -> dict[str, Any]:
    return camel(answer.get("LoggingEnabled") or {})


def _versioning(answer: dict[str, Any]) -> dict[str, Any]:
    return {"versioningConfiguration": {"status": answer["Status"]}} if answer.get("Status") else {}


_Companion = tuple[str, str, str, tuple[str, ...], Callable[[dict[str, Any]], dict[str, Any]]]
# Type, call, the property that holds what matters, the codes that say that there is none, and how it is read.
_COMPANIONS: tuple[_Companion, ...] = (
    (
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        "s3.get_public_access_block",
        "blockPublicAcls blockPublicPolicy ignorePublicAcls restrictPublicBuckets",
        ("NoSuchPublicAccessBlockConfiguration",),
        lambda answer: camel(answer["PublicAccessBlockConfiguration"]),
    ),
    (
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "s3.get_bucket_encryption",
        "rules",
        ("ServerSideEncryptionConfigurationNotFoundError",),
        _encryption,
    ),
    (
        "aws:s3/bucketPolicy:BucketPolicy",
        "s3.get_bucket_policy",
        "policy",
        ("NoSuchBucketPolicy",),
        lambda answer: {"policy": answer["Policy"]},
    ),
    (
        "aws:s3/bucketVersioning:BucketVersioning",
        "s3.get_bucket_versioning",
        "versioningConfiguration",
        (),
        _versioning,
    ),
    (
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        "s3.get_bucket_lifecycle_configuration",
        "rules",
        ("NoSuchLifecycleConfiguration",),
        _lifecycle,
    ),
    ("aws:s3/bucketLogging:BucketLogging", "s3.get_bucket_logging", "targetBucket", (), _logging),
    (
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        "s3.get_bucket_ownership_controls",
        "rule",
        ("OwnershipControlsNotFoundError",),
        _ownership,
    ),
    (
        "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
        "s3.get_object_lock_configuration",
        "rule",
        ("ObjectLockConfigurationNotFoundError",),
        _lock,
    ),
)


@reads(
    "aws:s3/bucket:Bucket",
    *(type_ for type_, *_ in _COMPANIONS),
    calls=(
        "s3.list_buckets",
        "s3.get_bucket_location",
        "s3.get_bucket_tagging",
        *(call for _, call, *_ in _COMPANIONS),
    ),
)
def buckets(account: Reading) -> Iterator[Found]:
    """Buckets that lie in the region; a list of buckets is of the whole account."""
    for row in account.rows("s3.list_buckets", "Buckets"):
        name = row["Name"]
        where = account.part("s3.get_bucket_location", Bucket=name)
        region = account.account.region
        # us-east-1 is told as nothing, eu-west-1 of old as EU (Amazon S3 API Reference, GetBucketLocation).
        if not isinstance(where, Part):
            region = {None: "us-east-1", "EU": "eu-west-1"}.get(
                where.get("LocationConstraint"), where.get("LocationConstraint")
            )
        if region != account.account.region:
            continue
        labels = part_or(
            account.part("s3.get_bucket_tagging", absent=("NoSuchTagSet",), Bucket=name),
            lambda answer: tags(answer.get("TagSet")),
            {},
        )
        arn = f"arn:aws:s3:::{name}"
        # Whether a delete would empty the bucket is known to the program alone.
        inputs = {"bucket": name, "tags": labels, "forceDestroy": NOT_KEPT}
        yield Found("aws:s3/bucket:Bucket", name, inputs, {"arn": arn, "name": name})
        yield from _configured(account, name)


def _configured(account: Reading, name: str) -> Iterator[Found]:
    for type_, call, keys, absent, read in _COMPANIONS:
        answer = account.part(call, absent=absent, Bucket=name)
        values = part_or(answer, read, {})
        if values is NOT_KEPT:
            values = dict.fromkeys(keys.split(), NOT_KEPT)
        if values:
            yield Found(type_, name, {"bucket": name, **values})


_OWNER_ONLY = 1
"""Grants of a bucket whose ACL says nothing but that its owner may do all."""


@reads("aws:s3/bucketAcl:BucketAcl", calls=("s3.list_buckets", "s3.get_bucket_acl"))
def acls(account: Reading) -> Iterator[Found]:
    """Access control lists that let in more than the owner."""
    for row in account.rows("s3.list_buckets", "Buckets"):
        name = row["Name"]
        answer = account.part("s3.get_bucket_acl", Bucket=name)
        grants = part_or(answer, lambda given: given.get("Grants", []))
        if grants is NOT_KEPT or len(grants) > _OWNER_ONLY:
            policy = grants if grants is NOT_KEPT else {"grants": camel(grants)}
            yield Found("aws:s3/bucketAcl:BucketAcl", name, {"bucket": name, "accessControlPolicy": policy})


@reads("aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", calls=("s3control.get_public_access_block",))
def account_block(account: Reading) -> Iterator[Found]:
    """The public access block of the whole account."""
    number = account.account.number
    answer = account.part(
        "s3control.get_public_access_block", absent=("NoSuchPublicAccessBlockConfiguration",), AccountId=number
    )
    if isinstance(answer, dict):
        inputs = {"accountId": number, **camel(answer["PublicAccessBlockConfiguration"])}
        yield Found("aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", number, inputs)
    elif answer is Part.UNREADABLE:
        flags = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
        yield Found("aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", number, dict.fromkeys(flags, NOT_KEPT))
