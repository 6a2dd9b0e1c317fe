"""CloudWatch Logs: metric filters, and data protection."""

from __future__ import annotations

from typing import Any, ClassVar

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Inputs, Settable, handles
from surgeproof.localcloud.handlers.observed import text_now


@handles("aws:cloudwatch/logMetricFilter:LogMetricFilter")
class LogMetricFilter(Settable):
    """A filter that counts: kept, and counts nothing here."""

    calls = ("logs.put_metric_filter", "logs.describe_metric_filters", "logs.delete_metric_filter")
    name_prop = "name"
    name_length = 512
    renamed: ClassVar = {
        "name": "filterName",
        "pattern": "filterPattern",
        "metricTransformation": "metricTransformations",
        "*.name": "metricName",
        "*.namespace": "metricNamespace",
        "*.value": "metricValue",
    }
    replace_on = frozenset({"name", "logGroupName", "region"})
    computed = ()

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Put it; its id is its name."""
        return inputs["name"], self.put(account, inputs)

    def put(self, account: Account, inputs: Inputs) -> Inputs:
        """Put it anew."""
        account.send(self.calls[0], inputs, renamed=self.renamed, leave_out=("tags",), type_token=self.token)
        return self.outputs(account, inputs)

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:
        """Put it anew; moto would keep the old one beside it."""
        self.delete(account, existing)
        return self.put(account, inputs)

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """Its pattern and its metric as they are now."""
        client = account.client("logs", inputs)
        if not inputs.get("logGroupName"):
            return None
        told = client.describe_metric_filters(logGroupName=inputs["logGroupName"], filterNamePrefix=identity)
        found = next((item for item in told["metricFilters"] if item["filterName"] == identity), None)
        if found is None:
            return None
        metric = found["metricTransformations"][0]
        asked: dict[str, Any] = inputs.get("metricTransformation") or {}
        now = {
            **inputs,
            "name": identity,
            "pattern": found["filterPattern"],
            "metricTransformation": {
                **asked,
                "name": metric["metricName"],
                "namespace": metric["metricNamespace"],
                "value": metric["metricValue"],
            },
        }
        return now, self.outputs(account, now)

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("logs", existing.inputs).delete_metric_filter(
            logGroupName=existing.inputs["logGroupName"], filterName=existing.identity
        )


@handles("aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy")
class LogDataProtectionPolicy(Settable):
    """What is masked in a log group: kept, and masks nothing here."""

    kept = "extended"
    note = "Policies are told as deployed; nothing is masked."
    calls = (
        "logs.put_data_protection_policy",
        "logs.get_data_protection_policy",
        "logs.delete_data_protection_policy",
    )
    renamed: ClassVar = {"logGroupName": "logGroupIdentifier"}
    replace_on = frozenset({"logGroupName", "region"})
    computed = ()

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Put it; its id is the log group's name."""
        return inputs["logGroupName"], self.put(account, inputs)

    def put(self, account: Account, inputs: Inputs) -> Inputs:
        """Put it anew."""
        account.send(self.calls[0], inputs, renamed=self.renamed, leave_out=("tags",), type_token=self.token)
        return self.outputs(account, inputs)

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """The document, in the program's spelling where it says the same."""
        found = account.client("logs", inputs).get_data_protection_policy(logGroupIdentifier=identity)
        if not found.get("policyDocument"):
            return None
        document = text_now(str(inputs.get("policyDocument", "")), found["policyDocument"])
        now = {**inputs, "logGroupName": identity, "policyDocument": document}
        return now, self.outputs(account, now)

    def delete(self, account: Account, existing: Existing) -> None:
        """Take it away."""
        account.client("logs", existing.inputs).delete_data_protection_policy(logGroupIdentifier=existing.identity)
