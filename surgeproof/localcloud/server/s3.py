"""S3 policies: moto reads no conditions, and asks of a log's target what AWS does not."""

from __future__ import annotations

import json
from typing import Any

from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3 import models


def install() -> None:
    """Let a bucket's logging be put before the target's policy is, and let no condition be taken as met.

    Programs link logging to the bucket alone; whether its policy lets the logs in is for a control to say: AWS drops
    them without an error if it does not. And moto, which reads no conditions, would refuse every object of a bucket
    that refuses those without TLS or with the wrong key.
    """

    def allowed(**_: Any) -> bool:
        return True

    def get_permission(self: models.FakeBucket, action: str, resource: str) -> Any:
        # The policy itself is left as it is: other threads read it.
        document = json.loads(self.policy) if self.policy else {"Statement": []}
        statements = [item for item in document["Statement"] if not item.get("Condition")]
        if not statements:
            return PermissionResult.NEUTRAL
        policy = IAMPolicy(json.dumps({**document, "Statement": statements}))
        return policy.is_action_permitted(action, resource)

    changes: dict[str, Any] = {
        "get_permission": get_permission,
        "_log_permissions_enabled_policy": staticmethod(allowed),
    }
    for name, method in changes.items():
        setattr(models.FakeBucket, name, method)
    # moto disposes of what is left of a key whose last version goes, and a delete marker has nothing to dispose of.
    markers: dict[str, Any] = {"dispose": lambda _self, _garbage=False: None}
    for name, method in markers.items():
        setattr(models.FakeDeleteMarker, name, method)
