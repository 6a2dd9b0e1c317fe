"""Customer keys with their policies, aliases and grants."""

from __future__ import annotations

from collections.abc import Iterator

from surgeproof.graph.live.account import Part, Reading
from surgeproof.graph.live.reader import Found, reads
from surgeproof.graph.live.shape import NOT_KEPT, camel, part_or, tags, without_nothing


@reads(
    "aws:kms/key:Key",
    "aws:kms/alias:Alias",
    "aws:kms/grant:Grant",
    calls=(
        "kms.list_keys",
        "kms.describe_key",
        "kms.get_key_rotation_status",
        "kms.get_key_policy",
        "kms.list_resource_tags",
        "kms.list_aliases",
        "kms.list_grants",
    ),
    also=("aws:kms/keyPolicy:KeyPolicy", "aws:kms/externalKey:ExternalKey"),
)
def keys(account: Reading) -> Iterator[Found]:
    """Keys that the customer manages; those of AWS are left out, and so are those that wait for deletion."""
    for row in account.rows("kms.list_keys", "Keys"):
        key = row["KeyId"]
        told = account.part("kms.describe_key", KeyId=key)
        about = {} if isinstance(told, Part) else told["KeyMetadata"]
        if about.get("KeyManager") == "AWS" or about.get("KeyState") == "PendingDeletion":
            continue
        rotation = account.part("kms.get_key_rotation_status", absent=("UnsupportedOperationException",), KeyId=key)
        policy = account.part("kms.get_key_policy", KeyId=key, PolicyName="default")
        labels = part_or(
            account.part("kms.list_resource_tags", KeyId=key),
            lambda answer: tags(answer.get("Tags"), "TagKey", "TagValue"),
            {},
        )
        inputs = {
            "description": about.get("Description"),
            "customerMasterKeySpec": about.get("KeySpec") if about else NOT_KEPT,
            "keyUsage": about.get("KeyUsage"),
            "isEnabled": about.get("Enabled") if about else NOT_KEPT,
            "multiRegion": about.get("MultiRegion"),
            "enableKeyRotation": part_or(rotation, lambda answer: answer["KeyRotationEnabled"]),
            "rotationPeriodInDays": part_or(rotation, lambda answer: answer.get("RotationPeriodInDays")),
            # How long a deletion would wait is said when the key is deleted.
            "deletionWindowInDays": NOT_KEPT,
            "policy": part_or(policy, lambda answer: answer["Policy"]),
            "tags": labels,
        }
        yield Found("aws:kms/key:Key", key, without_nothing(inputs), {"arn": row["KeyArn"], "keyId": key})
        yield from _grants(account, key)
    for row in account.rows("kms.list_aliases", "Aliases"):
        if row.get("TargetKeyId") and not row["AliasName"].startswith("alias/aws/"):
            name = row["AliasName"]
            inputs = {"name": name, "targetKeyId": row["TargetKeyId"]}
            yield Found("aws:kms/alias:Alias", name, inputs, {"arn": row["AliasArn"], "name": name})


def _grants(account: Reading, key: str) -> Iterator[Found]:
    for grant in account.rows("kms.list_grants", "Grants", KeyId=key):
        inputs = {
            "keyId": key,
            "granteePrincipal": grant.get("GranteePrincipal"),
            "operations": grant.get("Operations"),
            "constraints": camel(grant.get("Constraints")) or None,
            "name": grant.get("Name"),
        }
        yield Found("aws:kms/grant:Grant", f"{key}:{grant['GrantId']}", without_nothing(inputs))
