"""Settings of who is told what: addresses, alarms, dashboards, the canary."""

from __future__ import annotations

from pydantic import Field, model_validator

from infra.quantities import WholeSeconds, complaint
from infra.scaling_settings import Strict

MINUTE = 60


class AlertSettings(Strict):
    """Who is called. Each address confirms its subscription once, by a message from AWS."""

    emails: tuple[str, ...] = Field(default=(), description="Addresses that every alarm is sent to")
    pagers: tuple[str, ...] = Field(default=(), description="HTTPS endpoints of a pager service")

    @model_validator(mode="after")
    def _reaches_somebody(self) -> AlertSettings:
        for number, address in enumerate(self.emails):
            if address.count("@") != 1 or address.startswith("@") or address.endswith("@"):
                raise complaint("is not an e-mail address", allowed="name@example.com", at=f"emails.{number}")
        for number, endpoint in enumerate(self.pagers):
            if not endpoint.startswith("https://"):
                raise complaint(
                    "would carry alarms in the clear", allowed="an https:// endpoint", at=f"pagers.{number}"
                )
        return self


class CanarySettings(Strict):
    """A robot that walks the checkout path all day, and stops before it pays."""

    url: str | None = Field(
        default=None,
        pattern=r"^https?://[^/\s]+$",
        description="The shop as shoppers see it, without a path; left out, the stack's own front",
    )
    every: WholeSeconds = Field(default=300, description="Between two walks, in whole minutes")
    timeout: WholeSeconds = Field(default=60, description="Of one walk")

    @model_validator(mode="after")
    def _can_be_scheduled(self) -> CanarySettings:
        # CloudWatch Synthetics, CanaryScheduleInput: rate(1 minute) to rate(60 minutes).
        if self.every % MINUTE or not MINUTE <= self.every <= 60 * MINUTE:
            raise complaint("is not a rate of Synthetics", allowed="whole minutes, 1m to 60m", at="every")
        if not 3 <= self.timeout <= min(self.every, 14 * MINUTE):  # CanaryRunConfigInput, TimeoutInSeconds
            raise complaint(
                "does not fit between two walks", allowed=f"3 to {min(self.every, 14 * MINUTE)} seconds", at="timeout"
            )
        return self


class ObservabilitySettings(Strict):
    """Alarms, dashboards and the canary."""

    enabled: bool | None = Field(
        default=None, description="Left out: on for every stack that goes to an account, off on one machine"
    )
    canary: CanarySettings | None = Field(default=None, description="Left out: no canary")
