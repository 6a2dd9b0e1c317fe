"""What an account needs before the first `pulumi up`: a bucket for Pulumi's state, and a key for the secrets in it.

    python scripts/bootstrap.py --region eu-west-1             # make what is missing
    python scripts/bootstrap.py --region eu-west-1 --dry-run   # say what is missing

It can be run again at any time: what is there is left alone, your own statements and rules of the bucket too, and what
was loosened is tightened again. It deletes nothing; docs/first-up.md says how to take it away.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

KEY_ALIAS = "alias/pulumi-state"
OLD_STATES_DAYS = 90
"""Days that a state which was replaced is kept."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that has to hold.

    Attributes:
        what: In words.
        holds: Whether it does.
        make: Makes it so.
    """

    what: str
    holds: Callable[[], bool]
    make: Callable[[], object]


class Bootstrap:
    """The bucket and the key of one account in one region.

    Args:
        session: Credentials and region.
        prefix: Start of the bucket's name; the account's number makes it unique.
    """

    def __init__(self, session: boto3.Session, prefix: str) -> None:
        self.region = str(session.region_name)
        self._s3 = session.client("s3")
        self._kms = session.client("kms")
        account = session.client("sts").get_caller_identity()["Account"]
        self.bucket = f"{prefix}-{account}-{self.region}"

    def steps(self) -> list[Step]:
        """All that has to hold, in the order in which it is made."""
        bucket = self.bucket
        return [
            Step(f"key {KEY_ALIAS}", lambda: self._key() is not None, self._make_key),
            Step(f"yearly rotation of {KEY_ALIAS}", self._rotates, self._rotate),
            Step(f"bucket {bucket}", self._has_bucket, self._make_bucket),
            Step(f"{bucket}: no public access", self._is_closed, self._close),
            Step(f"{bucket}: versions are kept", self._keeps_versions, self._keep_versions),
            Step(f"{bucket}: encrypted by {KEY_ALIAS}", self._is_encrypted, self._encrypt),
            Step(f"{bucket}: TLS only", self._is_tls_only, self._demand_tls),
            Step(f"{bucket}: old states go after {OLD_STATES_DAYS} days", self._forgets, self._forget),
        ]

    def _key(self) -> str | None:
        for page in self._kms.get_paginator("list_aliases").paginate():
            for alias in page["Aliases"]:
                if alias["AliasName"] == KEY_ALIAS and alias.get("TargetKeyId"):
                    return str(alias["TargetKeyId"])
        return None

    def _make_key(self) -> None:
        key = self._kms.create_key(Description="Pulumi: state and the secrets in it")["KeyMetadata"]["KeyId"]
        self._kms.create_alias(AliasName=KEY_ALIAS, TargetKeyId=key)

    def _rotates(self) -> bool:
        key = self._key()
        return key is not None and bool(self._kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"])

    def _rotate(self) -> None:
        self._kms.enable_key_rotation(KeyId=self._key())

    def _has_bucket(self) -> bool:
        try:
            self._s3.head_bucket(Bucket=self.bucket)
        except ClientError as error:
            if error.response["Error"]["Code"] in {"404", "NoSuchBucket"}:
                return False
            raise
        return True

    def _make_bucket(self) -> None:
        # us-east-1 is S3's default place, and is refused as an explicit one.
        place: dict[str, Any] = (
            {} if self.region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": self.region}}
        )
        self._s3.create_bucket(Bucket=self.bucket, ObjectOwnership="BucketOwnerEnforced", **place)

    def _told(self, question: str) -> dict[str, Any]:
        """What S3 answers to a question about the bucket; nothing where it has nothing of the kind."""
        try:
            return getattr(self._s3, question)(Bucket=self.bucket)
        except ClientError as error:
            if error.response["Error"]["Code"] in _NOTHING:
                return {}
            raise

    def _is_closed(self) -> bool:
        return self._told("get_public_access_block").get("PublicAccessBlockConfiguration") == _PRIVATE

    def _close(self) -> None:
        self._s3.put_public_access_block(Bucket=self.bucket, PublicAccessBlockConfiguration=_PRIVATE)

    def _keeps_versions(self) -> bool:
        return self._told("get_bucket_versioning").get("Status") == "Enabled"

    def _keep_versions(self) -> None:
        self._s3.put_bucket_versioning(Bucket=self.bucket, VersioningConfiguration={"Status": "Enabled"})

    def _is_encrypted(self) -> bool:
        rules = self._told("get_bucket_encryption").get("ServerSideEncryptionConfiguration", {}).get("Rules", [])
        default = rules[0].get("ApplyServerSideEncryptionByDefault", {}) if rules else {}
        return default.get("SSEAlgorithm") == "aws:kms" and str(default.get("KMSMasterKeyID", "")).endswith(
            self._key() or KEY_ALIAS
        )

    def _encrypt(self) -> None:
        default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": self._key()}
        rule = {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}
        self._s3.put_bucket_encryption(Bucket=self.bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})

    @property
    def _tls_only(self) -> dict[str, Any]:
        arn = f"arn:aws:s3:::{self.bucket}"
        return {
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [arn, f"{arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }

    def _statements(self) -> list[dict[str, Any]]:
        found = json.loads(self._told("get_bucket_policy").get("Policy", "{}")).get("Statement", [])
        return found if isinstance(found, list) else [found]

    def _is_tls_only(self) -> bool:
        return self._tls_only in self._statements()

    def _demand_tls(self) -> None:
        wanted = self._tls_only
        others = [item for item in self._statements() if item.get("Sid") != wanted["Sid"]]
        policy = {"Version": "2012-10-17", "Statement": [*others, wanted]}
        self._s3.put_bucket_policy(Bucket=self.bucket, Policy=json.dumps(policy))

    def _rules(self) -> list[dict[str, Any]]:
        return self._told("get_bucket_lifecycle_configuration").get("Rules", [])

    def _forgets(self) -> bool:
        return any(
            rule.get("NoncurrentVersionExpiration", {}).get("NoncurrentDays") == OLD_STATES_DAYS
            and rule["Status"] == "Enabled"
            for rule in self._rules()
        )

    def _forget(self) -> None:
        rule = {
            "ID": "old-states",
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "NoncurrentVersionExpiration": {"NoncurrentDays": OLD_STATES_DAYS},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
        }
        others = [item for item in self._rules() if item.get("ID") != rule["ID"]]
        self._s3.put_bucket_lifecycle_configuration(
            Bucket=self.bucket, LifecycleConfiguration={"Rules": [*others, rule]}
        )


_NOTHING = frozenset(
    {
        "NoSuchBucket",
        "NoSuchBucketPolicy",
        "NoSuchLifecycleConfiguration",
        "NoSuchPublicAccessBlockConfiguration",
        "ServerSideEncryptionConfigurationNotFoundError",
    }
)
"""Codes by which S3 says that there is none; whoever may not ask gets another."""
_PRIVATE = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}


def run(session: boto3.Session, prefix: str, *, dry: bool) -> int:
    """Make what is missing, and say what to type next.

    Returns:
        0; with ``dry``, 1 when something is missing.
    """
    bootstrap = Bootstrap(session, prefix)
    missing = 0
    for step in bootstrap.steps():
        if step.holds():
            print(f"there    {step.what}", file=sys.stderr)
            continue
        missing += 1
        print(f"{'missing' if dry else 'making '}  {step.what}", file=sys.stderr)
        if not dry:
            step.make()
    region = bootstrap.region
    print(f"pulumi login 's3://{bootstrap.bucket}?region={region}'")
    print(f"pulumi stack init dev --secrets-provider 'awskms:///{KEY_ALIAS}?region={region}'")
    return 1 if dry and missing else 0


def main() -> int:
    """Parse the command line; 2 when the account can't be asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--region", required=True, help="where the state is kept")
    parser.add_argument("--prefix", default="pulumi-state", help="start of the bucket's name [default: pulumi-state]")
    parser.add_argument("--dry-run", action="store_true", help="say what is missing; exit 1 when something is")
    arguments = parser.parse_args()
    try:
        return run(boto3.Session(region_name=arguments.region), arguments.prefix, dry=arguments.dry_run)
    except (BotoCoreError, ClientError) as error:
        print(f"bootstrap: AWS refused it: {error}. Log in as somebody who may.", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
