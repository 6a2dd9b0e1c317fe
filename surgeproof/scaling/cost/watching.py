"""What watching costs: alarms, dashboards, canaries, queries; logs and events are billed by use."""

from __future__ import annotations

import re
from collections.abc import Iterator

from surgeproof.graph.model import Graph, Resource
from surgeproof.scaling.cost.item import FREE, HOURS, USAGE, Quantity, counts, fixed, number

FREE.update(
    {
        "aws:cloudwatch/eventBusPolicy:EventBusPolicy",
        "aws:cloudwatch/eventRule:EventRule",
        "aws:cloudwatch/eventTarget:EventTarget",
        "aws:cloudwatch/logMetricFilter:LogMetricFilter",
        "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
        "aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy",
        "aws:sns/topicPolicy:TopicPolicy",
        "aws:sns/topicSubscription:TopicSubscription",
        "aws:cfg/recorderStatus:RecorderStatus",
        "aws:cfg/retentionConfiguration:RetentionConfiguration",
        "aws:ce/anomalyMonitor:AnomalyMonitor",
        "aws:ce/anomalySubscription:AnomalySubscription",
        "aws:costexplorer/anomalyMonitor:AnomalyMonitor",
        "aws:costexplorer/anomalySubscription:AnomalySubscription",
        "aws:costexplorer/costAllocationTag:CostAllocationTag",
        "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination",
        "aws:cloudwatch/logDeliverySource:LogDeliverySource",
        "aws:schemas/registry:Registry",
        "aws:xray/group:Group",
        "aws:cfg/deliveryChannel:DeliveryChannel",
        "aws:accessanalyzer/analyzer:Analyzer",
        "aws:scheduler/schedule:Schedule",
        "aws:scheduler/scheduleGroup:ScheduleGroup",
        # Those with actions are; these have none.
        "aws:budgets/budget:Budget",
    }
)
USAGE.update(
    {
        "aws:cloudwatch/logGroup:LogGroup": ("logs.ingested", "logs.storage"),
        "aws:cloudwatch/eventArchive:EventArchive": ("events.archived",),
        "aws:cloudwatch/eventBus:EventBus": ("events.published",),
        "aws:sns/topic:Topic": ("sns.requests",),
        "aws:cloudtrail/trail:Trail": ("cloudtrail.data_events",),
        "aws:cfg/recorder:Recorder": ("config.items",),
        "aws:guardduty/detector:Detector": ("guardduty.events",),
        "aws:guardduty/detectorFeature:DetectorFeature": ("guardduty.events",),
        "aws:securityhub/account:Account": ("securityhub.checks",),
        "aws:securityhub/standardsSubscription:StandardsSubscription": ("securityhub.checks",),
        "aws:cfg/conformancePack:ConformancePack": ("config.evaluations",),
        "aws:cfg/rule:Rule": ("config.evaluations",),
        "aws:cloudwatch/logDelivery:LogDelivery": ("logs.ingested",),
        "aws:inspector2/enabler:Enabler": ("inspector.images",),
        "aws:macie2/account:Account": ("macie.inspected",),
        "aws:schemas/discoverer:Discoverer": ("schemas.events",),
        "aws:lambda/function:Function": ("lambda.requests",),
    }
)
_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_MINUTES = {"minute": 1, "hour": 60, "day": 1440}


@counts("aws:cloudwatch/metricAlarm:MetricAlarm")
def alarm(graph: Graph, resource: Resource) -> Iterator[Quantity]:
    """An alarm by the metrics that it reads; one with a period below a minute costs three times as much."""
    del graph
    queries = resource.inputs.get("metricQueries") or ()
    metrics = [query for query in queries if query.get("metric")]
    periods = [number((query["metric"] or {}).get("period"), 60) for query in metrics]
    quick = min([number(resource.inputs.get("period"), 60), *periods]) < 60
    yield fixed("cloudwatch.alarm_high_resolution" if quick else "cloudwatch.alarm", max(1, len(metrics)))


@counts("aws:cloudwatch/compositeAlarm:CompositeAlarm")
def composite(graph: Graph, resource: Resource) -> Iterator[Quantity]:
    """A composite alarm."""
    del graph, resource
    yield fixed("cloudwatch.composite_alarm", 1)


@counts("aws:cloudwatch/dashboard:Dashboard")
def dashboard(graph: Graph, resource: Resource) -> Iterator[Quantity]:
    """A dashboard; the first three of an account are free, which is left out."""
    del graph, resource
    yield fixed("cloudwatch.dashboard", 1)


@counts("aws:synthetics/canary:Canary")
def canary(graph: Graph, resource: Resource) -> Iterator[Quantity]:
    """The runs of its schedule; none for one that does not run by itself."""
    del graph
    rate = _RATE.fullmatch(str((resource.inputs.get("schedule") or {}).get("expression") or ""))
    if rate and int(rate[1]):
        yield fixed("synthetics.run", HOURS * 60 / (int(rate[1]) * _MINUTES[rate[2]]))
