"""EventAlerts: rules on the account's own bus that bring security events to a topic, and keep what gets lost."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from infra import names, policies
from infra.components.component import Component, Transforms, component_options
from infra.tags import CLASSIFICATION

DEAD_LETTER_SECONDS = 14 * 86_400
"""The longest that SQS keeps a message."""


@dataclass(frozen=True, kw_only=True)
class EventAlertsArgs:
    """What EventAlerts are made from.

    Attributes:
        topic: Where events go.
        key: KMS key of the queue of what could not be delivered.
        patterns: EventBridge pattern of each rule, by its name.
        keep: Whether that queue is protected.
        transform: Changes to children.
    """

    topic: aws.sns.Topic
    key: pulumi.Input[str]
    patterns: Mapping[str, Mapping[str, Any]]
    keep: bool = True
    transform: Transforms | None = None


class EventAlerts(Component):
    """Rules whose events reach a topic; what can't be delivered waits in a queue.

    Attributes:
        rules: By name.
        undelivered: Queue of events that did not reach the topic.
    """

    def __init__(self, name: str, args: EventAlertsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("surgeproof:platform:EventAlerts", name, {}, component_options(name, opts, args.transform))
        self.undelivered = aws.sqs.Queue(
            names.logical("aws:sqs/queue:Queue", f"{name}-undelivered"),
            kms_master_key_id=args.key,
            kms_data_key_reuse_period_seconds=300,
            message_retention_seconds=DEAD_LETTER_SECONDS,
            tags={CLASSIFICATION: "audit"},
            opts=self._child(protect=args.keep or None),
        )
        self.rules = {
            key: aws.cloudwatch.EventRule(
                names.logical("aws:cloudwatch/eventRule:EventRule", f"{name}-{key}"),
                event_pattern=json.dumps(dict(pattern), sort_keys=True),
                opts=self._child(),
            )
            for key, pattern in args.patterns.items()
        }
        admission = aws.sqs.QueuePolicy(
            f"{name}-undelivered-in",
            queue_url=self.undelivered.url,
            policy=policies.document(
                policies.allow(
                    "EventsOfTheseRules",
                    ["sqs:SendMessage"],
                    self.undelivered.arn,
                    principal={"Service": "events.amazonaws.com"},
                    condition={"ArnEquals": {"aws:SourceArn": [rule.arn for rule in self.rules.values()]}},
                ),
                policies.deny_without_tls(self.undelivered.arn, "sqs"),
            ),
            opts=self._child(),
        )
        for key, rule in self.rules.items():
            aws.cloudwatch.EventTarget(
                f"{name}-{key}-target",
                rule=rule.name,
                arn=args.topic.arn,
                dead_letter_config={"arn": self.undelivered.arn},
                retry_policy={"maximum_event_age_in_seconds": 86_400, "maximum_retry_attempts": 185},
                opts=self._child(depends_on=[admission]),
            )
        self._done({"undelivered": self.undelivered.url})
