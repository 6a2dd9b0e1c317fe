"""What the role that CI deploys with may do: make and change what this program is made of, and give nobody more than that."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi

from infra import policies
from infra.account import Account
from infra.policies import Statement

VERBS: dict[str, tuple[str, ...]] = {
    "access-analyzer": ("Create", "Delete", "Get", "List", "Tag", "Update"),
    "acm": ("AddTags", "Delete", "Describe", "List", "Request", "Update"),
    "application-autoscaling": ("De", "List", "Put", "Register", "Tag", "Untag"),
    "backup": ("Create", "Delete", "Get", "List", "Put", "Tag", "Update"),
    "budgets": ("Modify", "View", "Tag", "List"),
    "ce": ("Create", "Delete", "Get", "List", "Update"),
    "cloudfront": ("AllowVended", "Create", "Delete", "Get", "List", "Tag", "Update"),
    "cloudtrail": ("AddTags", "Create", "Describe", "Get", "List", "Put", "Start", "Update"),
    "cloudwatch": ("Delete", "Describe", "Get", "List", "Put", "Tag"),
    "config": ("Delete", "Describe", "Get", "List", "Put", "Start", "Tag"),
    "ec2": (
        "A", "Create", "Delete", "Describe", "Detach", "Disassociate", "Modify", "Re", "Get",
    ),
    "ecr": ("Create", "Delete", "Describe", "GetLifecycle", "List", "Put", "SetRepositoryPolicy", "Tag"),
    "ecs": ("Create", "De", "List", "Put", "Register", "Tag", "Update"),
    "elasticache": ("AddTags", "Create", "Delete", "Describe", "List", "Modify"),
    "elasticloadbalancing": ("AddTags", "Create", "De", "Modify", "RemoveTags", "Set"),
    "events": ("Create", "De", "List", "Put", "Remove", "Tag", "Update"),
    "guardduty": ("Create", "Delete", "Get", "List", "Tag", "Update"),
    "kms": ("Create", "Describe", "Enable", "GetKey", "List", "PutKeyPolicy", "Schedule", "Tag", "Update"),
    "lambda": ("AddPermission", "Create", "DeleteFunction", "GetFunction", "List", "Tag", "UpdateFunction"),
    "logs": ("Associate", "Create", "DeleteD", "DeleteLogDelivery", "DeleteLogGroup", "DeleteM", "Describe", "GetD", "List", "Put", "Tag"),
    "rds": ("AddTags", "Create", "Delete", "Describe", "List", "Modify"),
    "route53": ("ChangeResourceRecordSets", "Get", "List"),
    "s3": (
        "CreateBucket", "DeleteBucket", "GetB", "GetE", "GetL", "ListB", "PutB", "PutE", "PutL", "GetAcc", "GetRep",
        "PutAccountPublicAccessBlock",
    ),
    "scheduler": ("Create", "Delete", "Get", "List", "Tag", "Update"),
    "schemas": ("Create", "Delete", "Describe", "List", "Start", "Tag", "Update"),
    "secretsmanager": ("DescribeSecret", "GetResourcePolicy", "ListSecret", "RotateSecret", "TagResource"),
    "securityhub": ("BatchEnable", "Describe", "Enable", "Get", "List", "Tag"),
    "servicediscovery": ("Create", "Delete", "Get", "List", "Tag", "Update"),
    "shield": ("CreateProtection", "DeleteProtection", "Describe", "Tag"),
    "sns": ("Create", "Delete", "Get", "List", "Set", "Subscribe", "Tag", "Unsubscribe"),
    "sqs": ("CreateQueue", "DeleteQueue", "GetQueue", "ListQueue", "SetQueue", "TagQueue"),
    "synthetics": ("Create", "Delete", "Get", "List", "Start", "Stop", "Tag", "Update"),
    "wafv2": ("Associate", "Create", "Delete", "Disassociate", "Get", "List", "Put", "Tag", "Update"),
}  # fmt: skip
"""By service, what the names of the actions start with. No data is read: no object, message, row or secret value."""
PASSED_TO = (
    "backup", "cloudtrail", "config", "ecs", "ecs-tasks", "events", "lambda", "monitoring.rds", "rds", "scheduler", "sns",
    "vpc-flow-logs",
)  # fmt: skip
"""Services that are handed a role of the stack."""


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
            "Roles",
            ["iam:DeleteRole", "iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies",
             "iam:ListInstanceProfilesForRole", "iam:ListRolePolicies", "iam:TagRole", "iam:UpdateRoleDescription"],
            [roles],
        ),
        policies.allow(
            "SeeTheCeiling",
            ["iam:GetPolicy", "iam:GetPolicyVersion", "iam:ListPolicyVersions"],
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
