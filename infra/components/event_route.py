"""EventRoute: a rule that brings events from a bus to a queue, and what cannot be delivered to a dead-letter queue."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from infra import names, policies
from infra.components.component import Component, Transforms, component_options
from infra.components.event_bus import EventBus
from infra.components.work_queue import WorkQueue
from infra.tags import CLASSIFICATION


@dataclass(frozen=True, kw_only=True)
class EventRouteArgs:
    """What an EventRoute is made from.

    Attributes:
        bus: Where events come from.
        queue: Where they go.
        pattern: Which events (EventBridge event pattern).
        key: KMS key of the queue for what could not be delivered.
        group: Message group of what it brings, where the queue is FIFO; EventBridge takes one for all events of a rule.
        retry_hours: How long delivery is tried.
        keep: Whether the queue of what could not be delivered is protected.
        transform: Changes to children.
    """

    bus: EventBus
    queue: WorkQueue
    pattern: Mapping[str, Any]
    key: pulumi.Input[str]
    group: str = "orders"
    retry_hours: int = 24
    keep: bool = True
    transform: Transforms | None = None


class EventRoute(Component):
    """A rule, its target and the policies that let events through, over TLS and from this rule alone.

    Attributes:
        rule: The rule.
        undelivered: Queue of events that could not be brought to the queue.
    """

    def __init__(self, name: str, args: EventRouteArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("surgeproof:platform:EventRoute", name, {}, component_options(name, opts, args.transform))
        self.rule = aws.cloudwatch.EventRule(
            names.logical("aws:cloudwatch/eventRule:EventRule", name),
            event_bus_name=args.bus.bus.name,
            event_pattern=json.dumps(dict(args.pattern), sort_keys=True),
            opts=self._child(),
        )
        self.undelivered = aws.sqs.Queue(
            names.logical("aws:sqs/queue:Queue", f"{name}-undelivered"),
            kms_master_key_id=args.key,
            kms_data_key_reuse_period_seconds=300,
            message_retention_seconds=14 * 86_400,
            tags={CLASSIFICATION: "orders"},
            opts=self._child(protect=args.keep or None),
        )
        admissions = [
            self._admit(f"{name}-in", args.queue.queue),
            self._admit(f"{name}-undelivered-in", self.undelivered),
        ]
        aws.cloudwatch.EventTarget(
            f"{name}-target",
            rule=self.rule.name,
            event_bus_name=args.bus.bus.name,
            arn=args.queue.queue.arn,
            dead_letter_config={"arn": self.undelivered.arn},
            sqs_target={"message_group_id": args.group} if args.queue.fifo else None,
            retry_policy={
                "maximum_event_age_in_seconds": args.retry_hours * 3600,
                "maximum_retry_attempts": 185,
            },
            opts=self._child(depends_on=admissions),
        )
        self._done({"rule": self.rule.name})

    def _admit(self, name: str, queue: aws.sqs.Queue) -> aws.sqs.QueuePolicy:
        """A queue has one policy: the rule may send, and nobody without TLS may do anything."""
        return aws.sqs.QueuePolicy(
            name,
            queue_url=queue.url,
            policy=policies.document(
                policies.allow(
                    "EventsOfThisRule",
                    ["sqs:SendMessage"],
                    queue.arn,
                    principal={"Service": "events.amazonaws.com"},
                    condition={"ArnEquals": {"aws:SourceArn": self.rule.arn}},
                ),
                policies.deny_without_tls(queue.arn, "sqs"),
            ),
            opts=self._child(),
        )
