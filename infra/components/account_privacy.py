"""AccountPrivacy: no bucket of the account can be made public, whoever makes it."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from infra.components.component import Component


class AccountPrivacy(Component):
    """S3's block of public access for the account as a whole: there is one an account, for all regions.

    It also shuts what others of the account have opened on purpose; so only a stack that is told to makes it.
    """

    def __init__(self, name: str, *, keep: bool, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("surgeproof:platform:AccountPrivacy", name, {}, opts)
        aws.s3.AccountPublicAccessBlock(
            f"{name}-buckets",
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self._child(protect=keep or None),
        )
        self._done({})
