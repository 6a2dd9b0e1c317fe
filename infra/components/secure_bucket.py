"""SecureBucket: private, encrypted, versioned, TLS-only, with an end to everything in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pulumi
import pulumi_aws as aws

from infra import names, policies
from infra.components.component import Component, Transforms, component_options
from infra.policies import Statement
from infra.retention import moves, version_days
from infra.tags import CLASSIFICATION


@dataclass(frozen=True, kw_only=True)
class SecureBucketArgs:
    """What a SecureBucket is made from.

    Attributes:
        classification: Data class that it holds; where its objects go meanwhile follows from it.
        key: KMS key that everything is encrypted with; None for S3's own keys, which is all that the
            access logs of load balancers and of buckets can be written with.
        access_log_bucket: Bucket for its own access logs; None for that bucket itself.
        retention_days: When objects expire.
        lock: Object Lock: nobody (compliance) or only a few (governance) can delete before the retention ends.
        keep: Whether it is protected, and is never emptied to be deleted.
        statements: Further statements of its policy, from its ARN.
        transform: Changes to children.
    """

    classification: str
    key: pulumi.Input[str] | None = None
    access_log_bucket: pulumi.Input[str] | None = None
    retention_days: int = 400
    lock: Literal["compliance", "governance", "none"] = "none"
    keep: bool = True
    statements: Callable[[pulumi.Output[str]], Sequence[Statement]] | None = None
    transform: Transforms | None = None


class SecureBucket(Component):
    """A bucket that only this account reaches, over TLS, with the right key.

    Attributes:
        bucket: The bucket.
        policy: Its policy; what is delivered to the bucket has to wait for it.
    """

    def __init__(self, name: str, args: SecureBucketArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("surgeproof:platform:SecureBucket", name, {}, component_options(name, opts, args.transform))
        self._args = args
        self.bucket = aws.s3.Bucket(
            names.logical("aws:s3/bucket:Bucket", name),
            object_lock_enabled=args.lock != "none",
            force_destroy=not args.keep,
            tags={CLASSIFICATION: args.classification},
            opts=self._child(protect=args.keep or None),
        )
        self._close(name)
        self._encrypt(name)
        self._keep_for_a_while(name)
        self.policy = self._admit(name)
        self._done({"bucket": self.bucket.bucket, "arn": self.bucket.arn})

    def _close(self, name: str) -> None:
        aws.s3.BucketPublicAccessBlock(
            f"{name}-private",
            bucket=self.bucket.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self._child(),
        )
        aws.s3.BucketOwnershipControls(
            f"{name}-owner",
            bucket=self.bucket.id,
            rule={"object_ownership": "BucketOwnerEnforced"},
            opts=self._child(),
        )

    def _encrypt(self, name: str) -> None:
        key = self._args.key
        default = aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
            sse_algorithm="AES256" if key is None else "aws:kms", kms_master_key_id=key
        )
        aws.s3.BucketServerSideEncryptionConfiguration(
            f"{name}-encryption",
            bucket=self.bucket.id,
            rules=[
                aws.s3.BucketServerSideEncryptionConfigurationRuleArgs(
                    apply_server_side_encryption_by_default=default,
                    bucket_key_enabled=key is not None,
                )
            ],
            opts=self._child(),
        )

    def _keep_for_a_while(self, name: str) -> None:
        args = self._args
        versioning = aws.s3.BucketVersioning(
            f"{name}-versions",
            bucket=self.bucket.id,
            versioning_configuration={"status": "Enabled"},
            opts=self._child(),
        )
        aws.s3.BucketLifecycleConfiguration(
            f"{name}-lifecycle",
            bucket=self.bucket.id,
            rules=[_lifecycle(args.classification, args.retention_days)],
            opts=self._child(depends_on=[versioning]),
        )
        if args.lock != "none":
            aws.s3.BucketObjectLockConfiguration(
                f"{name}-lock",
                bucket=self.bucket.id,
                rule={"default_retention": {"mode": args.lock.upper(), "days": args.retention_days}},
                opts=self._child(depends_on=[versioning]),
            )
        if args.access_log_bucket is not None:
            aws.s3.BucketLogging(
                f"{name}-access-log",
                bucket=self.bucket.id,
                target_bucket=args.access_log_bucket,
                target_prefix=f"s3/{name}/",
                opts=self._child(),
            )

    def _admit(self, name: str) -> aws.s3.BucketPolicy:
        arn = self.bucket.arn
        objects = pulumi.Output.concat(arn, "/*")
        statements = [policies.deny_without_tls([arn, objects], "s3")]
        if self._args.key is not None:
            statements += _right_key(objects, self._args.key)
        if self._args.statements is not None:
            statements += self._args.statements(arn)
        return aws.s3.BucketPolicy(
            f"{name}-policy", bucket=self.bucket.id, policy=policies.document(*statements), opts=self._child()
        )


def _lifecycle(classification: str, retention_days: int) -> Any:
    rule: dict[str, Any] = {
        "id": "end-of-retention",
        "status": "Enabled",
        "filter": {"prefix": ""},
        "expiration": {"days": retention_days},
        "noncurrent_version_expiration": {"noncurrent_days": version_days(classification)},
        "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
    }
    transitions = [
        {"days": move.days, "storage_class": move.storage_class} for move in moves(classification, retention_days)
    ]
    return {**rule, "transitions": transitions} if transitions else rule


def _right_key(objects: pulumi.Output[str], key: pulumi.Input[str]) -> list[Statement]:
    """Refuse another key, and any other way to encrypt.

    A request that names neither is let through, and gets the bucket's default key: a negated condition is true of a
    header that is not there, too (IAM User Guide, 'Negated matching condition operators'), and so it is asked for first.
    """
    encryption = "s3:x-amz-server-side-encryption"
    return [
        {
            "Sid": sid,
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:PutObject",
            "Resource": objects,
            "Condition": {"Null": {header: "false"}, "StringNotEquals": {header: right}},
        }
        for sid, header, right in (
            ("OnlyWithTheRightKey", f"{encryption}-aws-kms-key-id", key),
            ("OnlyWithKms", encryption, ["aws:kms", "aws:kms:dsse"]),
        )
    ]
