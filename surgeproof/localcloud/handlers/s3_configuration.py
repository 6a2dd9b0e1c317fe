"""What is configured on a bucket: versioning, encryption, access, ownership, policy, logging, lifecycle, object lock."""

from __future__ import annotations

from typing import ClassVar

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Inputs, Settable, handles
from surgeproof.localcloud.handlers.describe import Describe
from surgeproof.localcloud.handlers.observed import observed


class _Configuration(Settable):
    """One configuration of a bucket, put with one call; its id is the bucket's name."""

    member: ClassVar[str] = ""
    """Member of the request that holds the configuration; the inputs beside the bucket are its own members."""
    replace_on = frozenset({"bucket", "region"})
    elsewhere = frozenset({"tags"})
    computed = ()

    def _put(self, account: Account, inputs: Inputs) -> None:
        inside = {name: value for name, value in inputs.items() if name not in {"bucket", "region", *self.outside}}
        around = {name: inputs[name] for name in ("bucket", "region", *self.outside) if name in inputs}
        self.send(account, {**around, self.member: inside})

    outside: ClassVar[frozenset[str]] = frozenset({"expectedBucketOwner"})

    def seen(self, account: Account, identity: str, inputs: Inputs, found: Inputs) -> Inputs:  # noqa: ARG002 - the interface
        """The configuration: what lies deeper in the request lies at the top of the inputs."""
        top = {name.removeprefix("*."): member for name, member in self.renamed.items()}
        now = observed(inputs, found, renamed={**top, **self.renamed}, leave={"bucket", "region", *self.outside})
        return {**now, "bucket": identity}

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Put it on the bucket."""
        self._put(account, inputs)
        return inputs["bucket"], self.outputs(account, inputs)

    def put(self, account: Account, inputs: Inputs) -> Inputs:
        """Put the new one in its place."""
        self._put(account, inputs)
        return self.outputs(account, inputs)


@handles("aws:s3/bucketVersioning:BucketVersioning")
class BucketVersioning(_Configuration):
    """Versions of objects; suspended when it is deleted, as AWS cannot turn it off."""

    calls = ("s3.put_bucket_versioning", "s3.get_bucket_versioning")

    def _put(self, account: Account, inputs: Inputs) -> None:
        self.send(account, inputs)

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """Its status."""
        status = account.client("s3", inputs).get_bucket_versioning(Bucket=identity).get("Status", "Disabled")
        asked = inputs.get("versioningConfiguration") or {}
        now = {**inputs, "bucket": identity, "versioningConfiguration": {**asked, "status": status}}
        return now, self.outputs(account, now)

    def delete(self, account: Account, existing: Existing) -> None:
        """Suspend it."""
        account.client("s3", existing.inputs).put_bucket_versioning(
            Bucket=existing.identity, VersioningConfiguration={"Status": "Suspended"}
        )


_ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"


@handles(_ENCRYPTION)
class BucketServerSideEncryptionConfiguration(_Configuration):
    """Default encryption of a bucket."""

    calls = ("s3.put_bucket_encryption", "s3.get_bucket_encryption", "s3.delete_bucket_encryption")
    describe = Describe("s3.get_bucket_encryption", "Bucket", "ServerSideEncryptionConfiguration")
    member = "serverSideEncryptionConfiguration"

    def delete(self, account: Account, existing: Existing) -> None:
        """Take it off."""
        account.client("s3", existing.inputs).delete_bucket_encryption(Bucket=existing.identity)


@handles("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock")
class BucketPublicAccessBlock(_Configuration):
    """What blocks public access to a bucket."""

    calls = ("s3.put_public_access_block", "s3.get_public_access_block", "s3.delete_public_access_block")
    describe = Describe("s3.get_public_access_block", "Bucket", "PublicAccessBlockConfiguration")
    member = "publicAccessBlockConfiguration"
    outside = frozenset({"expectedBucketOwner"})
    elsewhere = frozenset({"tags", "skipDestroy"})

    def delete(self, account: Account, existing: Existing) -> None:
        """Take it off."""
        account.client("s3", existing.inputs).delete_public_access_block(Bucket=existing.identity)


@handles("aws:s3/bucketOwnershipControls:BucketOwnershipControls")
class BucketOwnershipControls(_Configuration):
    """Who owns objects that others put."""

    calls = (
        "s3.put_bucket_ownership_controls",
        "s3.get_bucket_ownership_controls",
        "s3.delete_bucket_ownership_controls",
    )
    describe = Describe("s3.get_bucket_ownership_controls", "Bucket", "OwnershipControls")
    member = "ownershipControls"
    renamed: ClassVar = {"*.rule": "Rules"}

    def delete(self, account: Account, existing: Existing) -> None:
        """Take it off."""
        account.client("s3", existing.inputs).delete_bucket_ownership_controls(Bucket=existing.identity)


@handles("aws:s3/bucketPolicy:BucketPolicy")
class BucketPolicy(_Configuration):
    """The policy of a bucket, in the program's spelling."""

    calls = ("s3.put_bucket_policy", "s3.get_bucket_policy", "s3.delete_bucket_policy")
    describe = Describe("s3.get_bucket_policy", "Bucket")

    def _put(self, account: Account, inputs: Inputs) -> None:
        self.send(account, inputs)

    def delete(self, account: Account, existing: Existing) -> None:
        """Take it off."""
        account.client("s3", existing.inputs).delete_bucket_policy(Bucket=existing.identity)


