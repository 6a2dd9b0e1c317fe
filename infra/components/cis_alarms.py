"""CisAlarms: CIS AWS Foundations' metric filters on the trail's log group, and an alarm for each."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.cis_filters import CIS_FILTERS, NAMESPACE
from infra.components.component import Component, Transforms, component_options

SILENT_HOURS = 1
"""A trail of an account in use has a call every few minutes; services of AWS make them themselves."""


@dataclass(frozen=True, kw_only=True)
class CisAlarmsArgs:
    """What CisAlarms are made from.

    Attributes:
        group: Log group that the trail delivers to.
        topic: Where alarms go.
        transform: Changes to children.
    """

    group: aws.cloudwatch.LogGroup
    topic: aws.sns.Topic
    transform: Transforms | None = None


class CisAlarms(Component):
    """Fourteen filters with an alarm each, and one alarm for a trail that says nothing at all.

    Attributes:
        alarms: By key of the filter; ``silence`` is the last.
    """

    def __init__(self, name: str, args: CisAlarmsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("surgeproof:platform:CisAlarms", name, {}, component_options(name, opts, args.transform))
        self.alarms: dict[str, aws.cloudwatch.MetricAlarm] = {}
        for item in CIS_FILTERS:
            metric = f"{name}-{item.key}"
            counted = aws.cloudwatch.LogMetricFilter(
                f"{name}-{item.key}-filter",
                name=metric,
                log_group_name=args.group.name,
                pattern=item.pattern,
                metric_transformation={"name": metric, "namespace": NAMESPACE, "value": "1"},
                opts=self._child(),
            )
            self.alarms[item.key] = aws.cloudwatch.MetricAlarm(
                f"{name}-{item.key}",
                name=metric,
                alarm_description=f"{item.says} ({item.control}).",
                namespace=NAMESPACE,
                metric_name=counted.metric_transformation.name,
                statistic="Sum",
                period=300,
                evaluation_periods=1,
                threshold=1,
                comparison_operator="GreaterThanOrEqualToThreshold",
                treat_missing_data="notBreaching",
                alarm_actions=[args.topic.arn],
                opts=self._child(),
            )
        self.alarms["silence"] = aws.cloudwatch.MetricAlarm(
            f"{name}-silence",
            name=f"{name}-silence",
            alarm_description="The trail has brought nothing for an hour: it was stopped, or can't deliver.",
            namespace="AWS/Logs",
            metric_name="IncomingLogEvents",
            dimensions={"LogGroupName": args.group.name},
            statistic="Sum",
            period=3600,
            evaluation_periods=SILENT_HOURS,
            threshold=1,
            comparison_operator="LessThanThreshold",
            treat_missing_data="breaching",
            alarm_actions=[args.topic.arn],
            opts=self._child(),
        )
        self._done({"alarms": [alarm.arn for alarm in self.alarms.values()]})
