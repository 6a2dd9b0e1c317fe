"""Policies of SQS queues: who may use one, where its failed messages go, and whose failed messages it takes."""

from __future__ import annotations

from typing import Any, ClassVar

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Checked, Existing, Inputs, New, Settable, handles
from surgeproof.localcloud.handlers.recorded import Recorded


class _QueueAttribute(Settable):
    """One attribute of a queue; its id is the queue's URL."""

    prop: ClassVar[str] = ""
    attribute: ClassVar[str] = ""
    calls = ("sqs.set_queue_attributes",)
    replace_on = frozenset({"queueUrl", "region"})
    computed = ()

    def _set(self, account: Account, inputs: Inputs, value: str) -> None:
        client = account.client("sqs", inputs)
        client.set_queue_attributes(QueueUrl=inputs["queueUrl"], Attributes={self.attribute: value})

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Set it."""
        self._set(account, inputs, inputs[self.prop])
        return inputs["queueUrl"], self.outputs(account, inputs)

    def put(self, account: Account, inputs: Inputs) -> Inputs:
        """Set it anew."""
        self._set(account, inputs, inputs[self.prop])
        return self.outputs(account, inputs)

    def delete(self, account: Account, existing: Existing) -> None:
        """Empty it."""
        self._set(account, existing.inputs, "")


@handles("aws:sqs/queuePolicy:QueuePolicy")
class QueuePolicy(_QueueAttribute):
    """Who may use a queue, in the program's spelling."""

    prop = "policy"
    attribute = "Policy"


@handles("aws:sqs/redrivePolicy:RedrivePolicy")
class RedrivePolicy(_QueueAttribute):
    """Where messages go that were received too often."""

    prop = "redrivePolicy"
    attribute = "RedrivePolicy"


@handles("aws:sqs/redriveAllowPolicy:RedriveAllowPolicy")
class RedriveAllowPolicy(Recorded):
    """Which queues may send their failed messages here; moto has no such attribute."""

    calls = ("sqs.set_queue_attributes",)
    replace_on = frozenset({"queueUrl", "region"})
    computed = ()

    def check(self, new: New) -> Checked:
        """The document is a JSON text."""
        failures = (
            [] if isinstance(new.inputs.get("redriveAllowPolicy"), str) else [("redriveAllowPolicy", "no JSON text")]
        )
        return dict(new.inputs), failures

    def identify(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:  # noqa: ARG002 - the interface
        """Its id is the queue's URL."""
        return inputs["queueUrl"], {}

    def ask(self, account: Account, inputs: Inputs) -> dict[str, Any]:
        """It is set as an attribute of the queue."""
        attributes = {"RedriveAllowPolicy": inputs["redriveAllowPolicy"]}
        values = {"queueUrl": inputs["queueUrl"], "attributes": attributes, "region": account.region_of(inputs)}
        return account.request(self.calls[0], values, type_token=self.token)[1]
