"""Log groups, what watches and masks them, and alarms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from surgeproof.graph.live.account import Reading
from surgeproof.graph.live.reader import Found, reads
from surgeproof.graph.live.shape import NOT_KEPT, camel, part_or, picked, without_nothing

_GLOBAL = "us-east-1"
"""Where what belongs to CloudFront is kept."""


@reads(
    "aws:cloudwatch/logGroup:LogGroup",
    "aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy",
    calls=("logs.describe_log_groups", "logs.list_tags_for_resource", "logs.get_data_protection_policy"),
)
def log_groups(account: Reading) -> Iterator[Found]:
    """Log groups of the region."""
    for row in account.rows("logs.describe_log_groups", "logGroups"):
        name = row["logGroupName"]
        arn = str(row["arn"]).removesuffix(":*")
        labels = account.part("logs.list_tags_for_resource", resourceArn=arn)
        inputs = {
            **picked(row, name="logGroupName", kmsKeyId="kmsKeyId", retentionInDays="retentionInDays"),
            "tags": part_or(labels, lambda answer: dict(answer.get("tags", {})), {}),
        }
        yield Found("aws:cloudwatch/logGroup:LogGroup", name, inputs, {"arn": arn, "name": name})
        if row.get("dataProtectionStatus") == "ACTIVATED":
            answer = account.part("logs.get_data_protection_policy", logGroupIdentifier=name)
            document = part_or(answer, lambda given: given.get("policyDocument"))
            yield Found(
                "aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy",
                name,
                without_nothing({"logGroupName": name, "policyDocument": document}),
            )


@reads("aws:cloudwatch/logMetricFilter:LogMetricFilter", calls=("logs.describe_metric_filters",))
def metric_filters(account: Reading) -> Iterator[Found]:
    """Filters that count what is written."""
    for row in account.rows("logs.describe_metric_filters", "metricFilters"):
        inputs = picked(row, name="filterName", logGroupName="logGroupName", pattern="filterPattern")
        changes = row.get("metricTransformations") or [{}]
        inputs["metricTransformation"] = picked(
            changes[0], name="metricName", namespace="metricNamespace", value="metricValue"
        )
        yield Found("aws:cloudwatch/logMetricFilter:LogMetricFilter", row["filterName"], inputs)


@reads(
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    "aws:cloudwatch/compositeAlarm:CompositeAlarm",
    calls=("cloudwatch.describe_alarms",),
)
def alarms(account: Reading) -> Iterator[Found]:
    """Alarms on metrics, and those made of others; but what scaling policies keep for themselves."""
    for row in account.rows("cloudwatch.describe_alarms", "MetricAlarms", AlarmTypes=["MetricAlarm"]):
        name = row["AlarmName"]
        if name.startswith("TargetTracking-"):
            continue
        yield Found("aws:cloudwatch/metricAlarm:MetricAlarm", name, _alarm(row), {"arn": row["AlarmArn"]})
    for row in account.rows("cloudwatch.describe_alarms", "CompositeAlarms", AlarmTypes=["CompositeAlarm"]):
        inputs = picked(
            row,
            alarmName="AlarmName",
            alarmRule="AlarmRule",
            actionsEnabled="ActionsEnabled",
            alarmActions="AlarmActions",
            alarmDescription="AlarmDescription",
        )
        yield Found("aws:cloudwatch/compositeAlarm:CompositeAlarm", row["AlarmName"], inputs, {"arn": row["AlarmArn"]})


def _alarm(row: dict[str, Any]) -> dict[str, Any]:
    inputs = picked(
        row,
        name="AlarmName",
        actionsEnabled="ActionsEnabled",
        alarmActions="AlarmActions",
        alarmDescription="AlarmDescription",
        comparisonOperator="ComparisonOperator",
        evaluationPeriods="EvaluationPeriods",
        metricName="MetricName",
        namespace="Namespace",
        period="Period",
        statistic="Statistic",
        threshold="Threshold",
        treatMissingData="TreatMissingData",
    )
    inputs["dimensions"] = {item["Name"]: item["Value"] for item in row.get("Dimensions", ())}
    if row.get("Metrics"):
        inputs["metricQueries"] = [_query(item) for item in row["Metrics"]]
    return inputs


def _query(row: dict[str, Any]) -> dict[str, Any]:
    """A query of an alarm; the provider keeps metric, dimensions and statistic in one object."""
    query = camel({name: value for name, value in row.items() if name != "MetricStat"})
    told = row.get("MetricStat")
    if told:
        metric = told["Metric"]
        query["metric"] = {
            **picked(metric, namespace="Namespace", metricName="MetricName"),
            **picked(told, period="Period", stat="Stat"),
            "dimensions": {item["Name"]: item["Value"] for item in metric.get("Dimensions", ())},
        }
    return query


@reads(
    "aws:cloudtrail/trail:Trail",
    calls=(
        "cloudtrail.describe_trails",
        "cloudtrail.get_trail_status",
        "cloudtrail.get_event_selectors",
        "cloudtrail.list_tags",
    ),
)
def trails(account: Reading) -> Iterator[Found]:
    """Trails that are at home in the region."""
    for row in account.call("cloudtrail.describe_trails", includeShadowTrails=False).get("trailList", ()):
        arn = row["TrailARN"]
        status = account.part("cloudtrail.get_trail_status", Name=arn)
        chosen = account.part("cloudtrail.get_event_selectors", TrailName=arn)
        labels = account.part("cloudtrail.list_tags", ResourceIdList=[arn])
        inputs = picked(
            row,
            name="Name",
            s3BucketName="S3BucketName",
            isMultiRegionTrail="IsMultiRegionTrail",
            includeGlobalServiceEvents="IncludeGlobalServiceEvents",
            enableLogFileValidation="LogFileValidationEnabled",
            cloudWatchLogsGroupArn="CloudWatchLogsLogGroupArn",
            cloudWatchLogsRoleArn="CloudWatchLogsRoleArn",
            kmsKeyId="KmsKeyId",
        )
        inputs["enableLogging"] = part_or(status, lambda answer: answer["IsLogging"])
        inputs["eventSelectors"] = part_or(chosen, lambda answer: camel(answer.get("EventSelectors")) or None)
        if isinstance(chosen, dict) and chosen.get("AdvancedEventSelectors"):
            inputs["advancedEventSelectors"] = camel(chosen["AdvancedEventSelectors"])
        inputs["tags"] = part_or(labels, _labels, NOT_KEPT)
        yield Found("aws:cloudtrail/trail:Trail", arn, without_nothing(inputs), {"arn": arn, "name": row["Name"]})


def _labels(answer: dict[str, Any]) -> dict[str, str]:
    return {item["Key"]: item.get("Value", "") for row in answer.get("ResourceTagList", ()) for item in row["TagsList"]}


@reads(
    "aws:cloudwatch/logDeliverySource:LogDeliverySource",
    "aws:cloudwatch/logDelivery:LogDelivery",
    calls=("logs.describe_delivery_sources", "logs.describe_deliveries"),
)
def deliveries(account: Reading) -> Iterator[Found]:
    """What services deliver to log groups, buckets and streams; CloudFront's is kept in us-east-1."""
    for region in dict.fromkeys((account.account.region, _GLOBAL)):
        for row in account.rows("logs.describe_delivery_sources", "deliverySources", region=region):
            resource = next(iter(row.get("resourceArns", ())), None)
            inputs = without_nothing({"name": row["name"], "logType": row.get("logType"), "resourceArn": resource})
            outputs = {"arn": row["arn"], "name": row["name"]}
            yield Found("aws:cloudwatch/logDeliverySource:LogDeliverySource", row["name"], inputs, outputs)
        for row in account.rows("logs.describe_deliveries", "deliveries", region=region):
            inputs = picked(
                row, deliverySourceName="deliverySourceName", deliveryDestinationArn="deliveryDestinationArn"
            )
            yield Found("aws:cloudwatch/logDelivery:LogDelivery", row["id"], inputs, {"arn": row.get("arn")})
