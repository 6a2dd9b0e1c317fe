"""The fourteen metric filters of CIS AWS Foundations, section 4, as one table.

Patterns: 'CIS AWS Foundations Benchmark v1.4.0', 4.1 to 4.14 (4.3 there is the root account), as Security Hub's controls
CloudWatch.1 to CloudWatch.14 look for them in a trail's log group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

NAMESPACE = "CISBenchmark"


@dataclass(frozen=True, slots=True)
class CisFilter:
    """One filter.

    Attributes:
        key: Short name, of filter, metric and alarm.
        control: Id in Security Hub.
        says: What happened, for who is called.
        pattern: CloudWatch Logs filter pattern.
    """

    key: str
    control: str
    says: str
    pattern: str


def _any(field: str, values: Sequence[str]) -> str:
    return " || ".join(f"({field}={value})" for value in values)


def _calls(source: str, names: Sequence[str]) -> str:
    return f"{{($.eventSource={source}) && ({_any('$.eventName', names)})}}"


def _named(*names: str) -> str:
    return f"{{{_any('$.eventName', names)}}}"


_IAM_CHANGES = (
    "DeleteGroupPolicy", "DeleteRolePolicy", "DeleteUserPolicy", "PutGroupPolicy", "PutRolePolicy", "PutUserPolicy",
    "CreatePolicy", "DeletePolicy", "CreatePolicyVersion", "DeletePolicyVersion", "AttachRolePolicy",
    "DetachRolePolicy", "AttachUserPolicy", "DetachUserPolicy", "AttachGroupPolicy", "DetachGroupPolicy",
)  # fmt: skip

CIS_FILTERS: tuple[CisFilter, ...] = (
    CisFilter(
        "root-use",
        "CloudWatch.1",
        "The root user did something",
        '{$.userIdentity.type="Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType !="AwsServiceEvent"}',
    ),
    CisFilter(
        "unauthorized-calls",
        "CloudWatch.2",
        "Calls were refused for want of permission",
        '{($.errorCode="*UnauthorizedOperation") || ($.errorCode="AccessDenied*")}',
    ),
    CisFilter(
        "sign-in-without-mfa",
        "CloudWatch.3",
        "Somebody signed in to the console without a second factor",
        '{($.eventName="ConsoleLogin") && ($.additionalEventData.MFAUsed !="Yes") && ($.userIdentity.type="IAMUser") '
        '&& ($.responseElements.ConsoleLogin="Success")}',
    ),
    CisFilter(
        "iam-changes",
        "CloudWatch.4",
        "IAM policies were changed",
        _calls("iam.amazonaws.com", _IAM_CHANGES),
    ),
    CisFilter(
        "trail-changes",
        "CloudWatch.5",
        "A trail was changed",
        _named("CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging"),
    ),
    CisFilter(
        "failed-sign-ins",
        "CloudWatch.6",
        "Sign-ins to the console failed",
        '{($.eventName=ConsoleLogin) && ($.errorMessage="Failed authentication")}',
    ),
    CisFilter(
        "key-loss",
        "CloudWatch.7",
        "A KMS key was disabled, or its deletion scheduled",
        _calls("kms.amazonaws.com", ("DisableKey", "ScheduleKeyDeletion")),
    ),
    CisFilter(
        "bucket-policy-changes",
        "CloudWatch.8",
        "A bucket's policy, ACL, CORS, lifecycle or replication was changed",
        _calls(
            "s3.amazonaws.com",
            (
                "PutBucketAcl", "PutBucketPolicy", "PutBucketCors", "PutBucketLifecycle", "PutBucketReplication",
                "DeleteBucketPolicy", "DeleteBucketCors", "DeleteBucketLifecycle", "DeleteBucketReplication",
            ),
        ),
    ),
    CisFilter(
        "config-changes",
        "CloudWatch.9",
        "AWS Config was changed",
        _calls(
            "config.amazonaws.com",
            (
                "StopConfigurationRecorder", "DeleteDeliveryChannel", "PutDeliveryChannel",
                "PutConfigurationRecorder",
            ),
        ),
    ),
    CisFilter(
        "security-group-changes",
        "CloudWatch.10",
        "Security groups were changed",
        _named(
            "AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress", "RevokeSecurityGroupIngress",
            "RevokeSecurityGroupEgress", "CreateSecurityGroup", "DeleteSecurityGroup",
        ),
    ),
    CisFilter(
        "network-acl-changes",
        "CloudWatch.11",
        "Network ACLs were changed",
        _named(
            "CreateNetworkAcl", "CreateNetworkAclEntry", "DeleteNetworkAcl", "DeleteNetworkAclEntry",
            "ReplaceNetworkAclEntry", "ReplaceNetworkAclAssociation",
        ),
    ),
    CisFilter(
        "gateway-changes",
        "CloudWatch.12",
        "Network gateways were changed",
        _named(
            "CreateCustomerGateway", "DeleteCustomerGateway", "AttachInternetGateway", "CreateInternetGateway",
            "DeleteInternetGateway", "DetachInternetGateway",
        ),
    ),
    CisFilter(
        "route-changes",
        "CloudWatch.13",
        "Routes were changed",
        _calls(
            "ec2.amazonaws.com",
            (
                "CreateRoute", "CreateRouteTable", "ReplaceRoute", "ReplaceRouteTableAssociation",
                "DeleteRouteTable", "DeleteRoute", "DisassociateRouteTable",
            ),
        ),
    ),
    CisFilter(
        "vpc-changes",
        "CloudWatch.14",
        "VPCs or their peerings were changed",
        _named(
            "CreateVpc", "DeleteVpc", "ModifyVpcAttribute", "AcceptVpcPeeringConnection", "CreateVpcPeeringConnection",
            "DeleteVpcPeeringConnection", "RejectVpcPeeringConnection", "AttachClassicLinkVpc",
            "DetachClassicLinkVpc", "DisableVpcClassicLink", "EnableVpcClassicLink",
        ),
    ),
)  # fmt: skip
"""In the order of Security Hub's ids."""
