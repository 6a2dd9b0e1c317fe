"""Queues, their policies and redrive policies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from surgeproof.graph.live.account import Part, Reading
from surgeproof.graph.live.reader import Found, reads
from surgeproof.graph.live.shape import NOT_KEPT

_NUMBERS = {
    "DelaySeconds": "delaySeconds",
    "KmsDataKeyReusePeriodSeconds": "kmsDataKeyReusePeriodSeconds",
    "MaximumMessageSize": "maxMessageSize",
    "MessageRetentionPeriod": "messageRetentionSeconds",
    "ReceiveMessageWaitTimeSeconds": "receiveWaitTimeSeconds",
    "VisibilityTimeout": "visibilityTimeoutSeconds",
}
_TEXTS = {"KmsMasterKeyId": "kmsMasterKeyId", "RedrivePolicy": "redrivePolicy"}
_FLAGS = {"FifoQueue": "fifoQueue", "SqsManagedSseEnabled": "sqsManagedSseEnabled"}


@reads(
    "aws:sqs/queue:Queue",
    "aws:sqs/queuePolicy:QueuePolicy",
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy",
    calls=("sqs.list_queues", "sqs.get_queue_attributes", "sqs.list_queue_tags"),
    also=("aws:sqs/redrivePolicy:RedrivePolicy",),
)
def queues(account: Reading) -> Iterator[Found]:
    """Every queue of the region."""
    for url in account.rows("sqs.list_queues", "QueueUrls"):
        given = account.part("sqs.get_queue_attributes", QueueUrl=url, AttributeNames=["All"])
        tagged = account.part("sqs.list_queue_tags", QueueUrl=url)
        name = str(url).rsplit("/", 1)[-1]
        labels = NOT_KEPT if isinstance(tagged, Part) else tagged.get("Tags", {})
        if isinstance(given, Part):
            hidden = dict.fromkeys((*_NUMBERS.values(), *_TEXTS.values(), *_FLAGS.values()), NOT_KEPT)
            yield Found("aws:sqs/queue:Queue", url, {"name": name, "tags": labels, **hidden}, {"url": url})
            yield Found("aws:sqs/queuePolicy:QueuePolicy", url, {"queueUrl": url, "policy": NOT_KEPT})
            continue
        attributes: dict[str, Any] = given["Attributes"]
        inputs: dict[str, Any] = {"name": name, "tags": labels}
        inputs |= {ours: int(attributes[theirs]) for theirs, ours in _NUMBERS.items() if theirs in attributes}
        inputs |= {ours: attributes[theirs] for theirs, ours in _TEXTS.items() if attributes.get(theirs)}
        inputs |= {ours: attributes[theirs] == "true" for theirs, ours in _FLAGS.items() if theirs in attributes}
        arn = attributes["QueueArn"]
        yield Found("aws:sqs/queue:Queue", url, inputs, {"arn": arn, "url": url, "name": name})
        if attributes.get("Policy"):
            yield Found("aws:sqs/queuePolicy:QueuePolicy", url, {"queueUrl": url, "policy": attributes["Policy"]})
        if attributes.get("RedriveAllowPolicy"):
            policy = attributes["RedriveAllowPolicy"]
            yield Found(
                "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy", url, {"queueUrl": url, "redriveAllowPolicy": policy}
            )
