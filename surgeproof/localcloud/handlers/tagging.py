"""Tags of a resource that exists: each service has calls of its own for them, and all take the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Handler, Inputs
from surgeproof.localcloud.handlers.request import tag_values


@dataclass(frozen=True, slots=True)
class _Calls:
    add: str
    remove: str
    by: str
    """Member that names the resource."""
    name: Literal["id", "arn"] = "arn"
    tags: str = "Tags"
    keys: str = "TagKeys"


_SERVICES: dict[str, _Calls] = {
    "acm": _Calls("add_tags_to_certificate", "remove_tags_from_certificate", "CertificateArn", keys="Tags"),
    "application-autoscaling": _Calls("tag_resource", "untag_resource", "ResourceARN"),
    "cloudtrail": _Calls("add_tags", "remove_tags", "ResourceId", tags="TagsList", keys="TagsList"),
    "cloudwatch": _Calls("tag_resource", "untag_resource", "ResourceARN"),
    "ec2": _Calls("create_tags", "delete_tags", "Resources", "id", keys="Tags"),
    "ecr": _Calls("tag_resource", "untag_resource", "resourceArn", tags="tags", keys="tagKeys"),
    "ecs": _Calls("tag_resource", "untag_resource", "resourceArn", tags="tags", keys="tagKeys"),
    "elasticache": _Calls("add_tags_to_resource", "remove_tags_from_resource", "ResourceName"),
    "elbv2": _Calls("add_tags", "remove_tags", "ResourceArns"),
    "events": _Calls("tag_resource", "untag_resource", "ResourceARN"),
    "kms": _Calls("tag_resource", "untag_resource", "KeyId", "id"),
    "logs": _Calls("tag_resource", "untag_resource", "resourceArn", tags="tags", keys="tagKeys"),
    "rds": _Calls("add_tags_to_resource", "remove_tags_from_resource", "ResourceName"),
    "secretsmanager": _Calls("tag_resource", "untag_resource", "SecretId", "id"),
    "sns": _Calls("tag_resource", "untag_resource", "ResourceArn"),
    "sqs": _Calls("tag_queue", "untag_queue", "QueueUrl", "id"),
    "wafv2": _Calls("tag_resource", "untag_resource", "ResourceARN"),
}
_IAM = {
    "aws:iam/role:Role": _Calls("tag_role", "untag_role", "RoleName", "id"),
    "aws:iam/policy:Policy": _Calls("tag_policy", "untag_policy", "PolicyArn", "id"),
}


def retag(account: Account, handler: Handler, existing: Existing, inputs: Inputs) -> None:
    """Give a resource the tags of these inputs, and take those away that it has no longer.

    A recorded type has its tags in its record; a bucket's are put as a whole by its handler.
    """
    before, after = account.tags(existing.inputs), account.tags(inputs)
    if before == after or handler.kept == "recorded":
        return
    service = handler.calls[0].split(".")[0]
    calls = _IAM.get(handler.token) or _SERVICES.get(service)
    if calls is None:
        return
    client = account.client(service, inputs)
    identity = existing.identity if calls.name == "id" else existing.outputs.get("arn") or existing.identity
    gone = sorted(set(before) - set(after))
    _call(client, calls.add, calls.by, identity, calls.tags, after)
    if gone:
        _call(client, calls.remove, calls.by, identity, calls.keys, gone)


def _call(client: Any, operation: str, by: str, identity: str, member: str, content: Any) -> None:
    shape = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[operation]).input_shape
    wanted = shape.members[member]
    structured = wanted.type_name == "list" and wanted.member.type_name == "structure"
    if isinstance(content, dict):
        content = tag_values(wanted, content)
    elif structured:
        key = next(name for name in wanted.member.members if name.lower() == "key")
        content = [{key: name} for name in content]
    named = [identity] if shape.members[by].type_name == "list" else identity
    getattr(client, operation)(**{by: named, member: content})
