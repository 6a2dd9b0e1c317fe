"""Control of the account as a whole: no bucket in it can be made public."""

from __future__ import annotations

from surgeproof.controls.context import Context
from surgeproof.controls.control import control
from surgeproof.controls.outcome import Outcome, failed, not_applicable, passed
from surgeproof.controls.published import published

WATCHERS = ("config_recorder", "detector", "security_hub")
"""What an account has once: the stack that makes it is the account's own."""


@control(
    id="S3-09",
    title="The stack that owns an account's watchers shuts all its buckets to the public",
    severity="high",
    family="stack",
    rationale="A bucket that somebody makes by hand on launch day has no block of its own; the account's holds for it too.",
    remediation="`aws.s3.AccountPublicAccessBlock(..., block_public_acls=True, block_public_policy=True, "
    "ignore_public_acls=True, restrict_public_buckets=True, opts=pulumi.ResourceOptions(protect=True))`",
    requirements=published("S3.1†", pci="1.4.4h", cis="2.1.4/2.1.4", nist="SC-7"),
)
def account_is_shut(_resource: None, context: Context) -> list[Outcome]:
    """The account's block is there, protected, and no change to it is ignored; what it blocks is judged by S3-01."""
    if not any(context.family(name) for name in WATCHERS):
        return [not_applicable("the account's watchers are not of this program")]
    blocks = context.family("account_public_access_block")
    if not blocks:
        return [failed("nothing blocks public buckets in the account as a whole")]
    found: list[Outcome] = []
    for block in blocks:
        if not block.options.protect:
            found.append(failed(f"{block.name} is not protected", property="protect"))
        if block.options.ignore_changes:
            found.append(failed(f"changes to {block.name} are ignored", property="ignoreChanges"))
    return found or [passed()]
