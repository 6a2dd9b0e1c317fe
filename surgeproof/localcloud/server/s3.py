"""S3 access logging: AWS takes a configuration whatever the target's policy says; moto refuses it, or answers 500."""

from __future__ import annotations

from typing import Any

from moto.s3 import models


def install() -> None:
    """Let a bucket's logging be put before the target's policy is: programs link the two to the bucket alone.

    Whether the policy lets the logs in is for a control to say: AWS drops them without an error if it does not.
    """

    def allowed(**_: Any) -> bool:
        return True

    changes: dict[str, Any] = {"_log_permissions_enabled_policy": staticmethod(allowed)}
    for name, method in changes.items():
        setattr(models.FakeBucket, name, method)
