"""Secrets and parameters, never their values."""

from __future__ import annotations

from collections.abc import Iterator

from surgeproof.graph.live.account import Reading
from surgeproof.graph.live.reader import Found, reads
from surgeproof.graph.live.shape import NOT_KEPT, camel, part_or, picked, tags, without_nothing


@reads(
    "aws:secretsmanager/secret:Secret",
    "aws:secretsmanager/secretPolicy:SecretPolicy",
    "aws:secretsmanager/secretRotation:SecretRotation",
    calls=("secretsmanager.list_secrets", "secretsmanager.get_resource_policy"),
)
def secrets(account: Reading) -> Iterator[Found]:
    """Secrets but those that an AWS service keeps for itself; no value is asked for."""
    for row in account.rows("secretsmanager.list_secrets", "SecretList"):
        if row.get("OwningService"):
            continue
        arn, name = row["ARN"], row["Name"]
        # For how long a deleted secret is kept is said when it is deleted.
        inputs = {
            **picked(row, name="Name", kmsKeyId="KmsKeyId", description="Description"),
            "recoveryWindowInDays": NOT_KEPT,
            "tags": tags(row.get("Tags")),
        }
        yield Found("aws:secretsmanager/secret:Secret", arn, inputs, {"arn": arn, "name": name})
        if row.get("RotationEnabled"):
            rules = camel(row.get("RotationRules", {}))
            rotation = {"secretId": arn, "rotationRules": rules, "rotationLambdaArn": row.get("RotationLambdaARN")}
            yield Found("aws:secretsmanager/secretRotation:SecretRotation", arn, without_nothing(rotation))
        answer = account.part("secretsmanager.get_resource_policy", absent=("ResourceNotFoundException",), SecretId=arn)
        policy = part_or(answer, lambda given: given.get("ResourcePolicy"))
        if policy:
            yield Found("aws:secretsmanager/secretPolicy:SecretPolicy", arn, {"secretArn": arn, "policy": policy})


@reads("aws:ssm/parameter:Parameter", calls=("ssm.describe_parameters",))
def parameters(account: Reading) -> Iterator[Found]:
    """Parameters with their kind and key; no value is asked for."""
    for row in account.rows("ssm.describe_parameters", "Parameters"):
        inputs = picked(row, name="Name", type="Type", keyId="KeyId", description="Description")
        arn = account.account.arn("ssm", f"parameter/{row['Name'].lstrip('/')}")
        yield Found("aws:ssm/parameter:Parameter", row["Name"], inputs, {"arn": arn, "name": row["Name"]})
