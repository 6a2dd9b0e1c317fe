"""CloudWatch alarms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Inputs, Settable, handles
from surgeproof.localcloud.handlers.describe import Describe


@handles("aws:cloudwatch/metricAlarm:MetricAlarm")
class MetricAlarm(Settable):
    """An alarm. It is kept, and never evaluated: the live autoscaler evaluates its own."""

    note = "Alarms are kept and never change state by themselves."
    calls = ("cloudwatch.put_metric_alarm", "cloudwatch.describe_alarms", "cloudwatch.delete_alarms")
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
    describe = Describe(
        "cloudwatch.describe_alarms",
        "AlarmNames",
        "MetricAlarms",
        more={"AlarmTypes": ["MetricAlarm"]},
        outputs={"arn": "AlarmArn"},
    )

    def seen(self, account: Account, identity: str, inputs: Inputs, found: Inputs) -> Inputs:
        """Dimensions and queries in the provider's form, which is flatter than AWS's."""
        told = {**found, "Dimensions": _mapped(found.get("Dimensions") or [])}
        if found.get("Metrics"):
            told["Metrics"] = [_flat(query) for query in found["Metrics"]]
        return super().seen(account, identity, inputs, told)

    def _put(self, account: Account, inputs: Inputs) -> Inputs:
        values = dict(inputs)
        if values.get("metricQueries"):
            values["metricQueries"] = [_metric_query(query) for query in values["metricQueries"]]
        if values.get("dimensions"):
            values["dimensions"] = _listed(values["dimensions"])
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
    dimensions = _listed(flat.get("dimensions") or {})
    named = {"namespace": flat.get("namespace"), "metricName": flat["metricName"], "dimensions": dimensions}
    statistic = {name: flat[name] for name in ("period", "stat", "unit") if name in flat}
    return {**query, "metric": {"Metric": named, **statistic}}


def _flat(query: Inputs) -> Inputs:
    """A query as AWS tells it, the provider's way."""
    told = query.get("MetricStat")
    if not told:
        return query
    metric = told["Metric"]
    flat = {name: told[name] for name in ("Period", "Stat", "Unit") if name in told}
    flat |= {"Namespace": metric.get("Namespace"), "MetricName": metric["MetricName"]}
    return {**query, "MetricStat": {**flat, "Dimensions": _mapped(metric.get("Dimensions") or [])}}


def _listed(dimensions: Mapping[str, str]) -> list[Inputs]:
    return [{"name": name, "value": value} for name, value in dimensions.items()]


def _mapped(dimensions: Sequence[Mapping[str, str]]) -> dict[str, str]:
    return {item["Name"]: item["Value"] for item in dimensions}
