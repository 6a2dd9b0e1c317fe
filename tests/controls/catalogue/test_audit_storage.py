"""Buckets, trails and log groups: the triples."""

from __future__ import annotations

import json
from typing import Any

from surgeproof.graph.model import Options, Resource
from surgeproof.graph.wire import UNKNOWN_MARK
from tests.controls.catalogue.parts import BYSTANDER, KEY, changed, made, verdicts
from tests.controls.triples import triple

PROTECTED = {"options": Options(protect=True)}
TAGS = {"data-classification": "audit"}
BUCKET = made("aws:s3/bucket:Bucket", "b", {"tags": TAGS}).model_copy(update=PROTECTED)
LOGS = made("aws:s3/bucket:Bucket", "logs")
FLAGS = {"blockPublicAcls": True, "blockPublicPolicy": True, "ignorePublicAcls": True, "restrictPublicBuckets": True}
RULE = {
    "applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": "k"},
    "bucketKeyEnabled": True,
}
LIFE = {"status": "Enabled", "abortIncompleteMultipartUpload": {}, "noncurrentVersionExpiration": {}}
DENY = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
WRITE = {
    "Effect": "Allow",
    "Principal": {"Service": "cloudtrail.amazonaws.com"},
    "Action": "s3:PutObject",
    "Resource": "arn:aws:s3:::b/*",
    "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}},
}


def part(kind: str, inputs: dict[str, Any], **links: Resource) -> Resource:
    """A companion of the bucket."""
    type_ = f"aws:s3/{kind}:{kind[0].upper()}{kind[1:]}"
    return made(type_, kind, {"bucket": BUCKET.id, **inputs}, **{"bucket": BUCKET, **links})


def text(*statements: dict[str, Any]) -> dict[str, str]:
    """The policy property of these statements."""
    return {"policy": json.dumps({"Statement": list(statements)})}


BLOCK = part("bucketPublicAccessBlock", FLAGS)
SEALED = part("bucketServerSideEncryptionConfiguration", {"rules": [RULE]})
POLICY = part("bucketPolicy", text(DENY, WRITE))
VERSIONS = part("bucketVersioning", {"versioningConfiguration": {"status": "Enabled"}})
LIFECYCLE = part("bucketLifecycleConfiguration", {"rules": [LIFE]})
LOGGED = part("bucketLogging", {}, targetBucket=LOGS)
OWNED = part("bucketOwnershipControls", {"rule": {"objectOwnership": "BucketOwnerEnforced"}})
LOCK = part("bucketObjectLockConfiguration", {"rule": {"defaultRetention": {"mode": "COMPLIANCE", "days": 400}}})
GROUP = made(
    "aws:cloudwatch/logGroup:LogGroup", "g", {"retentionInDays": 365, "tags": TAGS, "kmsKeyId": "k"}, kmsKeyId=KEY
)
SELECTORS = [{"readWriteType": "All", "dataResources": [{"type": "AWS::S3::Object", "values": ["x"]}]}]
TRAIL = made(
    "aws:cloudtrail/trail:Trail",
    "t",
    {
        "isMultiRegionTrail": True,
        "enableLogFileValidation": True,
        "eventSelectors": SELECTORS,
        "s3BucketName": BUCKET.id,
        "kmsKeyId": "k",
    },
    s3BucketName=BUCKET,
    kmsKeyId=KEY,
    cloudWatchLogsGroupArn=GROUP,
).model_copy(update=PROTECTED)
WHOLE = [BUCKET, LOGS, BLOCK, SEALED, POLICY, VERSIONS, LIFECYCLE, LOGGED, OWNED, LOCK, TRAIL]


def test_each_companion_is_needed() -> None:
    for id_, companion in {"S3-01": BLOCK, "S3-02": SEALED, "S3-03": POLICY, "S3-06": OWNED, "S3-08": LOCK}.items():
        triple(id_, none=[BYSTANDER], good=[BUCKET, companion], bad=[BUCKET])
    triple("S3-04", none=[BYSTANDER], good=[BUCKET, VERSIONS, LIFECYCLE], bad=[BUCKET, VERSIONS])
    triple("S3-05", none=[LOGS, LOGGED], good=[BUCKET, BLOCK, LOGS, LOGGED], bad=[BUCKET])


