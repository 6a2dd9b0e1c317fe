"""Cost Explorer: anomalies, and the tags that bills are split by. Nothing costs anything here: they are recorded."""

from __future__ import annotations

import json
import uuid
from typing import Any, ClassVar

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Inputs, handles
from surgeproof.localcloud.handlers.recorded import Recorded


def _identity(kind: str, account: Account, name: str) -> str:
    """An ARN in AWS's form, made from the name alone."""
    return f"arn:aws:ce::{account.number}:{kind}/{uuid.uuid5(uuid.NAMESPACE_URL, f'{account.number}/{kind}/{name}')}"


def _ask(account: Account, call: str, inputs: Inputs, member: str, value: dict[str, Any], token: str) -> dict[str, Any]:
    tags = [{"Key": key, "Value": content} for key, content in account.tags(inputs).items()]
    _, request = account.request(
        call,
        {member: value},
        renamed={"*.ands": "And", "*.ors": "Or", "*.not": "Not", "*.dimension": "Dimensions", "*.tag": "Tags"},
        leave_out=("tags",),
        type_token=token,
        ResourceTags=tags or None,
    )
    return request


@handles("aws:costexplorer/anomalyMonitor:AnomalyMonitor")
class AnomalyMonitor(Recorded):
    """What is looked at for unusual cost."""

    calls = ("ce.create_anomaly_monitor",)
    replace_on = frozenset({"monitorType", "monitorDimension", "monitorSpecification"})

    def ask(self, account: Account, inputs: Inputs) -> dict[str, Any]:
        """One object, in which the specification is JSON where the provider takes a text."""
        value = {"monitorName": inputs["name"], "monitorType": inputs["monitorType"]}
        if inputs.get("monitorDimension"):
            value["monitorDimension"] = inputs["monitorDimension"]
        if inputs.get("monitorSpecification"):
            value["monitorSpecification"] = json.loads(inputs["monitorSpecification"])
        return _ask(account, self.calls[0], inputs, "anomalyMonitor", value, self.token)

    def identify(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Its id is its ARN."""
        arn = _identity("anomalymonitor", account, inputs["name"])
        return arn, {"arn": arn}


@handles("aws:costexplorer/anomalySubscription:AnomalySubscription")
class AnomalySubscription(Recorded):
    """Who is told of unusual cost."""

    calls = ("ce.create_anomaly_subscription",)
    replace_on = frozenset({"name", "accountId"})
    computed = ("arn", "accountId")

    def ask(self, account: Account, inputs: Inputs) -> dict[str, Any]:
        """One object."""
        value = {
            "subscriptionName": inputs["name"],
            "frequency": inputs["frequency"],
            "monitorArnList": inputs["monitorArnLists"],
            "subscribers": inputs["subscribers"],
        }
        if inputs.get("thresholdExpression"):
            value["thresholdExpression"] = inputs["thresholdExpression"]
        return _ask(account, self.calls[0], inputs, "anomalySubscription", value, self.token)

    def identify(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Its id is its ARN."""
        arn = _identity("anomalysubscription", account, inputs["name"])
        return arn, {"arn": arn, "accountId": account.number}


@handles("aws:costexplorer/costAllocationTag:CostAllocationTag")
class CostAllocationTag(Recorded):
    """A tag as a column of the bill."""

    calls = ("ce.update_cost_allocation_tags_status",)
    replace_on = frozenset({"tagKey"})
    computed: ClassVar = ("type",)

    def ask(self, account: Account, inputs: Inputs) -> dict[str, Any]:
        """A list of one."""
        _, request = account.request(
            self.calls[0],
            {"costAllocationTagsStatus": [{"tagKey": inputs["tagKey"], "status": inputs["status"]}]},
            leave_out=("tags",),
            type_token=self.token,
        )
        return request

    def identify(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:  # noqa: ARG002 - the interface
        """Its id is its key."""
        return inputs["tagKey"], {"type": "UserDefined"}
