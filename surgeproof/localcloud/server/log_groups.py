"""Log groups say that they are protected; moto knows nothing of protection."""

from __future__ import annotations

from typing import Any

from moto.logs import models

from surgeproof.localcloud.server.added_operations import kept_in


def install() -> None:
    """Let moto tell the state of protection with each log group, as AWS does."""
    moto_describe = models.LogGroup.to_describe_dict

    def to_describe_dict(self: models.LogGroup) -> dict[str, Any]:
        told = moto_describe(self)
        if self.name in kept_in(self.account_id, self.region, "logs", "protected"):
            told["dataProtectionStatus"] = "ACTIVATED"
        return told

    changes: dict[str, Any] = {"to_describe_dict": to_describe_dict}
    for name, method in changes.items():
        setattr(models.LogGroup, name, method)
