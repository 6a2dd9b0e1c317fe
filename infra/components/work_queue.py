"""WorkQueue: a queue that loses nothing: encrypted, TLS-only, with a dead-letter queue of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from infra import names, policies
from infra.components.component import Component, Transforms, component_options
from infra.errors import SettingsError
from infra.queue_times import VISIBILITY_MAX, visibility_timeout
from infra.tags import CLASSIFICATION

DAY = 86_400
DEAD_LETTER_DAYS = 14
"""The longest that SQS keeps a message."""


@dataclass(frozen=True, kw_only=True)
class WorkQueueArgs:
    """What a WorkQueue is made from.

    Attributes:
        key: KMS key of both queues.
        handler_timeout: Worst seconds that its worker takes for what it received in one go.
        stop_timeout: Seconds that its worker has from SIGTERM to SIGKILL.
        max_receives: Deliveries until a message goes to the dead-letter queue.
        retention_days: How long a message waits, at most.
        fifo: Whether each message comes once and in order; high throughput, in order within a group.
        keep: Whether both queues are protected.
        path: Where its settings stand, for errors.
        transform: Changes to children.
    """

    key: pulumi.Input[str]
    handler_timeout: float
    stop_timeout: float
    max_receives: int = 5
    retention_days: int = 4
    fifo: bool = False
    keep: bool = True
    path: str = "queue"
    transform: Transforms | None = None


class WorkQueue(Component):
    """A queue and its dead-letter queue of the same kind; the visibility timeout follows from the worker's times.

    Attributes:
        queue: The queue.
        dead_letters: Where messages go that nobody could handle.
        visibility_timeout: Seconds for which a received message stays hidden.
        fifo: Whether it is a FIFO queue.
    """

    def __init__(self, name: str, args: WorkQueueArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("surgeproof:platform:WorkQueue", name, {}, component_options(name, opts, args.transform))
        self.visibility_timeout = visibility_timeout(args.handler_timeout, args.stop_timeout)
        if self.visibility_timeout > VISIBILITY_MAX:
            raise SettingsError(
                "makes messages hide longer than SQS can",
                path=f"{args.path}.handler_timeout",
                got=args.handler_timeout,
                allowed=f"{VISIBILITY_MAX} s in all, with stop_timeout and a margin",
                fix="Split the work into smaller messages",
            )
        self._name = name
        self.fifo = args.fifo
        self.dead_letters = aws.sqs.Queue(
            names.logical("aws:sqs/queue:Queue", f"{name}-dead"),
            kms_master_key_id=args.key,
            kms_data_key_reuse_period_seconds=300,
            message_retention_seconds=DEAD_LETTER_DAYS * DAY,
            **_order(args.fifo),
            tags={CLASSIFICATION: "orders"},
            opts=self._child(protect=args.keep or None),
        )
        self.queue = aws.sqs.Queue(
            names.logical("aws:sqs/queue:Queue", name),
            kms_master_key_id=args.key,
            kms_data_key_reuse_period_seconds=300,
            message_retention_seconds=args.retention_days * DAY,
            visibility_timeout_seconds=self.visibility_timeout,
            receive_wait_time_seconds=20,
            **_order(args.fifo),
            redrive_policy=pulumi.Output.json_dumps(
                {"deadLetterTargetArn": self.dead_letters.arn, "maxReceiveCount": args.max_receives}
            ),
            tags={CLASSIFICATION: "orders"},
            opts=self._child(protect=args.keep or None),
        )
        aws.sqs.RedriveAllowPolicy(
            f"{name}-redrive",
            queue_url=self.dead_letters.url,
            redrive_allow_policy=pulumi.Output.json_dumps(
                {"redrivePermission": "byQueue", "sourceQueueArns": [self.queue.arn]}
            ),
            opts=self._child(),
        )
        aws.sqs.QueuePolicy(
            f"{name}-dead-policy",
            queue_url=self.dead_letters.url,
            policy=policies.document(policies.deny_without_tls(self.dead_letters.arn, "sqs")),
            opts=self._child(),
        )
        self._done({"url": self.queue.url, "dead_letter_url": self.dead_letters.url})


def _order(fifo: bool) -> dict[str, Any]:  # noqa: FBT001 - the setting itself
    """High throughput FIFO (Amazon SQS Developer Guide, 'High throughput for FIFO queues'), without ids from the sender."""
    if not fifo:
        return {}
    return {
        "fifo_queue": True,
        "content_based_deduplication": True,
        "deduplication_scope": "messageGroup",
        "fifo_throughput_limit": "perMessageGroupId",
    }
