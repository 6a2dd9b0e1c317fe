"""IAM actions of the calls that readers make, and the least policy that allows them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from typing import Any

from botocore import xform_name
from botocore.session import get_session

READ_ONLY = ("describe_", "get_", "list_", "batch_get_")
"""How the name of a call starts that changes nothing. No other is made."""

# boto3's name of a service to the prefix of its actions, where they differ (Service Authorization Reference).
_PREFIXES = {
    "apigatewayv2": "apigateway",
    "elbv2": "elasticloadbalancing",
    "accessanalyzer": "access-analyzer",
    "efs": "elasticfilesystem",
}
# Calls whose action has another name (Amazon S3 API Reference and the pages of the other services, 'Permissions').
_ACTIONS = {
    "s3.list_buckets": "s3:ListAllMyBuckets",
    "s3.get_bucket_encryption": "s3:GetEncryptionConfiguration",
    "s3.get_bucket_lifecycle_configuration": "s3:GetLifecycleConfiguration",
    "s3.get_public_access_block": "s3:GetBucketPublicAccessBlock",
    "s3.get_object_lock_configuration": "s3:GetBucketObjectLockConfiguration",
    "s3control.get_public_access_block": "s3:GetAccountPublicAccessBlock",
    "apigatewayv2.get_apis": "apigateway:GET",
    "apigatewayv2.get_routes": "apigateway:GET",
    "apigatewayv2.get_stages": "apigateway:GET",
    "apigatewayv2.get_domain_names": "apigateway:GET",
    "sts.get_caller_identity": "",
    "resourcegroupstaggingapi.get_resources": "tag:GetResources",
}


def action_of(call: str) -> str:
    """The IAM action of a call, ``sqs.list_queues`` as ``sqs:ListQueues``; "" where none is needed."""
    if call in _ACTIONS:
        return _ACTIONS[call]
    service, _, operation = call.partition(".")
    return f"{_PREFIXES.get(service, service)}:{_operations(service)[operation]}"


@cache
def _operations(service: str) -> dict[str, str]:
    """A client's methods with the operations behind them, as botocore knows them."""
    model = get_session().get_service_model(service)
    return {xform_name(name): name for name in model.operation_names}


def least_policy(calls: Iterable[str]) -> dict[str, Any]:
    """The identity policy that allows these calls and nothing else.

    Args:
        calls: As readers declare them.
    """
    actions = sorted({action for call in calls if (action := action_of(call))})
    return {
        "Version": "2012-10-17",
        # Lists of a whole account cannot be narrowed to resources; every action only reads configuration.
        "Statement": [{"Sid": "ReadConfiguration", "Effect": "Allow", "Action": actions, "Resource": "*"}],
    }


def policy_text(calls: Iterable[str]) -> str:
    """The policy as JSON text."""
    return json.dumps(least_policy(calls), indent=2) + "\n"
