"""AlarmBoard: the launch's alarms, made from their specifications, and one composite alarm over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.alarm import AlarmSpec
from infra.components.component import Component, Transforms, component_options
from infra.errors import SettingsError

RULE_LIMIT = 100
"""Alarms that one composite alarm takes (PutCompositeAlarm, AlarmRule)."""


@dataclass(frozen=True, kw_only=True)
class AlarmBoardArgs:
    """What an AlarmBoard is made from.

    Attributes:
        specs: The alarms; keys are unique.
        topic: Where they go.
        transform: Changes to children.
    """

    specs: Sequence[AlarmSpec]
    topic: aws.sns.Topic
    transform: Transforms | None = None


class AlarmBoard(Component):
    """Each alarm calls, and calls again when it is over; the composite one says that the launch is in danger.

    Attributes:
        alarms: By key.
        launch: The composite alarm.
    """

    def __init__(self, name: str, args: AlarmBoardArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("surgeproof:platform:AlarmBoard", name, {}, component_options(name, opts, args.transform))
        told = [spec.key for spec in args.specs if spec.launch]
        if len(told) > RULE_LIMIT:
            raise SettingsError(
                "have more alarms than one composite alarm takes",
                path="services",
                got=f"{len(told)} alarms",
                allowed=f"{RULE_LIMIT}",
                fix="Split the shop over two stacks",
            )
        self.alarms = {
            spec.key: aws.cloudwatch.MetricAlarm(
                f"{name}-{spec.key}",
                name=f"{name}-{spec.key}",
                alarm_actions=[args.topic.arn],
                ok_actions=[args.topic.arn],
                opts=self._child(),
                **spec.inputs(),
            )
            for spec in args.specs
        }
        rule = pulumi.Output.all(*(self.alarms[key].name for key in told)).apply(
            lambda names: " OR ".join(f'ALARM("{alarm}")' for alarm in names)
        )
        self.launch = aws.cloudwatch.CompositeAlarm(
            f"{name}-launch",
            alarm_name=f"{name}-launch",
            alarm_description="The launch is in danger: one of its alarms is on. The launch dashboard shows which.",
            alarm_rule=rule,
            alarm_actions=[args.topic.arn],
            ok_actions=[args.topic.arn],
            opts=self._child(),
        )
        self._done({"launch": self.launch.arn})
