"""Statements that let AWS deliver access logs to a bucket."""

from __future__ import annotations

import pulumi

from infra import policies
from infra.account import Account
from infra.policies import Statement


def log_delivery(account: Account, bucket: pulumi.Output[str]) -> list[Statement]:
    """Let this account's load balancers and buckets write their access logs.

    Sources: Elastic Load Balancing, 'Enable access logs for your Application Load Balancer'; Amazon S3,
    'Permissions for log delivery'.
    """
    balancer_logs = pulumi.Output.format("{0}/alb/*", bucket)
    bucket_logs = pulumi.Output.format("{0}/s3/*", bucket)
    return [
        policies.allow(
            "LoadBalancerLogs",
            ["s3:PutObject"],
            balancer_logs,
            principal={"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
            condition={
                "ArnLike": {"aws:SourceArn": account.arn("elasticloadbalancing", "loadbalancer/*")},
            },
        ),
        policies.allow(
            "BucketLogs",
            ["s3:PutObject"],
            bucket_logs,
            principal={"Service": "logging.s3.amazonaws.com"},
            condition={"StringEquals": {"aws:SourceAccount": account.id}},
        ),
    ]
