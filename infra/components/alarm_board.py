"""AlarmBoard: the launch's alarms, made from their specifications, and one composite alarm over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.alarm import AlarmSpec
from infra.alarm_tree import parts, rule
from infra.components.component import Component, Transforms, component_options

Alarm = aws.cloudwatch.MetricAlarm | aws.cloudwatch.CompositeAlarm


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

    Where there are more of them than the composite one's rule can name, it is over composite alarms over parts of them.

    Attributes:
        alarms: By key.
        launch: The composite alarm.
    """

    def __init__(self, name: str, args: AlarmBoardArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("surgeproof:platform:AlarmBoard", name, {}, component_options(name, opts, args.transform))
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
        told: dict[str, Alarm] = {f"{name}-{spec.key}": self.alarms[spec.key] for spec in args.specs if spec.launch}
        self.launch = aws.cloudwatch.CompositeAlarm(
            f"{name}-launch",
            alarm_name=f"{name}-launch",
            alarm_description="The launch is in danger: one of its alarms is on. The launch dashboard shows which.",
            alarm_rule=_rule(list(self._gathered(name, told).values())),
            alarm_actions=[args.topic.arn],
            ok_actions=[args.topic.arn],
            opts=self._child(),
        )
        self._done({"launch": self.launch.arn})

    def _gathered(self, name: str, told: Mapping[str, Alarm]) -> Mapping[str, Alarm]:
        """As few alarms as one rule can name: these themselves, or composite ones over parts of them, which call nobody."""
        level = 0
        while len(shares := parts(list(told))) > 1:
            level += 1
            made: dict[str, Alarm] = {}
            for number, share in enumerate(shares, 1):
                part = f"{name}-launch-{level}-{number}"
                made[part] = aws.cloudwatch.CompositeAlarm(
                    part,
                    alarm_name=part,
                    alarm_description=f"Part {number} of {len(shares)} of the launch alarm, which says when it is on.",
                    alarm_rule=_rule([told[key] for key in share]),
                    opts=self._child(),
                )
            told = made
        return told


def _rule(alarms: Sequence[Alarm]) -> pulumi.Output[str]:
    return pulumi.Output.all(*(_name(alarm) for alarm in alarms)).apply(rule)


def _name(alarm: Alarm) -> pulumi.Output[str]:
    return alarm.alarm_name if isinstance(alarm, aws.cloudwatch.CompositeAlarm) else alarm.name