def test_weakened_companions() -> None:
    weak = {
        "S3-01": changed(BLOCK, ignorePublicAcls=False),
        "S3-02": changed(SEALED, rules=[{**RULE, "bucketKeyEnabled": False}]),
        "S3-03": changed(POLICY, **text({**DENY, "Resource": "arn:aws:s3:::b/*"})),
        "S3-07": changed(POLICY, **text({**WRITE, "Principal": "*", "Condition": {}})),
        "S3-08": changed(LOCK, rule={"defaultRetention": {"mode": "GOVERNANCE", "days": 400}}),
    }
    for id_, companion in weak.items():
        assert "fail" in verdicts(id_, BUCKET, companion), id_
    assert "unknown" in verdicts("S3-01", BUCKET, changed(BLOCK, ignorePublicAcls=UNKNOWN_MARK))
    assert "unknown" in verdicts("S3-03", BUCKET, changed(POLICY, policy=UNKNOWN_MARK))


def test_bucket_policy_lets_nobody_unknown_in() -> None:
    other = {**WRITE, "Principal": {"AWS": "arn:aws:iam::999999999999:root"}}
    own = made("aws:sqs/queue:Queue", "q").model_copy(update={"outputs": {"arn": "arn:aws:sqs:r:123456789012:q"}})
    triple("S3-07", none=[BYSTANDER], good=[POLICY], bad=[changed(POLICY, **text({**WRITE, "Condition": {}}))])
    assert verdicts("S3-07", own, changed(POLICY, **text(other))) == {"fail"}


def test_trail() -> None:
    triple("CT-01", none=[BYSTANDER], good=[TRAIL], bad=[BUCKET])
    for bad in (changed(TRAIL, enableLogging=False), changed(TRAIL, isMultiRegionTrail=False)):
        triple("CT-01", none=[], good=[TRAIL], bad=[bad])
    assert verdicts("CT-01", changed(TRAIL, eventSelectors=[{"readWriteType": "WriteOnly"}])) == {"fail"}
    triple("CT-02", none=[BYSTANDER], good=[TRAIL], bad=[changed(TRAIL, enableLogFileValidation=False)])
    triple("CT-02", none=[BYSTANDER], good=[TRAIL], bad=[changed(TRAIL, "cloudWatchLogsGroupArn")])
    triple("CT-03", none=[BYSTANDER], good=[TRAIL], bad=[changed(TRAIL, "kmsKeyId")])
    triple("CT-05", none=[BYSTANDER], good=[TRAIL], bad=[changed(TRAIL, "eventSelectors")])
    assert verdicts("CT-05", TRAIL, made("aws:dynamodb/table:Table", "d")) == {"fail"}
    assert verdicts("CT-05", changed(TRAIL, eventSelectors=UNKNOWN_MARK)) == {"unknown"}
    advanced = [
        {"fieldSelectors": [{"field": "eventCategory", "equals": ["Management"]}]},
        {
            "fieldSelectors": [
                {"field": "eventCategory", "equals": ["Data"]},
                {"field": "resources.type", "equals": ["AWS::S3::Object"]},
            ]
        },
    ]
    newer = changed(TRAIL, "eventSelectors", advancedEventSelectors=advanced)
    assert verdicts("CT-01", newer) == verdicts("CT-05", newer) == {"pass"}


def test_trail_bucket_and_protection() -> None:
    triple("CT-06", none=[BUCKET], good=WHOLE, bad=[item for item in WHOLE if item != LOCK])
    bare = TRAIL.model_copy(update={"options": Options()})
    triple("CT-07", none=[BYSTANDER], good=[TRAIL], bad=[bare])
    ignoring = TRAIL.model_copy(update={"options": Options(protect=True, ignore_changes=("enableLogging",))})
    assert verdicts("CT-07", ignoring) == {"fail"}


def test_log_groups() -> None:
    triple("CW-01", none=[BYSTANDER], good=[GROUP], bad=[changed(GROUP, "kmsKeyId")])
    for bad in (changed(GROUP, "retentionInDays"), changed(GROUP, retentionInDays=90)):
        triple("CW-02", none=[BYSTANDER], good=[GROUP], bad=[bad])
    assert verdicts("CW-02", changed(GROUP, retentionInDays=UNKNOWN_MARK)) == {"unknown"}
