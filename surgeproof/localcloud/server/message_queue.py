"""SQS standard queues on the launch clock: the cost of a message does not grow with the backlog, and waiting costs nothing.

moto walks every message on every call (280 ms a message at a backlog of 3,600) and reads the machine's clock. FIFO
queues keep moto's own way, on the launch clock.
"""

from __future__ import annotations

import heapq
import secrets
from collections import deque
from itertools import count
from typing import Any, Literal, cast

from moto.sqs import models
from moto.sqs.exceptions import InvalidParameterValue, ReceiptHandleIsInvalid

from surgeproof.localcloud.server.launch_time import CLOCK

LONGEST_VISIBILITY = 43_200.0
"""Seconds that a message may stay invisible after it was received (SQS Developer Guide, 'visibility timeout')."""
RECEIVES_THAT_COUNT_FOR_AGE = 3
"""A message received more often is passed over by ApproximateAgeOfOldestMessage (SQS Developer Guide, CloudWatch metrics)."""


class LaunchMessage(models.Message):
    """A message that knows where it is, and its times as readings of `CLOCK.elapsed`."""

    def __init__(self, message_id: str, body: str, system_attributes: dict[str, Any] | None = None) -> None:
        super().__init__(message_id, body, system_attributes)
        self.sent_at = CLOCK.elapsed()
        self.received_first_at = 0.0
        self.place: Literal["ready", "delayed", "in flight", "gone"] = "ready"
        self.due_at = 0.0
        self.handles: list[str] = []


