"""What the role that CI deploys with may do: make and change what this program is made of, and give nobody more than that."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi

from infra import policies
from infra.account import Account
from infra.policies import Statement

VERBS: dict[str, tuple[str, ...]] = {
    "access-analyzer": ("Create", "Delete", "Get", "List", "*agR", "Update"),
    "acm": ("AddTags", "De", "List", "RemoveTags", "Request", "Update"),
    "application-autoscaling": ("De", "List", "Put", "Register", "*agR"),
    "backup": ("Create", "Delete", "Get", "List", "Put", "*agR", "Update"),
    "budgets": ("Modify", "View", "*agR", "List"),
    "ce": ("Create", "Delete", "Get", "List", "*agR", "Update"),
    "cloudfront": ("AllowVended", "Create", "Delete", "Get", "List", "*agR", "Update"),
    "cloudtrail": ("AddTags", "Create", "Describe", "Get", "List", "Put", "RemoveTags", "Start", "Update"),
    "cloudwatch": ("De", "Get", "List", "Put", "*agR"),
    "config": ("De", "Get", "List", "Put", "Start", "*agR"),
    "ec2": (
        "A", "Create", "De", "Disassociate", "Modify", "Re", "Get",
    ),
    "ecr": ("Create", "De", "GetLifecycle", "List", "Put", "SetRepositoryPolicy", "*agR"),
    "ecs": ("Create", "De", "List", "Put", "Register", "*agR", "Update"),
    "elasticache": ("AddTags", "Create", "De", "List", "Modify", "RemoveTags"),
    "elasticloadbalancing": ("AddTags", "Create", "De", "Modify", "RemoveTags", "Set"),
    "events": ("Create", "De", "List", "Put", "Remove", "*agR", "Update"),
    "guardduty": ("Create", "Delete", "Get", "List", "*agR", "Update"),
    "kms": ("Create", "Describe", "Enable", "GetKey", "List", "PutKeyPolicy", "Schedule", "*agR", "Update"),
    "lambda": ("AddPermission", "Create", "DeleteFunction", "GetFunction", "List", "*agR", "UpdateFunction"),
    "logs": ("Associate", "Create", "DeleteD", "DeleteLogDelivery", "DeleteLogGroup", "DeleteM", "Describe", "GetD", "List", "Put", "*agR"),
    "rds": ("AddTags", "Create", "De", "List", "Modify", "RemoveTags"),
    "route53": ("ChangeResourceRecordSets", "Get", "List"),
    "s3": (
        "CreateBucket", "DeleteBucket", "GetB", "GetE", "GetL", "ListB", "PutB", "PutE", "PutL", "GetAcc", "GetRep",
        "PutAccountPublicAccessBlock",
    ),
    "scheduler": ("Create", "Delete", "Get", "List", "*agR", "Update"),
    "schemas": ("Create", "De", "List", "Start", "*agR", "Update"),
    "secretsmanager": ("DescribeSecret", "GetResourcePolicy", "ListSecret", "RotateSecret", "*agR"),
    "securityhub": ("BatchEnable", "Describe", "Enable", "Get", "List", "*agR"),
    "servicediscovery": ("Create", "Delete", "Get", "List", "*agR", "Update"),
    "shield": ("CreateProtection", "DeleteProtection", "Describe", "*agR"),
    "sns": ("Create", "Delete", "Get", "List", "Set", "Subscribe", "*agR", "Unsubscribe"),
    "sqs": ("CreateQueue", "DeleteQueue", "GetQueue", "ListQueue", "SetQueue", "*agQ"),
    "synthetics": ("Create", "Delete", "Get", "List", "Start", "Stop", "*agR", "Update"),
    "wafv2": ("Associate", "Create", "Delete", "Disassociate", "Get", "List", "Put", "*agR", "Update"),
}  # fmt: skip
"""By service, what the names of the actions start with. No data is read: no object, message, row or secret value.

``*agR`` is TagResource and UntagResource at once: the policy is the role's boundary too, so it has to be one document.
"""
PASSED_TO = (
    "backup", "cloudtrail", "config", "ecs", "ecs-tasks", "events", "lambda", "monitoring.rds", "rds", "scheduler", "sns",
    "vpc-flow-logs",
)  # fmt: skip
"""Services that are handed a role of the stack."""
LINKED = (
    "access-analyzer", "backup", "config", "ecs", "elasticache", "elasticloadbalancing", "*guardduty", "*inspector2", "rds",
    "schemas", "securityhub", "vpcorigin.cloudfront", "wafv2",
)  # fmt: skip
"""Services that make a role of their own for whoever first uses them in an account; ECS' scaling has one besides ECS."""


def deploy_document(
    account: Account, path: str, boundary: pulumi.Input[str], regions: Sequence[str]
) -> pulumi.Output[str]:
    """The role's one policy, and its boundary: whatever is attached to it besides adds nothing.

    Args:
        account: Where it deploys.
        path: Of all roles of the stack; it touches no others.
        boundary: That every role which it makes or changes must carry.
        regions: Where it makes anything; global services are called in us-east-1.
    """
    roles = account.arn("iam", f"role{path}*", region=False)
    here = {"StringEquals": {"aws:RequestedRegion": list(regions)}}
    ceiling = {"StringEquals": {"iam:PermissionsBoundary": boundary}}
    statements: list[Statement] = [
        policies.allow(
            "MakeThePlatform",
            [f"{service}:{verb}*" for service, verbs in VERBS.items() for verb in verbs],
            "*",
            condition=here,
        ),
        policies.allow("WhoAmI", ["sts:GetCallerIdentity"], "*"),
        policies.allow(
            "RolesUnderTheCeiling",
            [
                "iam:AttachRolePolicy",
                "iam:CreateRole",
                "iam:DeleteRolePolicy",
                "iam:DetachRolePolicy",
                "iam:PutRolePermissionsBoundary",
                "iam:PutRolePolicy",
            ],
            [roles],
            condition=ceiling,
        ),
        policies.allow(
            "LinkedRoles",
            ["iam:CreateServiceLinkedRole"],
            [account.arn("iam", "role/aws-service-role/*", region=False)],
            condition={"StringLike": {"iam:AWSServiceName": [f"{service}.*" for service in LINKED]}},
        ),
        policies.allow(
            "Roles",
            ["iam:DeleteRole", "iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies",
             "iam:ListInstanceProfilesForRole", "iam:ListRolePolicies", "iam:TagRole", "iam:UntagRole", "iam:UpdateRoleDescription"],
            [roles],
        ),
        policies.allow(
            "SeeTheCeiling",
            ["iam:GetPolicy*", "iam:ListPolicyVersions"],
            [account.arn("iam", "policy/*", region=False)],
        ),
        policies.allow(
            "PassRoles",
            ["iam:PassRole"],
            [roles],
            condition={"StringEquals": {"iam:PassedToService": [f"{service}.amazonaws.com" for service in PASSED_TO]}},
        ),
    ]  # fmt: skip
    return policies.document(*statements)
