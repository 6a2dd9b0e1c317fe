"""Encryption, SecureBucket and AuditTrail."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pulumi_aws as aws
import pytest

from infra.account import Account
from infra.components.audit_trail import AuditTrail, AuditTrailArgs
from infra.components.encryption import DataClass, Encryption, EncryptionArgs
from infra.components.secure_bucket import SecureBucket, SecureBucketArgs
from surgeproof.graph.model import Graph, Resource
from tests.infra.conftest import build, one

KEY = "arn:aws:kms:eu-west-1:123456789012:key/k"


def _statements(resource: Resource, key: str = "policy") -> dict[str, dict[str, Any]]:
    return {item["Sid"]: item for item in json.loads(resource.inputs[key])["Statement"]}


@pytest.fixture(scope="module")
def keys() -> Graph:
    return build(lambda account: Encryption("keys", EncryptionArgs(account=account, prefix="shop", trail_arn="arn:t")))


def _policies(graph: Graph) -> Iterator[dict[str, dict[str, Any]]]:
    return (_statements(key) for key in graph.of_type("aws:kms/key:Key"))


def test_a_rotated_key_for_each_data_class(keys: Graph):
    found = keys.of_type("aws:kms/key:Key")
    assert len(found) == len(DataClass)
    for key in found:
        assert key.inputs["enableKeyRotation"]
        assert key.inputs["rotationPeriodInDays"] == 365
        assert key.inputs["deletionWindowInDays"] == 30
        assert key.options.protect
    assert len(keys.of_type("aws:kms/alias:Alias")) == len(DataClass)


def test_who_administers_a_key_cannot_use_it(keys: Graph):
    for statements in _policies(keys):
        administer = statements["AdministerWithoutUse"]
        assert not any("crypt" in action or "DataKey" in action for action in administer["Action"])
        assert administer["Principal"]["AWS"].endswith(":root")
        for sid, statement in statements.items():
            if sid != "AdministerWithoutUse":
                assert not {"kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"} & set(statement["Action"])


def test_use_is_bound_to_account_and_service(keys: Graph):
    for statements in _policies(keys):
        for sid, statement in statements.items():
            assert sid == "AdministerWithoutUse" or statement["Condition"]
        use = statements["UseThroughServices"]["Condition"]["StringEquals"]
        assert use["kms:CallerAccount"] == "123456789012"
        # Backup makes no vault without.
        assert {"kms:CreateGrant", "kms:RetireGrant"} <= set(statements["UseThroughServices"]["Action"])
        assert use["kms:ViaService"]


@pytest.mark.parametrize(
    ("data_class", "sid", "context", "kind"),
    [
        ("logs", "EventsToTopics", "aws:sns:topicArn", "sns"),
        ("logs", "EventsToQueues", "aws:sqs:arn", "sqs"),
        ("orders", "EventsToQueues", "aws:sqs:arn", "sqs"),
    ],
)
def test_events_reach_encrypted_topics_and_queues(keys: Graph, data_class: str, sid: str, context: str, kind: str):
    statement = _statements(one(keys, "kms/key:Key", f"keys-{data_class}"))[sid]
    assert statement["Principal"] == {"Service": "events.amazonaws.com"}
    # AWS supports no condition on the rule or its account here.
    assert statement["Condition"] == {
        "ArnLike": {f"kms:EncryptionContext:{context}": f"arn:aws:{kind}:eu-west-1:123456789012:*"}
    }


@pytest.fixture(scope="module")
def trail() -> Graph:
    def make(account: Account) -> None:
        logs = aws.s3.Bucket("logs")
        AuditTrail("audit", AuditTrailArgs(account=account, trail_name="shop-trail", key=KEY, access_log_bucket=logs))

    return build(make)


def test_the_trail_sees_all_and_is_validated(trail: Graph):
    made = one(trail, "cloudtrail/trail:Trail")
    assert made.inputs["isMultiRegionTrail"]
    assert made.inputs["enableLogFileValidation"]
    assert made.inputs["includeGlobalServiceEvents"]
    assert made.inputs["kmsKeyId"] == KEY
    selected = {item["name"]: item["fieldSelectors"] for item in made.inputs["advancedEventSelectors"]}
    assert all(field["field"] != "readOnly" for name in ("Management", "Objects") for field in selected[name])
    assert made.options.protect
    (bucket,) = trail.sources(made, "s3BucketName")
    assert bucket.type == "aws:s3/bucket:Bucket"
    (group,) = trail.sources(made, "cloudWatchLogsGroupArn")
    assert group.inputs["retentionInDays"] >= 365


def test_the_audit_bucket_is_locked(trail: Graph):
    lock = one(trail, "s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration")
    assert lock.inputs["rule"]["defaultRetention"] == {"mode": "COMPLIANCE", "days": 400}
    bucket = one(trail, "s3/bucket:Bucket", "audit-bucket")
    assert bucket.inputs["objectLockEnabled"]
    assert not bucket.inputs["forceDestroy"]


def test_only_this_trail_writes_to_the_audit_bucket(trail: Graph):
    statements = _statements(one(trail, "s3/bucketPolicy:BucketPolicy"))
    for sid in ("TrailFindsBucket", "TrailWrites"):
        condition = statements[sid]["Condition"]["StringEquals"]
        assert condition["aws:SourceArn"] == one(trail, "cloudtrail/trail:Trail").outputs["arn"]


def _bucket(**changes: Any) -> Graph:
    args = SecureBucketArgs(classification="logs", **changes)
    return build(lambda _: SecureBucket("store", args))


def test_a_bucket_is_private_encrypted_versioned_and_tls_only():
    graph = _bucket(key=KEY, access_log_bucket="logs")
    block = one(graph, "s3/bucketPublicAccessBlock:BucketPublicAccessBlock").inputs
    flags = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    assert all(block[flag] for flag in flags)
    (rule,) = one(graph, "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration").inputs[
        "rules"
    ]
    assert rule == {
        "applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": KEY},
        "bucketKeyEnabled": True,
    }
    owner = one(graph, "s3/bucketOwnershipControls:BucketOwnershipControls")
    assert owner.inputs["rule"] == {"objectOwnership": "BucketOwnerEnforced"}
    versions = one(graph, "s3/bucketVersioning:BucketVersioning")
    assert versions.inputs["versioningConfiguration"] == {"status": "Enabled"}
    statements = _statements(one(graph, "s3/bucketPolicy:BucketPolicy"))
    assert statements["OnlyOverTls"]["Effect"] == "Deny"
    for sid, header, right in (
        ("OnlyWithTheRightKey", "s3:x-amz-server-side-encryption-aws-kms-key-id", KEY),
        ("OnlyWithKms", "s3:x-amz-server-side-encryption", ["aws:kms", "aws:kms:dsse"]),
    ):
        # Without the first condition, a request that names no key would be refused, too.
        assert statements[sid]["Condition"] == {"Null": {header: "false"}, "StringNotEquals": {header: right}}
    assert one(graph, "s3/bucketLogging:BucketLogging").inputs["targetBucket"] == "logs"


def test_a_bucket_of_access_logs_has_s3_s_own_key_and_no_log_of_its_own():
    graph = _bucket()
    (rule,) = one(graph, "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration").inputs[
        "rules"
    ]
    assert rule["applyServerSideEncryptionByDefault"]["sseAlgorithm"] == "AES256"
    assert graph.of_type("aws:s3/bucketLogging:BucketLogging") == ()
    assert graph.of_type("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration") == ()


def test_a_bucket_that_comes_and_goes_leaves_nothing():
    bucket = one(_bucket(keep=False), "s3/bucket:Bucket")
    assert bucket.inputs["forceDestroy"]
    assert not bucket.options.protect


@pytest.mark.parametrize(
    ("classification", "classes", "versions"),
    [
        ("logs", ["STANDARD_IA", "GLACIER_IR"], 30),
        ("audit", ["GLACIER_IR"], 30),
        ("orders", [], 90),
        ("analytics", ["INTELLIGENT_TIERING"], 7),
    ],
)
def test_the_lifecycle_follows_from_the_data_class(classification: str, classes: list[str], versions: int):
    graph = build(lambda _: SecureBucket("store", SecureBucketArgs(classification=classification, key=KEY)))
    (rule,) = one(graph, "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration").inputs["rules"]
    assert [move["storageClass"] for move in rule.get("transitions", [])] == classes
    assert rule["noncurrentVersionExpiration"] == {"noncurrentDays": versions}
    assert rule["expiration"] == {"days": 400}
    assert rule["abortIncompleteMultipartUpload"]


def test_cards_and_reports_are_under_keys_of_their_own(keys: Graph):
    aliases = {alias.inputs["name"] for alias in keys.of_type("aws:kms/alias:Alias")}
    assert aliases == {f"alias/shop-{name}" for name in ("orders", "card-data", "logs", "audit", "analytics")}
    through = _statements(one(keys, "kms/key:Key", "keys-card-data"))["UseThroughServices"]
    assert "events.eu-west-1.amazonaws.com" not in through["Condition"]["StringEquals"]["kms:ViaService"]