@handles("aws:s3/bucketLogging:BucketLogging")
class BucketLogging(_Configuration):
    """Where accesses to a bucket are logged."""

    kept = "extended"
    note = "Taken whatever the target's policy says, as AWS does."
    calls = ("s3.put_bucket_logging", "s3.get_bucket_logging")
    describe = Describe("s3.get_bucket_logging", "Bucket", "LoggingEnabled")

    def _put(self, account: Account, inputs: Inputs) -> None:
        around = {name: inputs[name] for name in ("bucket", "region", "expectedBucketOwner") if name in inputs}
        inside = {name: value for name, value in inputs.items() if name not in around}
        self.send(account, {**around, "bucketLoggingStatus": {"loggingEnabled": inside}})

    def delete(self, account: Account, existing: Existing) -> None:
        """Take it off."""
        account.client("s3", existing.inputs).put_bucket_logging(Bucket=existing.identity, BucketLoggingStatus={})


@handles("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")
class BucketLifecycleConfiguration(_Configuration):
    """What happens to objects with age."""

    calls = (
        "s3.put_bucket_lifecycle_configuration",
        "s3.get_bucket_lifecycle_configuration",
        "s3.delete_bucket_lifecycle",
    )
    describe = Describe("s3.get_bucket_lifecycle_configuration", "Bucket")
    member = "lifecycleConfiguration"
    outside = frozenset({"expectedBucketOwner", "transitionDefaultMinimumObjectSize"})

    def _put(self, account: Account, inputs: Inputs) -> None:
        # S3 wants a filter or a prefix in every rule; the provider sends an empty filter for none.
        rules = [{"filter": {}, **rule} for rule in inputs["rules"]]
        super()._put(account, {**inputs, "rules": rules})

    def delete(self, account: Account, existing: Existing) -> None:
        """Take it off."""
        account.client("s3", existing.inputs).delete_bucket_lifecycle(Bucket=existing.identity)


@handles("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration")
class BucketObjectLockConfiguration(_Configuration):
    """How long objects can't be deleted."""

    calls = ("s3.put_object_lock_configuration", "s3.get_object_lock_configuration")
    describe = Describe("s3.get_object_lock_configuration", "Bucket", "ObjectLockConfiguration")
    member = "objectLockConfiguration"
    defaults: ClassVar = {"objectLockEnabled": "Enabled"}
    outside = frozenset({"expectedBucketOwner", "token"})

    def delete(self, account: Account, existing: Existing) -> None:
        """Take the rule off: AWS can't turn the lock off again."""
        account.client("s3", existing.inputs).put_object_lock_configuration(
            Bucket=existing.identity, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"}
        )
