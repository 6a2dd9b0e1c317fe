"""ConfigRecorder: AWS Config writes down what every resource looks like, and judges it by a conformance pack."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import policies
from infra.account import Account
from infra.components.component import Component, Transforms, component_options
from infra.components.secure_bucket import SecureBucket, SecureBucketArgs
from infra.conformance_pack import pci_pack
from infra.policies import Statement

SERVICE = "config.amazonaws.com"
ROLE = f"aws-service-role/{SERVICE}/AWSServiceRoleForConfig"


@dataclass(frozen=True, kw_only=True)
class ConfigRecorderArgs:
    """What a ConfigRecorder is made from.

    Attributes:
        account: Where it lies.
        key: KMS key of the bucket that it delivers to.
        access_log_bucket: For the access logs of that bucket.
        retention_days: How long what it wrote down is kept.
        create_role: Whether the account's service-linked role is made here; it has one for all regions.
        pack: ``none``, ``pci`` for ours, or the s3:// address of a template.
        keep: Whether recorder and bucket are protected.
        transform: Changes to children.
    """

    account: Account
    key: pulumi.Input[str]
    access_log_bucket: pulumi.Input[str]
    retention_days: int = 400
    create_role: bool = True
    pack: str = "none"
    keep: bool = True
    transform: Transforms | None = None


class ConfigRecorder(Component):
    """A recorder of all types, global ones too, that runs, and delivers to a bucket of its own.

    Not the trail's bucket: Config can't deliver where Object Lock has a default retention (AWS Config Developer Guide,
    'Managing the delivery channel').

    Attributes:
        recorder: The recorder.
        bucket: Where snapshots and history go.
    """

    def __init__(self, name: str, args: ConfigRecorderArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("surgeproof:platform:ConfigRecorder", name, {}, component_options(name, opts, args.transform))
        account = args.account
        self.bucket = SecureBucket(
            f"{name}-bucket",
            SecureBucketArgs(
                classification="logs",
                key=args.key,
                access_log_bucket=args.access_log_bucket,
                retention_days=args.retention_days,
                keep=args.keep,
                statements=lambda bucket: _delivery(account, bucket),
            ),
            opts=self._child(),
        )
        role = None
        if args.create_role:
            # Other recorders of the account may use it when this stack is gone.
            role = aws.iam.ServiceLinkedRole(
                f"{name}-role", aws_service_name=SERVICE, opts=self._child(retain_on_delete=True)
            )
        self.recorder = aws.cfg.Recorder(
            f"{name}-recorder",
            name=name,
            role_arn=role.arn
            if role
            else pulumi.Output.format("arn:{0}:iam::{1}:role/{2}", account.partition, account.id, ROLE),
            recording_group={"all_supported": True, "include_global_resource_types": True},
            opts=self._child(protect=args.keep or None),
        )
        channel = aws.cfg.DeliveryChannel(
            f"{name}-channel",
            name=name,
            s3_bucket_name=self.bucket.bucket.id,
            s3_kms_key_arn=args.key,
            snapshot_delivery_properties={"delivery_frequency": "TwentyFour_Hours"},
            opts=self._child(depends_on=[self.recorder, self.bucket.policy]),
        )
        # A recorder starts only once it has somewhere to deliver to.
        running = aws.cfg.RecorderStatus(
            f"{name}-running", name=self.recorder.name, is_enabled=True, opts=self._child(depends_on=[channel])
        )
        aws.cfg.RetentionConfiguration(
            f"{name}-retention", retention_period_in_days=args.retention_days, opts=self._child()
        )
        if args.pack != "none":
            aws.cfg.ConformancePack(
                f"{name}-pack",
                # An account tells a pack's name and not its template.
                name=f"{name}-pci" if args.pack == "pci" else f"{name}-pack",
                template_body=pci_pack() if args.pack == "pci" else None,
                template_s3_uri=None if args.pack == "pci" else args.pack,
                opts=self._child(depends_on=[running]),
            )
        self._done({"recorder": self.recorder.name})


def _delivery(account: Account, bucket: pulumi.Output[str]) -> list[Statement]:
    """AWS Config Developer Guide, 'Permissions for the Amazon S3 bucket'; the service-linked role delivers as Config."""
    principal, own = {"Service": SERVICE}, {"StringEquals": {"aws:SourceAccount": account.id}}
    files = pulumi.Output.format("{0}/AWSLogs/{1}/Config/*", bucket, account.id)
    return [
        policies.allow(
            "ConfigFindsBucket", ["s3:GetBucketAcl", "s3:ListBucket"], bucket, principal=principal, condition=own
        ),
        policies.allow(
            "ConfigWrites",
            ["s3:PutObject"],
            files,
            principal=principal,
            condition={"StringEquals": {**own["StringEquals"], "s3:x-amz-acl": "bucket-owner-full-control"}},
        ),
    ]
