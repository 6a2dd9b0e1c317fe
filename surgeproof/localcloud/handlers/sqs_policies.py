"""Policies of SQS queues: who may use one, where its failed messages go, and whose failed messages it takes."""

from __future__ import annotations

from typing import ClassVar

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Inputs, Settable, handles
from surgeproof.localcloud.handlers.describe import Describe
from surgeproof.localcloud.handlers.observed import text_now


class _QueueAttribute(Settable):
    """One attribute of a queue; its id is the queue's URL."""

    prop: ClassVar[str] = ""
    attribute: ClassVar[str] = ""
    calls = ("sqs.set_queue_attributes", "sqs.get_queue_attributes")
    replace_on = frozenset({"queueUrl", "region"})
    computed = ()

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """The document; None when the queue or the document is gone."""
        asked = Describe("sqs.get_queue_attributes", "QueueUrl", "Attributes", more={"AttributeNames": ["All"]})
        text = (asked.ask(account, identity, inputs) or {}).get(self.attribute)
        if not text:
            return None
        now = {**inputs, "queueUrl": identity, self.prop: text_now(inputs.get(self.prop, ""), text)}
        return now, self.outputs(account, now)

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
class RedriveAllowPolicy(_QueueAttribute):
    """Which queues may send their failed messages here."""

    kept = "extended"
    note = "Told by GetQueueAttributes, as moto does not."
    prop = "redriveAllowPolicy"
    attribute = "RedriveAllowPolicy"
