"""EventBridge on the launch clock, with the envelope that AWS sends to a queue."""

from __future__ import annotations

import copy
import json
import logging
from datetime import UTC, datetime
from typing import Any

from moto.events import models
from moto.sqs import models as sqs
from moto.sqs.exceptions import SQSException

from surgeproof.localcloud.server.launch_time import CLOCK

_log = logging.getLogger(__name__)

ENVELOPE = ("version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail")
"""Fields of an event, in AWS's order (EventBridge User Guide, 'AWS events: event structure')."""


def envelope(event: dict[str, Any]) -> str:
    """The message that a queue gets for an event: moto's own lacks ``account`` and breaks on quotes."""
    date = datetime.fromtimestamp(float(event["time"]), tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return json.dumps({name: date if name == "time" else event[name] for name in ENVELOPE})


def _is_plain_queue(target: dict[str, Any]) -> bool:
    transformed = target.get("InputTransformer") or target.get("InputPath")
    return target["Arn"].split(":")[2] == "sqs" and not transformed


def _send(arn: str, body: str, group: str | None = None) -> None:
    *_, region, account, name = arn.split(":")
    sqs.sqs_backends[account][region].send_message(queue_name=name, message_body=body, group_id=group)


def _deliver(target: dict[str, Any], event: dict[str, Any]) -> None:
    """Bring an event to its queue, or to the target's dead-letter queue; the one who put it never hears of it, as in AWS."""
    body = target.get("Input") or envelope(event)
    try:
        _send(target["Arn"], body, target.get("SqsParameters", {}).get("MessageGroupId"))
    except SQSException as refused:
        _log.warning("event %s did not reach %s: %s", event["id"], target["Arn"], refused)
        dead_letters = target.get("DeadLetterConfig", {}).get("Arn")
        if dead_letters:
            _send(dead_letters, body)


def install() -> None:
    """Let moto's EventBridge stamp launch time, and send AWS's envelope to queues.

    Targets that transform their input, and all other kinds of targets, stay with moto.
    """
    moto_send = models.Rule.send_to_targets

    def send_to_targets(self: models.Rule, original_event: Any, transform_input: bool = True) -> None:  # noqa: FBT001, FBT002 - moto calls it so
        if not self.event_pattern.matches_event(original_event):
            return
        for target in filter(_is_plain_queue, self.targets):
            _deliver(target, original_event)
        others = [target for target in self.targets if not _is_plain_queue(target)]
        if others:
            rest = copy.copy(self)
            rest.targets = others
            moto_send(rest, original_event, transform_input)

    changes: dict[str, Any] = {"send_to_targets": send_to_targets}
    for name, method in changes.items():
        setattr(models.Rule, name, method)
    clock: dict[str, Any] = {"unix_time": CLOCK.date, "unix_time_millis": CLOCK.date_millis}
    for name, value in clock.items():
        setattr(models, name, value)