class LaunchQueue(models.Queue):
    """A queue whose standard messages are found by receipt handle and become due by a heap."""

    def __init__(self, name: str, region: str, account_id: str, **attributes: Any) -> None:
        self._ready: deque[LaunchMessage] = deque()
        self._due: list[tuple[float, int, LaunchMessage]] = []
        self._live: dict[str, LaunchMessage] = {}
        self._handles: dict[str, LaunchMessage] = {}
        self._order = count()
        self.message_retention_period = 0
        self.sent = self.received = self.deleted = 0
        super().__init__(name, region, account_id, **attributes)

    def _set_attributes(self, attributes: dict[str, Any], now: float | None = None) -> None:
        """moto forgets a queue's policy whenever another attribute is set."""
        policy = getattr(self, "policy", None)
        super()._set_attributes(attributes, now)
        if "Policy" not in attributes:
            self.policy = policy

    @property
    def attributes(self) -> dict[str, Any]:
        """What GetQueueAttributes tells; moto keeps `RedriveAllowPolicy`, and does not tell it."""
        told = super().attributes
        allowed = getattr(self, "redrive_allow_policy", None)
        return {**told, "RedriveAllowPolicy": allowed} if allowed else told

    def add_message(self, message: models.Message) -> None:
        """Take in a message, ready now or when its delay is over."""
        self.sent += 1
        if self.fifo_queue:
            super().add_message(message)
            return
        message = cast("LaunchMessage", message)
        with self._messages_lock:
            now = CLOCK.elapsed()
            delay = max(0.0, message.delayed_until / 1000.0 - CLOCK.date())
            self._live[message.id] = message
            if delay:
                self._hide(message, now + delay, "delayed")
            else:
                self._show(message)

    def _show(self, message: LaunchMessage) -> None:
        message.place = "ready"
        self._ready.append(message)
        self._messages_lock.notify()

    def _hide(self, message: LaunchMessage, until: float, place: Literal["delayed", "in flight"]) -> None:
        message.place, message.due_at = place, until
        heapq.heappush(self._due, (until, next(self._order), message))

    def _show_what_is_due(self) -> None:
        now = CLOCK.elapsed()
        while self._due and self._due[0][0] <= now:
            until, _, message = heapq.heappop(self._due)
            # An entry is stale when the message was deleted, or its timeout was changed since.
            if message.place in {"delayed", "in flight"} and message.due_at == until:
                self._show(message)

    def take(self, most: int, wait: float, visibility: float) -> list[LaunchMessage]:
        """Receive up to ``most`` messages, waiting up to ``wait`` launch seconds for the first."""
        with self._messages_lock:
            end = CLOCK.elapsed() + wait
            while True:
                self._show_what_is_due()
                taken = self._take_ready(most, visibility)
                now = CLOCK.elapsed()
                if taken or now >= end:
                    return taken
                until = min(end, self._due[0][0]) if self._due else end
                self._messages_lock.wait(max(CLOCK.real(until - now), 0.001))

    def _take_ready(self, most: int, visibility: float) -> list[LaunchMessage]:
        taken: list[LaunchMessage] = []
        now = CLOCK.elapsed()
        while self._ready and len(taken) < most:
            message = self._ready.popleft()
            if message.place != "ready":
                continue
            if now - message.sent_at > self.message_retention_period:
                self._forget(message)
                continue
            limit = (self.redrive_policy or {}).get("maxReceiveCount")
            if self.dead_letter_queue is not None and limit and message.approximate_receive_count >= limit:
                self._forget(message)
                message.delayed_until = 0.0
                self.dead_letter_queue.add_message(message)
                continue
            message.approximate_receive_count += 1
            message.received_first_at = message.received_first_at or now
            message.receipt_handle = secrets.token_urlsafe(48)
            self._handles[message.receipt_handle] = message
            message.handles.append(message.receipt_handle)
            self._hide(message, now + visibility, "in flight")
            taken.append(message)
        self.received += len(taken)
        return taken

    def _forget(self, message: LaunchMessage) -> None:
        message.place = "gone"
        self._live.pop(message.id, None)
        for handle in message.handles:
            self._handles.pop(handle, None)

    def delete_message(self, receipt_handle: str) -> None:
        """Delete by any handle that the message ever had; a second time is no error, as in SQS."""
        if self.fifo_queue:
            super().delete_message(receipt_handle)
            self.deleted += 1
            return
        with self._messages_lock:
            message = self._handles.get(receipt_handle)
            if message is None:
                if receipt_handle in self.deleted_messages:
                    return
                raise ReceiptHandleIsInvalid
            self.deleted_messages.update(message.handles)
            self._forget(message)
            self.deleted += 1

    def change_visibility(self, receipt_handle: str, timeout: float) -> None:
        """Hide a message for another ``timeout`` launch seconds, or show it at once with 0."""
        with self._messages_lock:
            message = self._handles.get(receipt_handle)
            if message is None:
                raise ReceiptHandleIsInvalid
            if timeout > LONGEST_VISIBILITY:
                raise InvalidParameterValue(f"Value {timeout} for parameter VisibilityTimeout is invalid.")
            if message.place != "in flight":
                return
            if timeout:
                self._hide(message, CLOCK.elapsed() + timeout, "in flight")
            else:
                self._show(message)

    def purge(self) -> None:
        """Drop all messages."""
        with self._messages_lock:
            for message in list(self._live.values()):
                self._forget(message)
            self._ready.clear()
            self._due.clear()
            self._messages = []
            self._pending_messages = set()

    def wake(self) -> None:
        """Let every waiting call look at the clock again."""
        with self._messages_lock:
            self._messages_lock.notify_all()

    def places(self) -> dict[str, int]:
        """Messages that are ready, delayed and in flight."""
        if self.fifo_queue:
            hidden = [message for message in self._messages if not message.visible]
            return {
                "ready": len(self.messages),
                "delayed": len(self._messages) - len(hidden) - len(self.messages),
                "in flight": len(hidden),
            }
        with self._messages_lock:
            self._show_what_is_due()
            counts = {"ready": 0, "delayed": 0, "in flight": 0}
            for message in self._live.values():
                counts[message.place] += 1
            return counts

    def oldest_age(self) -> float:
        """Launch seconds since the oldest message was sent, as ApproximateAgeOfOldestMessage; 0 for an empty queue."""
        with self._messages_lock:
            if self.fifo_queue:
                return max(
                    (CLOCK.date() - (message.sent_timestamp or 0) / 1000.0 for message in self._messages), default=0.0
                )
            now = CLOCK.elapsed()
            counted = (
                now - message.sent_at
                for message in self._live.values()
                if message.approximate_receive_count <= RECEIVES_THAT_COUNT_FOR_AGE
            )
            return next(counted, 0.0)

    @property
    def approximate_number_of_messages(self) -> int:
        """Messages that a call would receive now."""
        return self.places()["ready"]

    @property
    def approximate_number_of_messages_delayed(self) -> int:
        """Messages whose delay is not over."""
        return self.places()["delayed"]

    @property
    def approximate_number_of_messages_not_visible(self) -> int:
        """Messages that were received and neither deleted nor timed out."""
        return self.places()["in flight"]
