"""S3 objects."""

from __future__ import annotations

import base64
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Checked, Existing, Inputs, New, Settable, handles, is_missing

_CONTENT = ("content", "contentBase64", "source")


@handles("aws:s3/bucketObjectv2:BucketObjectv2")
class BucketObject(Settable):
    """An object whose content stands in the program."""

    calls = ("s3.put_object", "s3.head_object", "s3.delete_object")
    note = "Content is taken from `content` or `contentBase64`, not from a file."
    replace_on = frozenset({"bucket", "key", "region"})
    computed = ("arn", "etag", "versionId")
    renamed: ClassVar = {"kmsKeyId": "SSEKMSKeyId"}
    elsewhere = frozenset({"content", "contentBase64", "forceDestroy", "sourceHash", "tags", "etag"})
    local = frozenset({"forceDestroy", "sourceHash"})

    def check(self, new: New) -> Checked:
        """Exactly one kind of content that is known here."""
        inputs, failures = super().check(new)
        given = [name for name in _CONTENT if inputs.get(name) is not None]
        if given not in (["content"], ["contentBase64"]):
            failures.append(("content", f"takes content or contentBase64, got {', '.join(given) or 'neither'}"))
        return inputs, failures

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Put it; its id is its key, as the provider has it."""
        return inputs["key"], self.put(account, inputs)

    def put(self, account: Account, inputs: Inputs) -> Inputs:
        """Put it anew."""
        if inputs.get("contentBase64") is not None:
            body = base64.b64decode(inputs["contentBase64"])
        else:
            body = str(inputs["content"]).encode()
        made = self.send(account, inputs, Body=body)
        return self._outputs(account, inputs, made)

    def _outputs(self, account: Account, inputs: Inputs, told: dict[str, Any]) -> Inputs:
        return self.outputs(
            account,
            inputs,
            arn=f"arn:aws:s3:::{inputs['bucket']}/{inputs['key']}",
            etag=str(told.get("ETag", "")).strip('"'),
            versionId=told.get("VersionId", ""),
        )

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """Whether it is there, and which version."""
        if not inputs.get("bucket"):
            return None
        try:
            found = account.client("s3", inputs).head_object(Bucket=inputs["bucket"], Key=identity)
        except ClientError as error:
            if is_missing(error, "404", "NoSuchKey", "NoSuchBucket"):
                return None
            raise
        now = {**inputs, "key": identity}
        return now, self._outputs(account, now, found)

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("s3", existing.inputs).delete_object(Bucket=existing.inputs["bucket"], Key=existing.identity)
