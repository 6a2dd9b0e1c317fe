"""What an alarm is, before it is made: one metric or an expression over several, a threshold, how long, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pulumi

Dimensions = Mapping[str, pulumi.Input[str]]
Comparison = Literal["GreaterThanThreshold", "GreaterThanOrEqualToThreshold", "LessThanThreshold"]
Missing = Literal["missing", "breaching", "notBreaching", "ignore"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric with its statistic.

    Attributes:
        namespace, name: As CloudWatch has them.
        dimensions: Of it.
        stat: ``Sum``, ``Maximum``, ``p95``, ...
        period: Seconds.
    """

    namespace: str
    name: str
    dimensions: Dimensions
    stat: str
    period: int = 60

    def query(self, key: str) -> dict[str, Any]:
        """As a query that an expression uses by this key."""
        return {
            "id": key,
            "return_data": False,
            "metric": {
                "namespace": self.namespace,
                "metric_name": self.name,
                "dimensions": dict(self.dimensions),
                "stat": self.stat,
                "period": self.period,
            },
        }


@dataclass(frozen=True, slots=True)
class AlarmSpec:
    """One alarm.

    Attributes:
        key: Its name within the stack.
        says: What is wrong and what to do, for who is called.
        metrics: By the key that the expression uses; one alone needs no expression.
        threshold: In the metric's own unit.
        expression: Metric math; None for a single metric.
        comparison: How it is compared.
        periods: Periods that are looked at.
        of_them: How many of those must be beyond it; None for all.
        missing: What a period without data counts as.
        launch: Whether it is part of the launch alarm.
    """

    key: str
    says: str
    metrics: Mapping[str, Metric]
    threshold: float
    expression: str | None = None
    comparison: Comparison = "GreaterThanThreshold"
    periods: int = 3
    of_them: int | None = None
    missing: Missing = "notBreaching"
    launch: bool = True

    def inputs(self) -> dict[str, Any]:
        """Inputs of a metric alarm, without name and actions."""
        inputs: dict[str, Any] = {
            "alarm_description": self.says,
            "comparison_operator": self.comparison,
            "threshold": self.threshold,
            "evaluation_periods": self.periods,
            "datapoints_to_alarm": self.of_them or self.periods,
            "treat_missing_data": self.missing,
        }
        if self.expression is not None:
            result = {"id": "told", "expression": self.expression, "label": self.key, "return_data": True}
            queries = [metric.query(key) for key, metric in self.metrics.items()]
            return {**inputs, "metric_queries": [result, *queries]}
        (metric,) = self.metrics.values()
        percentile = metric.stat.startswith("p")
        return {
            **inputs,
            "namespace": metric.namespace,
            "metric_name": metric.name,
            "dimensions": dict(metric.dimensions),
            "period": metric.period,
            "statistic": None if percentile else metric.stat,
            "extended_statistic": metric.stat if percentile else None,
            # A percentile of a handful of requests at night says nothing (CloudWatch, 'Percentile-based alarms and
            # low data samples').
            "evaluate_low_sample_count_percentiles": "ignore" if percentile else None,
        }
