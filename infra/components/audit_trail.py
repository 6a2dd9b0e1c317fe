"""AuditTrail: who did what in the account, in every region, where nobody can change it afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pulumi
import pulumi_aws as aws

from infra import names, policies
from infra.account import Account
from infra.components.component import Component, Transforms, component_options
from infra.components.secure_bucket import SecureBucket, SecureBucketArgs
from infra.policies import Statement
from infra.tags import CLASSIFICATION

_Field = aws.cloudtrail.TrailAdvancedEventSelectorFieldSelectorArgs


@dataclass(frozen=True, kw_only=True)
class AuditTrailArgs:
    """What an AuditTrail is made from.

    Attributes:
        account: Where it lies.
        trail_name: Name of the trail; its ARN is made from it before the trail exists.
        key: KMS key of bucket, trail and log group.
        access_log_bucket: Bucket for the access logs of the audit bucket.
        retention_days: Object Lock and expiry.
        lock: Whether nobody or only a few can delete before that.
        keep: Whether trail and bucket are protected.
        transform: Changes to children.
    """

    account: Account
    trail_name: str
    key: pulumi.Input[str]
    access_log_bucket: aws.s3.Bucket
    retention_days: int = 400
    lock: Literal["compliance", "governance", "none"] = "compliance"
    keep: bool = True
    transform: Transforms | None = None


def trail_arn(account: Account, trail_name: str) -> pulumi.Output[str]:
    """ARN that the trail will have: key and bucket policies name it before it exists."""
    return account.arn("cloudtrail", f"trail/{trail_name}")


class AuditTrail(Component):
    """A CloudTrail of all regions with validated files, its bucket, and a copy in CloudWatch Logs.

    Attributes:
        trail: The trail.
        bucket: The audit bucket.
        group: Log group for metric filters and alarms.
    """

    def __init__(self, name: str, args: AuditTrailArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("surgeproof:platform:AuditTrail", name, {}, component_options(name, opts, args.transform))
        arn = trail_arn(args.account, args.trail_name)
        self.bucket = SecureBucket(
            f"{name}-bucket",
            SecureBucketArgs(
                classification="audit",
                key=args.key,
                access_log_bucket=args.access_log_bucket.id,
                retention_days=args.retention_days,
                lock=args.lock,
                keep=args.keep,
                statements=lambda bucket: _delivery(args.account, bucket, arn),
            ),
            opts=self._child(),
        )
        self.group = aws.cloudwatch.LogGroup(
            f"{name}-group",
            name=f"/aws/cloudtrail/{args.trail_name}",
            kms_key_id=args.key,
            retention_in_days=400,
            tags={CLASSIFICATION: "audit"},
            opts=self._child(protect=args.keep or None),
        )
        role, policy = self._delivery_role(name, args, arn)
        self.trail = aws.cloudtrail.Trail(
            f"{name}-trail",
            name=args.trail_name,
            s3_bucket_name=self.bucket.bucket.id,
            kms_key_id=args.key,
            is_multi_region_trail=True,
            include_global_service_events=True,
            enable_logging=True,
            enable_log_file_validation=True,
            cloud_watch_logs_group_arn=pulumi.Output.concat(self.group.arn, ":*"),
            cloud_watch_logs_role_arn=role.arn,
            advanced_event_selectors=_selectors(self.bucket.bucket, args.access_log_bucket),
            opts=self._child(protect=args.keep or None, depends_on=[self.bucket.policy, policy]),
        )
        self._done({"trail_arn": self.trail.arn, "bucket": self.bucket.bucket.bucket})

    def _delivery_role(
        self, name: str, args: AuditTrailArgs, arn: pulumi.Output[str]
    ) -> tuple[aws.iam.Role, aws.iam.RolePolicy]:
        role = aws.iam.Role(
            names.logical("aws:iam/role:Role", f"{name}-delivery"),
            description="Copies the trail to CloudWatch Logs",
            assume_role_policy=policies.trust(args.account, "cloudtrail.amazonaws.com", arn),
            opts=self._child(),
        )
        streams = pulumi.Output.concat(self.group.arn, ":log-stream:*")
        policy = aws.iam.RolePolicy(
            f"{name}-delivery-policy",
            role=role.id,
            policy=policies.document(
                policies.allow("WriteTrail", ["logs:CreateLogStream", "logs:PutLogEvents"], [streams])
            ),
            opts=self._child(),
        )
        return role, policy


def _selectors(
    trail_bucket: aws.s3.Bucket, access_logs: aws.s3.Bucket
) -> list[aws.cloudtrail.TrailAdvancedEventSelectorArgs]:
    """What is written down: every management event, every object that is read or written, and who reads the logs.

    Left out are writes to the two buckets that AWS delivers logs to: each would be an event, which is delivered, which
    would be an event (AWS CloudTrail User Guide, 'Logging data events').
    """
    selector, field = aws.cloudtrail.TrailAdvancedEventSelectorArgs, _Field
    delivered = [pulumi.Output.concat(bucket.arn, "/") for bucket in (trail_bucket, access_logs)]
    objects = [
        field(field="eventCategory", equals=["Data"]),
        field(field="resources.type", equals=["AWS::S3::Object"]),
    ]
    return [
        selector(name="Management", field_selectors=[field(field="eventCategory", equals=["Management"])]),
        selector(name="Objects", field_selectors=[*objects, field(field="resources.ARN", not_starts_withs=delivered)]),
        selector(
            name="ReadsOfLogs",
            field_selectors=[
                *objects,
                field(field="readOnly", equals=["true"]),
                field(field="resources.ARN", starts_withs=delivered),
            ],
        ),
    ]


def _delivery(account: Account, bucket: pulumi.Output[str], trail: pulumi.Output[str]) -> list[Statement]:
    """CloudTrail User Guide, 'Amazon S3 bucket policy for CloudTrail'; ACLs are off, so none is asked for."""
    principal = {"Service": "cloudtrail.amazonaws.com"}
    source = {"aws:SourceArn": trail}
    files = pulumi.Output.format("{0}/AWSLogs/{1}/*", bucket, account.id)
    return [
        policies.allow(
            "TrailFindsBucket", ["s3:GetBucketAcl"], bucket, principal=principal, condition={"StringEquals": source}
        ),
        policies.allow(
            "TrailWrites",
            ["s3:PutObject"],
            files,
            principal=principal,
            condition={"StringEquals": {**source, "s3:x-amz-acl": "bucket-owner-full-control"}},
        ),
    ]
