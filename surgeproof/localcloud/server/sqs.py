"""moto's SQS on our queues and on the launch clock."""

from __future__ import annotations

import copy
from typing import Any, cast

from moto.sqs import models

from surgeproof.localcloud.server.launch_time import CLOCK
from surgeproof.localcloud.server.message_queue import LaunchMessage, LaunchQueue


def all_queues() -> list[LaunchQueue]:
    """Every queue of every region."""
    return [
        cast("LaunchQueue", queue)
        for regions in models.sqs_backends.values()
        for backend in regions.values()
        for queue in backend.queues.values()
    ]


def install() -> None:
    """Let moto's SQS use these queues, and the launch clock."""
    moto_receive = models.SQSBackend.receive_message
    moto_change = models.SQSBackend.change_message_visibility

    def receive_message(
        self: models.SQSBackend,
        queue_name: str,
        count: int,
        wait_seconds_timeout: int,
        visibility_timeout: int,
        message_attribute_names: list[str] | None = None,
    ) -> list[models.Message]:
        queue = cast("LaunchQueue", self.get_queue(queue_name))
        if queue.fifo_queue:
            answer = moto_receive(
                self, queue_name, count, wait_seconds_timeout, visibility_timeout, message_attribute_names
            )
            queue.received += len(answer)
            return answer
        return [
            _as_seen_by_a_receiver(message, message_attribute_names or [])
            for message in queue.take(count, wait_seconds_timeout, visibility_timeout)
        ]

    def change_message_visibility(
        self: models.SQSBackend, queue_name: str, receipt_handle: str, visibility_timeout: int
    ) -> None:
        queue = cast("LaunchQueue", self.get_queue(queue_name))
        if queue.fifo_queue:
            moto_change(self, queue_name, receipt_handle, visibility_timeout)
        else:
            queue.change_visibility(receipt_handle, float(visibility_timeout))

    def purge_queue(self: models.SQSBackend, queue_name: str) -> None:
        cast("LaunchQueue", self.get_queue(queue_name)).purge()

    changes: dict[str, Any] = {
        "receive_message": receive_message,
        "change_message_visibility": change_message_visibility,
        "purge_queue": purge_queue,
    }
    for name, method in changes.items():
        setattr(models.SQSBackend, name, method)
    names: dict[str, Any] = {
        "Queue": LaunchQueue,
        "Message": LaunchMessage,
        "unix_time": CLOCK.date,
        "unix_time_millis": CLOCK.date_millis,
    }
    for name, value in names.items():
        setattr(models, name, value)


def _as_seen_by_a_receiver(message: LaunchMessage, attribute_names: list[str]) -> models.Message:
    """A copy with dates on the launch's calendar and the attributes that were asked for."""
    seen = copy.copy(message)
    seen.sent_timestamp = int(CLOCK.date_of(message.sent_at) * 1000)
    seen.approximate_first_receive_timestamp = int(CLOCK.date_of(message.received_first_at) * 1000)
    models._filter_message_attributes(seen, attribute_names)  # noqa: SLF001 - moto's own rule
    return seen
