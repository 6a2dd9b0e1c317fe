"""CloudWatch alarms."""

from __future__ import annotations

from typing import ClassVar

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Inputs, Settable, handles


@handles("aws:cloudwatch/metricAlarm:MetricAlarm")
class MetricAlarm(Settable):
    """An alarm. It is kept, and never evaluated: the live autoscaler evaluates its own."""

    note = "Alarms are kept and never change state by themselves."
    calls = ("cloudwatch.put_metric_alarm", "cloudwatch.delete_alarms")
    name_prop = "name"
    name_length = 255
    defaults: ClassVar = {"actionsEnabled": True, "treatMissingData": "missing"}
    renamed: ClassVar = {
        "name": "AlarmName",
        "metricQueries": "Metrics",
        "evaluateLowSampleCountPercentiles": "EvaluateLowSampleCountPercentile",
        "*.metric": "MetricStat",
    }
    replace_on = frozenset({"name", "region"})

    def _put(self, account: Account, inputs: Inputs) -> Inputs:
        values = dict(inputs)
        if values.get("metricQueries"):
            values["metricQueries"] = [_metric_query(query) for query in values["metricQueries"]]
        self.send(account, values)
        return self.outputs(account, inputs, arn=account.arn("cloudwatch", f"alarm:{inputs['name']}", inputs))

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it."""
        return inputs["name"], self._put(account, inputs)

    def put(self, account: Account, inputs: Inputs) -> Inputs:
        """Change it."""
        return self._put(account, inputs)

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("cloudwatch", existing.inputs).delete_alarms(AlarmNames=[existing.identity])


def _metric_query(query: Inputs) -> Inputs:
    """The provider flattens a metric and its statistic into one object, and its dimensions into a map."""
    flat = query.get("metric")
    if not flat:
        return query
    dimensions = [{"name": name, "value": value} for name, value in (flat.get("dimensions") or {}).items()]
    named = {"namespace": flat.get("namespace"), "metricName": flat["metricName"], "dimensions": dimensions}
    statistic = {name: flat[name] for name in ("period", "stat", "unit") if name in flat}
    return {**query, "metric": {"Metric": named, **statistic}}
