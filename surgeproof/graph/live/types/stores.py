"""Tables and image repositories."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from surgeproof.graph.live.account import Part, Reading
from surgeproof.graph.live.reader import Found, reads
from surgeproof.graph.live.shape import NOT_KEPT, camel, part_or, picked, tags, without_nothing


@reads(
    "aws:dynamodb/table:Table",
    calls=(
        "dynamodb.list_tables",
        "dynamodb.describe_table",
        "dynamodb.describe_continuous_backups",
        "dynamodb.list_tags_of_resource",
    ),
)
def tables(account: Reading) -> Iterator[Found]:
    """Tables of the region."""
    for name in account.rows("dynamodb.list_tables", "TableNames"):
        row = account.call("dynamodb.describe_table", TableName=name)["Table"]
        backups = account.part("dynamodb.describe_continuous_backups", TableName=name)
        labels = account.part("dynamodb.list_tags_of_resource", ResourceArn=row["TableArn"])
        sse = row.get("SSEDescription", {})
        inputs: dict[str, Any] = {
            "name": name,
            "billingMode": row.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED"),
            "deletionProtectionEnabled": row.get("DeletionProtectionEnabled", False),
            "pointInTimeRecovery": {"enabled": part_or(backups, _recovers, absent=False)},
            "tags": part_or(labels, lambda answer: tags(answer.get("Tags")), {}),
        }
        if sse.get("Status") in {"ENABLED", "ENABLING", "UPDATING"}:
            key = without_nothing({"enabled": True, "kmsKeyArn": sse.get("KMSMasterKeyArn")})
            inputs["serverSideEncryption"] = key
        if row.get("Replicas"):
            inputs["replicas"] = [
                without_nothing({"regionName": item.get("RegionName"), "kmsKeyArn": item.get("KMSMasterKeyId")})
                for item in row["Replicas"]
            ]
        yield Found("aws:dynamodb/table:Table", name, inputs, {"arn": row["TableArn"], "name": name})


def _recovers(answer: dict[str, Any]) -> bool:
    told = answer["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription", {})
    return told.get("PointInTimeRecoveryStatus") == "ENABLED"


@reads(
    "aws:ecr/repository:Repository",
    "aws:ecr/repositoryPolicy:RepositoryPolicy",
    "aws:ecr/lifecyclePolicy:LifecyclePolicy",
    calls=(
        "ecr.describe_repositories",
        "ecr.get_repository_policy",
        "ecr.get_lifecycle_policy",
        "ecr.list_tags_for_resource",
    ),
)
def repositories(account: Reading) -> Iterator[Found]:
    """Repositories of images."""
    for row in account.rows("ecr.describe_repositories", "repositories"):
        name = row["repositoryName"]
        encryption = row.get("encryptionConfiguration")
        labels = account.part("ecr.list_tags_for_resource", resourceArn=row["repositoryArn"])
        inputs = {
            **picked(
                row,
                name="repositoryName",
                imageTagMutability="imageTagMutability",
                imageScanningConfiguration="imageScanningConfiguration",
            ),
            "encryptionConfigurations": [camel(encryption)] if encryption else None,
            "tags": part_or(labels, lambda answer: tags(answer.get("tags")), {}),
        }
        yield Found(
            "aws:ecr/repository:Repository", name, without_nothing(inputs), {"arn": row["repositoryArn"], "name": name}
        )
        policy = account.part(
            "ecr.get_repository_policy", absent=("RepositoryPolicyNotFoundException",), repositoryName=name
        )
        if policy is not Part.ABSENT:
            text = part_or(policy, lambda answer: answer["policyText"])
            yield Found("aws:ecr/repositoryPolicy:RepositoryPolicy", name, {"repository": name, "policy": text})
        rules = account.part(
            "ecr.get_lifecycle_policy", absent=("LifecyclePolicyNotFoundException",), repositoryName=name
        )
        if rules is not Part.ABSENT:
            text = part_or(rules, lambda answer: answer["lifecyclePolicyText"])
            yield Found("aws:ecr/lifecyclePolicy:LifecyclePolicy", name, {"repository": name, "policy": text})


@reads(
    "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration",
    calls=("ecr.get_registry_scanning_configuration",),
)
def registry(account: Reading) -> Iterator[Found]:
    """How the registry of the account scans images."""
    answer = account.call("ecr.get_registry_scanning_configuration")
    inputs = camel(answer.get("scanningConfiguration") or {}) or {"scanType": NOT_KEPT}
    yield Found("aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration", account.account.number, inputs)
