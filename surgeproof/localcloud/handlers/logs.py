"""CloudWatch log groups."""

from __future__ import annotations

from typing import ClassVar

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Inputs, Settable, handles


@handles("aws:cloudwatch/logGroup:LogGroup")
class LogGroup(Settable):
    """A log group with its retention."""

    calls = (
        "logs.create_log_group",
        "logs.put_retention_policy",
        "logs.delete_retention_policy",
        "logs.describe_log_groups",
        "logs.delete_log_group",
    )
    name_prop = "name"
    name_length = 512
    defaults: ClassVar = {"retentionInDays": 0, "skipDestroy": False}
    renamed: ClassVar = {"name": "logGroupName"}
    elsewhere = frozenset({"retentionInDays", "skipDestroy"})
    replace_on = frozenset({"name", "region", "logGroupClass"})

    def _outputs(self, account: Account, inputs: Inputs) -> Inputs:
        return self.outputs(
            account,
            inputs,
            arn=account.arn("logs", f"log-group:{inputs['name']}", inputs),
            logGroupClass=inputs.get("logGroupClass", "STANDARD"),
        )

    def _retain(self, account: Account, inputs: Inputs) -> None:
        client = account.client("logs", inputs)
        if inputs["retentionInDays"]:
            client.put_retention_policy(logGroupName=inputs["name"], retentionInDays=inputs["retentionInDays"])
        else:
            client.delete_retention_policy(logGroupName=inputs["name"])

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it and set its retention."""
        self.send(account, inputs)
        if inputs["retentionInDays"]:
            self._retain(account, inputs)
        return inputs["name"], self._outputs(account, inputs)

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """Its retention as it is now."""
        groups = account.client("logs", inputs).describe_log_groups(logGroupNamePrefix=identity)["logGroups"]
        found = next((group for group in groups if group["logGroupName"] == identity), None)
        if found is None:
            return None
        now = {**self.defaults, **inputs, "name": identity, "retentionInDays": found.get("retentionInDays", 0)}
        return now, self._outputs(account, now)

    def put(self, account: Account, inputs: Inputs) -> Inputs:
        """Change its retention."""
        self._retain(account, inputs)
        return self._outputs(account, inputs)

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it, unless the program wants it kept."""
        if not existing.inputs.get("skipDestroy"):
            account.client("logs", existing.inputs).delete_log_group(logGroupName=existing.identity)
