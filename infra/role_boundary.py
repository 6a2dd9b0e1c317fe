"""The ceiling over every role of a stack: what none of them can do, whatever its own policies come to say."""

from __future__ import annotations

from typing import Any

import pulumi

from infra import policies
from infra.account import Account
from infra.policies import Statement

ROLE = "aws:iam/role:Role"

IN_THIS_ACCOUNT = (
    "application-autoscaling:Describe*", "backup:Copy*", "backup:Describe*", "backup:Get*", "backup:List*",
    "backup:Start*", "backup:Tag*", "cloudwatch:Describe*", "cloudwatch:Get*", "cloudwatch:List*", "dynamodb:Describe*",
    "ec2:CreateTags", "ec2:Describe*", "ecs:Describe*", "ecs:List*", "ecs:RunTask", "ecs:TagResource",
    "elasticache:Connect", "elasticache:Describe*", "elasticloadbalancing:DeregisterTargets",
    "elasticloadbalancing:Describe*", "elasticloadbalancing:ModifyRule", "elasticloadbalancing:RegisterTargets", "events:PutEvents", "kms:CreateGrant", "kms:Decrypt",
    "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom",
    "kms:ReEncryptTo", "lambda:InvokeFunction", "logs:CreateLogGroup", "logs:CreateLogStream", "logs:Describe*", "logs:PutLogEvents",
    "logs:PutRetentionPolicy", "logs:GetLogEvents", "rds-db:connect", "rds:AddTagsToResource", "rds:Copy*",
    "rds:CreateDBClusterSnapshot", "rds:CreateDBSnapshot", "rds:DeleteDBClusterSnapshot", "rds:DeleteDBSnapshot",
    "rds:Describe*", "rds:ListTagsForResource", "rds:Restore*", "s3:AbortMultipartUpload", "s3:DeleteObject",
    "s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketTagging", "s3:GetBucketVersioning", "s3:ListAllMyBuckets",
    "s3:ListBucket", "s3:ListBucketVersions", "s3:PutObject", "servicediscovery:Discover*",
    "sns:Publish", "sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl",
    "sqs:SendMessage", "tag:GetResources",
)  # fmt: skip
"""What tasks, jobs and the services that work for the stack do, on resources of this account."""
WITHOUT_RESOURCE = (
    "cloudwatch:PutMetricData", "ecr:GetAuthorizationToken", "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel",
    "xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:PutTelemetryRecords", "xray:PutTraceSegments",
)  # fmt: skip
"""Actions that take no resource (Service Authorization Reference)."""
PULLS = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
"""What starts a task: its image may lie in another account's registry, and GuardDuty's agent lies in one of AWS's."""
CONFIG_READS = ("config:Describe*", "config:Get*", "config:List*", "config:Put*")


def boundary_document(account: Account) -> pulumi.Output[str]:
    """The boundary. A role can do what it and its own policies both allow (IAM User Guide, 'Permissions boundaries').

    It never changes identities, keys, networks or logs, and of another account it reaches images alone. Roles are passed only
    within the account, and only to the services that run tasks.
    """
    # A boundary grants nothing: wherever a role's own policy names no resource, this account is still the limit.
    here = {"StringEqualsIfExists": {"aws:ResourceAccount": account.id}}
    statements: list[Statement] = [
        policies.allow("InThisAccount", [*IN_THIS_ACCOUNT, *CONFIG_READS], "*", condition=here),
        policies.allow(
            "ReadOwnData",
            ["s3:GetObject", "s3:GetObjectVersion", "secretsmanager:GetSecretValue", "sqs:ReceiveMessage"],
            [
                "arn:aws:s3:::*/*",
                account.arn("secretsmanager", "secret:*"),
                account.arn("sqs", "*"),
            ],
            condition=here,
        ),
        policies.allow("ReadParameters", ["ssm:GetParameters"], [account.arn("ssm", "parameter/*")]),
        policies.allow("WithoutResource", list(WITHOUT_RESOURCE), "*"),
        policies.allow("PullImages", list(PULLS), "*"),
        policies.allow(
            "PassToTasks",
            ["iam:PassRole"],
            [account.arn("iam", "role/*", region=False)],
            condition={"StringEquals": {"iam:PassedToService": ["ecs-tasks.amazonaws.com", "ecs.amazonaws.com"]}},
        ),
    ]
    return policies.document(*statements)


class RoleCeiling:
    """A transformation that gives each role of the program its boundary and its path.

    Attributes:
        boundary: ARN of the boundary, once there is one.
    """

    def __init__(self, path: str) -> None:
        self.boundary: pulumi.Input[str] | None = None
        self._path = path

    def __call__(self, args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        """Fill in what a role does not say itself."""
        if args.type_ != ROLE or self.boundary is None:
            return None
        props: dict[str, Any] = dict(args.props)
        if props.get("permissions_boundary") is None:
            props["permissions_boundary"] = self.boundary
        if props.get("path") is None:
            props["path"] = self._path
        return pulumi.ResourceTransformationResult(props=props, opts=args.opts)
