"""SQS queues."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Checked, Existing, Handler, Inputs, New, handles, is_missing

_NUMBERS = {
    "delaySeconds": "DelaySeconds",
    "maxMessageSize": "MaximumMessageSize",
    "messageRetentionSeconds": "MessageRetentionPeriod",
    "receiveWaitTimeSeconds": "ReceiveMessageWaitTimeSeconds",
    "visibilityTimeoutSeconds": "VisibilityTimeout",
    "kmsDataKeyReusePeriodSeconds": "KmsDataKeyReusePeriodSeconds",
}
_TEXTS = {
    "kmsMasterKeyId": "KmsMasterKeyId",
    "policy": "Policy",
    "redrivePolicy": "RedrivePolicy",
    "deduplicationScope": "DeduplicationScope",
    "fifoThroughputLimit": "FifoThroughputLimit",
}
_SWITCHES = {
    "fifoQueue": "FifoQueue",
    "contentBasedDeduplication": "ContentBasedDeduplication",
    "sqsManagedSseEnabled": "SqsManagedSseEnabled",
}
_DOCUMENTS = frozenset({"policy", "redrivePolicy"})


def program_spelling(old: Any, new: str) -> Any:
    """AWS reformats JSON documents: the program's own spelling when it says the same, else AWS's."""
    try:
        same = isinstance(old, str) and json.loads(old) == json.loads(new)
    except ValueError:
        same = False
    return old if same else new


@handles("aws:sqs/queue:Queue")
class Queue(Handler):
    """A queue, on the launch clock."""

    kept = "extended"
    note = (
        "Visibility, delay, age and retention run in launch time; the cost of a message does not grow with the backlog."
    )
    calls = ("sqs.create_queue", "sqs.get_queue_attributes", "sqs.set_queue_attributes", "sqs.delete_queue")
    name_prop = "name"
    name_length = 80
    defaults: ClassVar = {
        "delaySeconds": 0,
        "maxMessageSize": 262144,
        "messageRetentionSeconds": 345600,
        "receiveWaitTimeSeconds": 0,
        "visibilityTimeoutSeconds": 30,
    }
    replace_on = frozenset({"name", "fifoQueue", "region"})
    computed = ("arn", "url")

    def check(self, new: New) -> Checked:
        """A FIFO queue's name ends in ``.fifo``."""
        inputs, failures = super().check(new)
        if inputs.get("fifoQueue") and not str(inputs["name"]).endswith(".fifo"):
            inputs["name"] = f"{inputs['name'][:75]}.fifo"
        known = {*_NUMBERS, *_TEXTS, *_SWITCHES, "name", "region", "tags", "redriveAllowPolicy"}
        failures += [(unknown, "no attribute of a queue") for unknown in sorted(set(inputs) - known)]
        return inputs, failures

    def _attributes(self, inputs: Inputs) -> dict[str, str]:
        told = {_NUMBERS[name]: str(inputs[name]) for name in _NUMBERS if name in inputs}
        told |= {_TEXTS[name]: str(inputs[name]) for name in _TEXTS if inputs.get(name)}
        told |= {_SWITCHES[name]: "true" for name in _SWITCHES if inputs.get(name)}
        return told

    def _outputs(self, account: Account, inputs: Inputs, url: str) -> Inputs:
        return self.outputs(account, inputs, arn=account.arn("sqs", inputs["name"], inputs), url=url)

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it; its id is its URL."""
        client = account.client("sqs", inputs)
        made = client.create_queue(
            QueueName=inputs["name"], Attributes=self._attributes(inputs), tags=account.tags(inputs)
        )
        return made["QueueUrl"], self._outputs(account, inputs, made["QueueUrl"])

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """Its attributes as they are now."""
        try:
            found = account.client("sqs", inputs).get_queue_attributes(QueueUrl=identity, AttributeNames=["All"])
        except ClientError as error:
            if is_missing(error, "AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"):
                return None
            raise
        attributes = found["Attributes"]
        now = {**inputs, "name": identity.rsplit("/", 1)[-1]}
        now |= {name: int(attributes[member]) for name, member in _NUMBERS.items() if member in attributes}
        for name, member in _TEXTS.items():
            # What the program does not say may be a resource of its own: a queue policy, a redrive policy.
            if attributes.get(member) and (name in inputs or not inputs):
                text = attributes[member]
                now[name] = program_spelling(inputs.get(name), text) if name in _DOCUMENTS else text
        return now, self._outputs(account, now, identity)

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:
        """Change its attributes."""
        attributes = {name: value for name, value in self._attributes(inputs).items() if name != "FifoQueue"}
        account.client("sqs", inputs).set_queue_attributes(QueueUrl=existing.identity, Attributes=attributes)
        return self._outputs(account, inputs, existing.identity)

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("sqs", existing.inputs).delete_queue(QueueUrl=existing.identity)
