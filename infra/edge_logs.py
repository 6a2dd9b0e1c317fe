"""Statements that let AWS deliver the logs of firewall and CloudFront to a bucket."""

from __future__ import annotations

import pulumi

from infra import policies
from infra.account import Account
from infra.components.firewall import GLOBAL
from infra.policies import Statement


def edge_log_delivery(account: Account, bucket: pulumi.Output[str]) -> list[Statement]:
    """Let this account's log deliveries write, those of CloudFront from us-east-1 among them.

    Source: Amazon CloudWatch Logs User Guide, 'Logs sent to Amazon S3' (V1 and V2 permissions).
    """
    principal = {"Service": "delivery.logs.amazonaws.com"}
    sources = [
        pulumi.Output.format("arn:{0}:logs:{1}:{2}:*", account.partition, region, account.id)
        for region in dict.fromkeys([account.region, GLOBAL])
    ]
    from_here = {"StringEquals": {"aws:SourceAccount": account.id}, "ArnLike": {"aws:SourceArn": sources}}
    owned = {"StringEquals": {**from_here["StringEquals"], "s3:x-amz-acl": "bucket-owner-full-control"}}
    objects = pulumi.Output.format("{0}/AWSLogs/{1}/*", bucket, account.id)
    return [
        policies.allow(
            "LogDeliveryWrites", ["s3:PutObject"], objects, principal=principal, condition={**from_here, **owned}
        ),
        policies.allow(
            "LogDeliveryFindsBucket",
            ["s3:GetBucketAcl", "s3:ListBucket"],
            bucket,
            principal=principal,
            condition=from_here,
        ),
    ]
