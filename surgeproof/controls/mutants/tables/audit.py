"""Claims of controls of trails, logs, alarms and the account's services."""

from surgeproof.controls.mutants.claims import claims
from surgeproof.controls.mutants.groups import UNPROTECTED, off, unsealed
from surgeproof.controls.mutants.operators import drop, edited, gone, option, put

TRAIL = "trail"
claims(
    "CT-01",
    gone(TRAIL),
    off("isMultiRegionTrail", on=TRAIL),
    put("enableLogging", False, on=TRAIL),
    put("includeGlobalServiceEvents", False, on=TRAIL),
    put("eventSelectors[0].includeManagementEvents", False, on=TRAIL),
    put("eventSelectors[0].readWriteType", "WriteOnly", on=TRAIL),
)
claims("CT-02", off("enableLogFileValidation"), drop("cloudWatchLogsGroupArn"))
claims("CT-03", unsealed("kmsKeyId", "cloudtrail"))
claims(
    "CT-04",
    drop("cloudWatchLogsGroupArn"),
    drop("cloudWatchLogsRoleArn"),
    put("cloudWatchLogsGroupArn", ""),
    put("cloudWatchLogsRoleArn", ""),
)
DATA, ADVANCED = "eventSelectors", "advancedEventSelectors"


def _selects(**data: object) -> dict[str, object]:
    return {"eventSelectors": [{"readWriteType": "All", "dataResources": [{"type": "AWS::S3::Object"}], **data}]}


def _reads(*more: dict[str, object]) -> list[dict[str, object]]:
    fields = [
        {"field": "eventCategory", "equals": ["Data"]},
        {"field": "resources.type", "equals": ["AWS::S3::Object"]},
    ]
    return [{"fieldSelectors": [*fields, *more]}]


claims(
    "CT-05",
    drop(DATA, ADVANCED),
    drop(ADVANCED, but=_selects(readWriteType="WriteOnly"), label="writes alone"),
    drop(ADVANCED, but=_selects(readWriteType="ReadOnly"), label="reads alone"),
    drop(ADVANCED, but=_selects(dataResources=[]), label="no kind of data"),
    drop(
        ADVANCED,
        but=_selects(dataResources=[{"type": "AWS::S3::Object", "values": ["arn:aws:s3:::theirs/"]}]),
        label="another bucket alone",
    ),
    put(ADVANCED, _reads({"field": "readOnly", "equals": ["true"]}), label="advanced: reads alone"),
    put(ADVANCED, _reads({"field": "readOnly", "equals": ["false"]}), label="advanced: writes alone"),
    put(
        ADVANCED,
        _reads({"field": "resources.ARN", "notStartsWiths": ["arn:aws:s3:::"]}),
        label="advanced: all buckets are spared",
    ),
)
claims("CT-07", UNPROTECTED, option("changes are ignored", ignore_changes=("enableLogging",)))
claims("CW-01", unsealed("kmsKeyId", "logs"))
claims("CW-02", drop("retentionInDays"), put("retentionInDays", 0), put("retentionInDays", 30))
claims(
    "CW-03", drop("alarmActions"), put("alarmActions", []), put("actionsEnabled", False), put("actionsEnabled", "false")
)
FILTER = "log_metric_filter"
claims(
    "CW-05",
    gone(FILTER),
    gone("alarm"),
    put("pattern", "{ $.eventName = nothing }", on=FILTER),
    drop("alarmActions", on="alarm"),
    put("metricName", "SomethingElse", on="alarm"),
)
claims(
    "CW-06",
    gone("alarm"),
    drop("alarmActions", on="alarm"),
    drop("metricName", "metricQueries", on="alarm"),
    gone("alarm", where=lambda item: "RunningTaskCount" in str(item.inputs), label="no alarm on RunningTaskCount"),
    gone(
        "alarm",
        where=lambda item: "ApproximateAgeOfOldestMessage" in str(item.inputs),
        label="no alarm on ApproximateAgeOfOldestMessage",
    ),
    gone(
        "alarm", where=lambda item: "DatabaseConnections" in str(item.inputs), label="no alarm on DatabaseConnections"
    ),
)
claims(
    "CW-07",
    gone("event_rule"),
    gone("event_target"),
    put("state", "DISABLED", on="event_rule"),
    put("eventPattern", '{"source": ["aws.nothing"]}', on="event_rule"),
)
MASK = "log_data_protection"
claims(
    "CW-08",
    gone(MASK),
    drop("logGroupName", on=MASK),
    drop("policyDocument", on=MASK),
    edited(
        "it counts, and masks nothing",
        "policyDocument",
        lambda text: str(text).replace("'", '"').replace("Deidentify", "Audit"),
        on=MASK,
    ),
    edited(
        "it masks something else",
        "policyDocument",
        lambda text: str(text).replace("'", '"').replace("CreditCardNumber", "Address"),
        on=MASK,
    ),
)
claims(
    "CFG-01",
    gone("config_recorder_status"),
    gone("config_delivery_channel"),
    gone("config_conformance_pack"),
    off("isEnabled", on="config_recorder_status"),
    put("recordingGroup.allSupported", False),
    put("recordingGroup.includeGlobalResourceTypes", False),
    put("roleArn", "arn:aws:iam::123456789012:role/mine"),
    put("retentionPeriodInDays", 30, on="config_retention"),
)
FEATURE = "detector_feature"
claims(
    "GD-01",
    put("enable", False),
    gone(FEATURE),
    put("status", "DISABLED", on=FEATURE),
    drop("detectorId", on=FEATURE),
    put("additionalConfigurations", [], on=FEATURE),
)
claims(
    "GD-02",
    gone("event_rule"),
    gone("event_target"),
    put("state", "DISABLED", on="event_rule"),
    put("eventPattern", '{"source": ["aws.ec2"]}', on="event_rule"),
    drop("arn", on="event_target"),
)
claims(
    "SHB-01",
    gone("security_hub_standard"),
    gone("access_analyzer"),
    put(
        "standardsArn",
        "arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0",
        on="security_hub_standard",
    ),
    put("tags.data-classification", "cde", on="bucket"),
)
