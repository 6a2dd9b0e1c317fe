"""S3 buckets; their configurations are resources of their own."""

from __future__ import annotations

from typing import Any, ClassVar

from botocore.exceptions import ClientError

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Handler, Inputs, handles, is_missing


@handles("aws:s3/bucket:Bucket")
class Bucket(Handler):
    """A bucket with its tags. Versioning, encryption and the like are taken as resources of their own alone."""

    calls = ("s3.create_bucket", "s3.put_bucket_tagging", "s3.get_bucket_tagging", "s3.head_bucket", "s3.delete_bucket")
    name_prop = "bucket"
    name_length = 63
    defaults: ClassVar = {"forceDestroy": False}
    renamed: ClassVar = {"objectLockEnabled": "ObjectLockEnabledForBucket"}
    elsewhere = frozenset({"forceDestroy", "tags"})
    replace_on = frozenset({"bucket", "region", "bucketNamespace", "objectLockEnabled"})
    computed = ("arn", "bucketDomainName", "bucketRegionalDomainName", "hostedZoneId")

    def _outputs(self, account: Account, inputs: Inputs, name: str) -> Inputs:
        region = account.region_of(inputs)
        return self.outputs(
            account,
            inputs,
            arn=f"arn:aws:s3:::{name}",
            bucketDomainName=f"{name}.s3.amazonaws.com",
            bucketRegionalDomainName=f"{name}.s3.{region}.amazonaws.com",
            bucketRegion=region,
        )

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it in its region and tag it."""
        region = account.region_of(inputs)
        # us-east-1 is the one region that CreateBucket takes no constraint for (S3 API reference, CreateBucket).
        place = None if region == "us-east-1" else {"LocationConstraint": region}
        self.send(account, inputs, CreateBucketConfiguration=place)
        self._tag(account, inputs)
        return inputs["bucket"], self._outputs(account, inputs, inputs["bucket"])

    def _tag(self, account: Account, inputs: Inputs) -> None:
        tags: list[dict[str, Any]] = [{"Key": name, "Value": value} for name, value in account.tags(inputs).items()]
        if tags:
            account.client("s3", inputs).put_bucket_tagging(Bucket=inputs["bucket"], Tagging={"TagSet": tags})

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """Its name and its own tags."""
        client = account.client("s3", inputs)
        try:
            client.head_bucket(Bucket=identity)
        except ClientError as error:
            if is_missing(error, "404", "NoSuchBucket"):
                return None
            raise
        try:
            tags = {tag["Key"]: tag["Value"] for tag in client.get_bucket_tagging(Bucket=identity)["TagSet"]}
        except ClientError as error:
            if not is_missing(error, "NoSuchTagSet"):
                raise
            tags = {}
        own = {name: value for name, value in tags.items() if account.default_tags.get(name) != value}
        now = {**inputs, "bucket": identity, **({"tags": own} if own or inputs.get("tags") else {})}
        return now, self._outputs(account, now, identity)

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:
        """Change its tags."""
        self._tag(account, inputs)
        return self._outputs(account, inputs, existing.identity)

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it; AWS refuses while it holds objects, unless the program says otherwise."""
        if existing.inputs.get("forceDestroy"):
            self.unprotect(account, existing)
        account.client("s3", existing.inputs).delete_bucket(Bucket=existing.identity)

    def unprotect(self, account: Account, existing: Existing) -> None:
        """Empty it: all versions of all objects."""
        client = account.client("s3", existing.inputs)
        for page in client.get_paginator("list_object_versions").paginate(Bucket=existing.identity):
            for one in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
                client.delete_object(
                    Bucket=existing.identity,
                    Key=one["Key"],
                    VersionId=one["VersionId"],
                    BypassGovernanceRetention=True,
                )
