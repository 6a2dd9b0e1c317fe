"""Budget: what the stack may cost a month and on the launch's day, and who is told before it does."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pulumi
import pulumi_aws as aws

from infra.budget_windows import launch_window
from infra.components.component import Component, Transforms, component_options


@dataclass(frozen=True, kw_only=True)
class BudgetArgs:
    """What a Budget is made from.

    Attributes:
        tags: Two tags or more that all of its cost carries, key to value.
        topic: Who is told.
        admissions: What lets AWS publish there.
        monthly: US dollars a month.
        launch_day: US dollars on the day of the launch.
        launch: The day.
        anomalies: Whether unusual cost is looked for.
        anomaly_from: US dollars from which it is told.
        activate_tags: Tag keys that become columns of the bill.
        transform: Changes to children.
    """

    tags: Mapping[str, str]
    topic: aws.sns.Topic
    monthly: float
    launch_day: float | None = None
    launch: date | None = None
    anomalies: bool = False
    anomaly_from: float = 100
    activate_tags: Sequence[str] = ()
    admissions: Sequence[pulumi.Resource] = ()
    transform: Transforms | None = None


class Budget(Component):
    """A monthly budget; one of the launch's day; anomaly detection; the tags that bills are split by."""

    def __init__(self, name: str, args: BudgetArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("surgeproof:platform:Budget", name, {}, component_options(name, opts, args.transform))
        self._args = args
        self._budget(
            f"{name}-monthly",
            args.monthly,
            "MONTHLY",
            [("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100)],
        )
        if args.launch_day is not None and args.launch is not None:
            # AWS forecasts no single day.
            self._budget(
                f"{name}-launch-day",
                args.launch_day,
                "DAILY",
                [("ACTUAL", 50), ("ACTUAL", 80), ("ACTUAL", 100)],
                window=launch_window(args.launch),
            )
        if args.anomalies:
            self._anomalies(name)
        for key in args.activate_tags:
            aws.costexplorer.CostAllocationTag(f"{name}-tag-{key}", tag_key=key, status="Active", opts=self._child())
        self._done({})

    def _budget(
        self,
        name: str,
        limit: float,
        unit: str,
        told_at: Sequence[tuple[str, int]],
        window: tuple[str, str] | None = None,
    ) -> None:
        aws.budgets.Budget(
            name,
            name=name,
            budget_type="COST",
            time_unit=unit,
            limit_amount=f"{limit:.2f}",
            limit_unit="USD",
            time_period_start=window[0] if window else None,
            time_period_end=window[1] if window else None,
            filter_expression=_all_of(self._args.tags),
            metrics="UnblendedCost",
            notifications=[
                {
                    "notification_type": kind,
                    "comparison_operator": "GREATER_THAN",
                    "threshold": percent,
                    "threshold_type": "PERCENTAGE",
                    "subscriber_sns_topic_arns": [self._args.topic.arn],
                }
                for kind, percent in told_at
            ],
            opts=self._child(),
        )

    def _anomalies(self, name: str) -> None:
        # A monitor takes one tag; a budget takes them all.
        key, value = next(iter(self._args.tags.items()))
        monitor = aws.costexplorer.AnomalyMonitor(
            f"{name}-monitor",
            name=f"{name}-monitor",
            monitor_type="CUSTOM",
            monitor_specification=json.dumps({"Tags": {"Key": key, "Values": [value]}}, sort_keys=True),
            opts=self._child(),
        )
        aws.costexplorer.AnomalySubscription(
            f"{name}-anomalies",
            name=f"{name}-anomalies",
            frequency="IMMEDIATE",
            monitor_arn_lists=[monitor.arn],
            subscribers=[{"type": "SNS", "address": self._args.topic.arn}],
            threshold_expression={
                "dimension": {
                    "key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
                    "match_options": ["GREATER_THAN_OR_EQUAL"],
                    "values": [f"{self._args.anomaly_from:g}"],
                }
            },
            opts=self._child(depends_on=list(self._args.admissions)),
        )


def _all_of(tags: Mapping[str, str]) -> aws.budgets.BudgetFilterExpressionArgs:
    """Filter of what carries all of these tags."""
    return aws.budgets.BudgetFilterExpressionArgs(
        ands=[
            aws.budgets.BudgetFilterExpressionAndArgs(
                tags=aws.budgets.BudgetFilterExpressionAndTagsArgs(key=key, values=[value])
            )
            for key, value in tags.items()
        ]
    )
