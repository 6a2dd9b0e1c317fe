"""The order queue: SQS, one message at a time."""

from __future__ import annotations

from services.adapters.aws.client import AwsClient
from services.domain.ports import Message

WAIT_S = 20
"""Long poll: the most that SQS allows, and under ECS's 30 s between SIGTERM and SIGKILL."""


class SqsOrderQueue:
    """Fills the `OrderQueue` port.

    One message a call: fulfilment takes about a second, and a batch would keep others from an idle worker.
    """

    def __init__(self, url: str, region: str, *, wait_s: int = WAIT_S) -> None:
        self._url = url
        self._wait_s = wait_s
        # Two threads: one may extend a message's visibility while the other works.
        self._client = AwsClient("sqs", region, read_timeout_s=wait_s + 10, threads=2)

    async def receive(self) -> Message | None:
        """Wait for a message; nothing when none came."""
        answer = await self._client.call(
            "receive_message", QueueUrl=self._url, MaxNumberOfMessages=1, WaitTimeSeconds=self._wait_s
        )
        for message in answer.get("Messages", []):
            return Message(message["Body"], message["ReceiptHandle"])
        return None

    async def delete(self, message: Message) -> None:
        """It is done."""
        await self._client.call("delete_message", QueueUrl=self._url, ReceiptHandle=message.receipt)

    async def extend(self, message: Message) -> None:
        """Hide it from other workers for one more visibility timeout."""
        await self._client.call(
            "change_message_visibility",
            QueueUrl=self._url,
            ReceiptHandle=message.receipt,
            VisibilityTimeout=int(await self.visibility_timeout()),
        )

    async def visibility_timeout(self) -> float:
        """Seconds for which a received message is hidden."""
        answer = await self._client.call(
            "get_queue_attributes", QueueUrl=self._url, AttributeNames=["VisibilityTimeout"]
        )
        return float(answer["Attributes"]["VisibilityTimeout"])

    def close(self) -> None:
        """End the client's threads."""
        self._client.close()
