"""Claims of controls of how stores are looked after, how messages flow, and what says what it is for."""

import json
from typing import Any

from surgeproof.controls.mutants.claims import claims
from surgeproof.controls.mutants.groups import off, unsealed
from surgeproof.controls.mutants.operators import both, drop, edited, moved, put

BACKUP, MAINTENANCE = "preferredBackupWindow", "preferredMaintenanceWindow"
claims(
    "RDS-11",
    drop(BACKUP),
    drop(MAINTENANCE),
    put(MAINTENANCE, "tue:02:30-tue:03:30"),
    put(BACKUP, "04:00-05:00"),
    put(MAINTENANCE, "at night"),
)
INSIGHT = "performanceInsights"
claims(
    "RDS-12",
    off(f"{INSIGHT}Enabled"),
    unsealed(f"{INSIGHT}KmsKeyId", "rds"),
    put("monitoringInterval", 0),
    drop("monitoringInterval"),
)


def _set(name: str, value: str | None) -> Any:
    """Another value of an engine's parameter, or none."""

    def edit(parameters: list[dict[str, Any]]) -> list[dict[str, Any]]:
        kept = [item for item in parameters if item["name"] != name]
        return kept if value is None else [*kept, {"name": name, "value": value}]

    return edit


def _parameter(name: str, *values: str | None, on: str | None = None) -> list[Any]:
    return [edited(f"{name} is {value}", "parameters", _set(name, value), on=on) for value in values]


claims("RDS-13", *_parameter("log_min_duration_statement", None, "-1", "0", "600000"))
claims("RDS-14", *_parameter("log_connections", None, "0", "off"), put("parameters", []))
MEMBERS = "database_instance"
claims(
    "RDS-15",
    put("promotionTier", 2, on=MEMBERS),
    put("promotionTier", 15, on=f"{MEMBERS}?-1"),
    put("promotionTier", 9, on=f"{MEMBERS}?-0"),
)
CAPACITY = "serverlessv2ScalingConfiguration"
claims(
    "RDS-16",
    put(f"{CAPACITY}.minCapacity", 0),
    drop(f"{CAPACITY}.minCapacity"),
    put(f"{CAPACITY}.maxCapacity", 3),
    put(f"{CAPACITY}.minCapacity", 32),
)
SNAPSHOT, UPKEEP = "snapshotWindow", "maintenanceWindow"
claims(
    "EC-06",
    drop(SNAPSHOT),
    drop(UPKEEP),
    put(SNAPSHOT, "05:00-06:00"),
    put(UPKEEP, "tue:00:30-tue:01:30"),
    both("nothing is kept, and no window said", put("snapshotRetentionLimit", 0), drop(UPKEEP)),
)
claims("SQS-06", drop("receiveWaitTimeSeconds"), put("receiveWaitTimeSeconds", 0), put("receiveWaitTimeSeconds", 1))
REUSE = "kmsDataKeyReusePeriodSeconds"
claims("SQS-07", put(REUSE, 60), put(REUSE, 86_400), put(REUSE, "120"), put(REUSE, 0))
claims(
    "EVB-04",
    drop("eventPattern"),
    put("eventPattern", json.dumps({"detail-type": ["Order placed"]})),
    put("eventPattern", json.dumps({"source": [{"prefix": ""}]})),
    put("eventPattern", json.dumps({"source": []})),
)
claims("EVB-05", put("state", "DISABLED"))
claims("EVB-06", drop("retentionDays"), put("retentionDays", 0), put("retentionDays", "0"))
claims("SNS-04", drop("signatureVersion"), put("signatureVersion", 1), put("signatureVersion", "1"))
for control, property_ in (("CW-09", "alarmDescription"), ("IAM-07", "description"), ("KMS-05", "description")):
    claims(control, drop(property_), put(property_, ""), put(property_, " "), put(property_, "Managed by Pulumi"))
claims("CW-10", drop("treatMissingData"), put("treatMissingData", ""))
FREQUENCY = "findingPublishingFrequency"
claims("GD-03", drop(FREQUENCY), put(FREQUENCY, "ONE_HOUR"), put(FREQUENCY, "SIX_HOURS"))
claims("VPC-11", put("mapPublicIpOnLaunch", True), put("mapPublicIpOnLaunch", "true"))
claims("VPC-12", off("enableDnsSupport", needed=False), off("enableDnsHostnames"))
claims("VPC-13", off("privateDnsEnabled"))
claims(
    "VPC-14",
    moved("in one subnet", "subnetIds", "subnet"),
    put("availabilityZone", "eu-west-1a", on="subnet", linked=True),
    put("subnetIds", []),
    drop("subnetIds"),
)
claims("VPC-15", drop("securityGroupIds"), put("securityGroupIds", []))
claims(
    "VPC-16",
    moved("in a subnet of tasks", "subnetId", "subnet", where=lambda item: "-app-" in item.name),
    moved("in a subnet of data", "subnetId", "subnet", where=lambda item: "-data-" in item.name),
    drop("gatewayId", on="route"),
)
INTERVAL = "maxAggregationInterval"
claims("VPC-17", drop(INTERVAL), put(INTERVAL, 600), put(INTERVAL, "600"))
TOLD = "notifications"


def _each(**change: Any) -> Any:
    return lambda told: [{**item, **change} for item in told]


claims(
    "BUD-01",
    drop(TOLD),
    put(TOLD, []),
    edited("told to no topic", TOLD, _each(subscriberSnsTopicArns=[])),
    put(f"{TOLD}[0].subscriberSnsTopicArns", []),
)
LATE = {"notificationType": "ACTUAL", "threshold": 100}
claims(
    "BUD-02",
    drop(TOLD),
    edited("told when the money is spent", TOLD, _each(**LATE)),
    edited("told when twice the money is spent", TOLD, _each(**{**LATE, "threshold": 200})),
    edited("told after so many dollars", TOLD, _each(**{**LATE, "thresholdType": "ABSOLUTE_VALUE"})),
)
PACE = "schedule.expression"
claims(
    "SYN-01",
    off("startCanary"),
    put(PACE, "rate(1 hour)"),
    put(PACE, "rate(0 minute)"),
    put(PACE, "rate(30 minutes)"),
)
SEAL = "artifactConfig"
claims(
    "SYN-02",
    drop(SEAL),
    put(f"{SEAL}.s3Encryption.encryptionMode", "SSE_S3"),
    drop(f"{SEAL}.s3Encryption.kmsKeyArn"),
    put("successRetentionPeriod", 455),
    put("failureRetentionPeriod", 455),
)
CACHE_PARAMETERS = "cache_parameters"
claims("EC-07", *_parameter("maxmemory-policy", "allkeys-lru", "allkeys-lfu", "allkeys-random", on=CACHE_PARAMETERS))
