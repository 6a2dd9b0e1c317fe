"""Settings of the services that an AWS account has once: who makes them is asked for, and never guessed."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from infra.quantities import complaint
from infra.scaling_settings import Strict

Ownership = Literal["create", "existing"]
"""``create``: this stack makes it and owns it. ``existing``: the account has it already; the stack leaves it alone."""

ONCE = {
    "config_recorder": "Config recorder",
    "guardduty": "GuardDuty detector",
    "security_hub": "Security Hub",
    "access_analyzer": "external-access analyzer",
    "inspector": "Inspector",
}
"""What an account has once in a region, by the setting that says whose it is."""


class AccountServicesSettings(Strict):
    """Whose the account's services are. A second stack that made them again would fail, or switch them off at its end."""

    config_recorder: Ownership | None = Field(
        default=None, description="AWS Config: what every resource looks like, and looked like"
    )
    config_role: Ownership = Field(
        default="create",
        description="Config's service-linked role; `existing` where another region of the account records already",
    )
    conformance_pack: str = Field(
        default="none",
        pattern=r"^(none|pci|s3://\S+)$",
        description="Config rules judged all the time: `pci` is ours, an s3:// address is a template of yours",
    )
    guardduty: Ownership | None = Field(default=None, description="GuardDuty: attacks, found in logs and at run time")
    security_hub: Ownership | None = Field(default=None, description="Security Hub: FSBP, CIS and PCI DSS standards")
    inspector: Ownership | None = Field(default=None, description="Inspector: known weaknesses of images in ECR")
    access_analyzer: Ownership | None = Field(default=None, description="IAM Access Analyzer: what outsiders can reach")

    public_access_block: Ownership = Field(
        default="existing",
        description="S3's block of public access for the whole account: it also shuts public buckets that are not this stack's",
    )

    def asked(self, tier: str) -> None:
        """Raise the complaint of the first service whose owner is not said.

        Args:
            tier: Of the stack, for the sentence.
        """
        for field, what in ONCE.items():
            if getattr(self, field) is None:
                raise complaint(
                    f"is not set, and {tier} goes to an account, which has one {what} in a region",
                    allowed="`create` (this stack makes it and owns it) or `existing` (the account has one; the stack leaves it alone)",
                    fix=f"Look in the account for its {what}, then add account_services.{field}",
                    at=f"account_services.{field}",
                )
