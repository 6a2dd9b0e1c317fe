"""CloudWatch Synthetics: canaries. Nothing walks here: they are recorded."""

from __future__ import annotations

import re
import uuid
from typing import Any, ClassVar

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Checked, Inputs, New, handles
from surgeproof.localcloud.handlers.recorded import Recorded

_NAME = re.compile(r"[0-9a-z_-]{1,255}")
"""API reference of CreateCanary, Name."""


@handles("aws:synthetics/canary:Canary")
class Canary(Recorded):
    """A canary."""

    calls = ("synthetics.create_canary",)
    defaults: ClassVar = {"startCanary": False, "deleteLambda": False}
    replace_on = frozenset({"name", "region"})
    computed = ("arn", "engineArn", "sourceLocationArn", "status")

    def check(self, new: New) -> Checked:
        """AWS takes small letters, digits, hyphens and underscores."""
        inputs, failures = super().check(new)
        if not _NAME.fullmatch(str(inputs.get("name", ""))):
            failures.append(("name", "is not a canary's: up to 255 small letters, digits, hyphens and underscores"))
        return inputs, failures

    def ask(self, account: Account, inputs: Inputs) -> dict[str, Any]:
        """Where the provider spreads code and retention over inputs of its own, AWS takes them apart."""
        code = {name: inputs[name] for name in ("handler", "s3Bucket", "s3Key", "s3Version") if inputs.get(name)}
        values = {
            "name": inputs["name"],
            "code": code,
            "artifactS3Location": inputs["artifactS3Location"],
            "executionRoleArn": inputs["executionRoleArn"],
            "schedule": inputs["schedule"],
            "runtimeVersion": inputs["runtimeVersion"],
        }
        for name, member in (
            ("runConfig", "runConfig"),
            ("artifactConfig", "artifactConfig"),
            ("vpcConfig", "vpcConfig"),
            ("kmsKeyArn", "kmsKeyArn"),
            ("successRetentionPeriod", "successRetentionPeriodInDays"),
            ("failureRetentionPeriod", "failureRetentionPeriodInDays"),
        ):
            if inputs.get(name) is not None:
                values[member] = inputs[name]
        values["region"] = account.region_of(inputs)
        _, request = account.request(
            self.calls[0],
            values,
            leave_out=("tags",),
            type_token=self.token,
            Tags=account.tags(inputs) or None,
        )
        return request

    def identify(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Its id is its name; Synthetics makes a function for it."""
        name = inputs["name"]
        function = f"function:cwsyn-{name}-{uuid.uuid5(uuid.NAMESPACE_URL, name)}"
        return name, {
            "arn": account.arn("synthetics", f"canary:{name}", inputs),
            "engineArn": account.arn("lambda", function, inputs),
            "sourceLocationArn": account.arn("lambda", f"layer:cwsyn-{name}", inputs),
            "status": "RUNNING" if inputs.get("startCanary") else "READY",
        }
