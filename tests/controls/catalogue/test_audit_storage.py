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
    management = advanced[0]["fieldSelectors"]
    for more, verdict in (
        ({"field": "eventSource", "notEquals": ["kms.amazonaws.com"]}, "pass"),
        ({"field": "eventName", "equals": ["DeleteTrail"]}, "fail"),
        ({"field": "readOnly", "equals": ["false"]}, "fail"),
    ):
        narrow = changed(newer, advancedEventSelectors=[{"fieldSelectors": [*management, more]}])
        assert verdicts("CT-01", narrow) == {verdict}, more


def test_a_lock_of_unknown_years() -> None:
    """S3-08 does not take it for too short."""
    years = {"defaultRetention": {"mode": "COMPLIANCE", "years": UNKNOWN_MARK}}
    place = [changed(LOCK, rule=years) if item == LOCK else item for item in WHOLE]
    assert "fail" not in verdicts("S3-08", *place)
    assert "unknown" in verdicts("S3-08", *place)


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


def test_data_events_of_each_classified_bucket() -> None:
    """CT-05: of all buckets, of this one, of another one."""
    card = made("aws:s3/bucket:Bucket", "cards", {"tags": {"data-classification": "cde"}}).model_copy(
        update={"outputs": {"arn": "arn:aws:s3:::cards"}}
    )
    for value, verdict in (("arn:aws:s3", "pass"), ("arn:aws:s3:::cards/", "pass"), ("arn:aws:s3:::other/", "fail")):
        selectors = [{"readWriteType": "All", "dataResources": [{"type": "AWS::S3::Object", "values": [value]}]}]
        assert verdicts("CT-05", card, changed(TRAIL, eventSelectors=selectors)) == {verdict}, value


def test_log_groups_are_for_audit_by_what_writes_to_them() -> None:
    """CW-02: without a tag."""
    group = made("aws:cloudwatch/logGroup:LogGroup", "flows", {"retentionInDays": 90})
    flows = made("aws:ec2/flowLog:FlowLog", "f", logDestination=group)
    assert verdicts("CW-02", group) == {"pass"}
    assert verdicts("CW-02", group, flows) == {"fail"}


def test_bucket_encryption_inline_and_of_delivered_logs() -> None:
    """S3-02: inline, and the key that delivery of logs asks for."""
    inline = made("aws:s3/bucket:Bucket", "i", {"serverSideEncryptionConfiguration": {"rule": RULE}})
    assert verdicts("S3-02", inline) == {"pass"}
    own = {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}
    sealed = part("bucketServerSideEncryptionConfiguration", {"bucket": LOGS.id, "rules": [own]}, bucket=LOGS)
    assert verdicts("S3-02", LOGS, LOGGED, sealed) == {"not-applicable"}
    assert "fail" in verdicts("S3-02", LOGS, LOGGED, changed(sealed, rules=[RULE]))


def test_the_stack_of_an_account_s_watchers_shuts_its_buckets() -> None:
    """S3-09."""
    detector = made("aws:guardduty/detector:Detector", "d")
    block = made("aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", "account", FLAGS)
    kept = block.model_copy(update={"options": Options(protect=True)})
    triple("S3-09", none=[BYSTANDER, kept], good=[detector, kept], bad=[detector, BUCKET, BLOCK])
    triple("S3-09", none=[], good=[detector, kept], bad=[detector, block])
    ignored = block.model_copy(update={"options": Options(protect=True, ignore_changes=("*",))})
    assert verdicts("S3-09", detector, ignored) == {"fail"}


def test_account_block_and_inline_policy() -> None:
    """S3-01: the account's own block; S3-07: a policy on the bucket itself, and an organisation."""
    block = made("aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", "account", FLAGS)
    triple("S3-01", none=[BYSTANDER], good=[block], bad=[changed(block, blockPublicAcls=False)])
    again = made("aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", "again", FLAGS)
    assert verdicts("S3-01", block, again) == {"pass", "fail"}
    everybody = {**WRITE, "Principal": "*", "Condition": {}}
    assert verdicts("S3-07", changed(BUCKET, **text(everybody))) == {"fail"}
    own = made("aws:sqs/queue:Queue", "q").model_copy(update={"outputs": {"arn": "arn:aws:sqs:r:123456789012:q"}})
    ours = {**WRITE, "Principal": {"AWS": "999999999999"}, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}
    assert verdicts("S3-07", own, changed(POLICY, **text(ours))) == {"pass"}


def test_lifecycle_goes_with_the_class() -> None:
    """S3-04: audit a year, logs an end."""
    logs = changed(BUCKET, tags={"data-classification": "logs"})
    ends = changed(LIFECYCLE, rules=[{**LIFE, "expiration": {"days": 90}}])
    assert verdicts("S3-04", logs, VERSIONS, LIFECYCLE) == {"fail"}
    assert verdicts("S3-04", logs, VERSIONS, ends) == {"pass"}
    assert verdicts("S3-04", BUCKET, VERSIONS, ends) == {"fail"}
