"""Ids and computed outputs of what watches and keeps (logs, alarms, recorders, vaults), in AWS's shapes; see `arns.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from surgeproof.graph.arns import Identity, Seed

    Shape = Callable[[Seed], Identity]


def _named(service: str, resource: str, key: str = "name", *, regional: bool = True, arn: str = "arn") -> Shape:
    """Known by its name; ``{}`` in ``resource`` is the name."""

    def shape(seed: Seed) -> Identity:
        name = seed.physical(key)
        return name, {key: name, arn: seed.arn(service, resource.format(name), regional=regional)}

    return shape


def _numbered(service: str, kind: str) -> Shape:
    """Known by a number that AWS gives."""

    def shape(seed: Seed) -> Identity:
        return seed.digest[:32], {"arn": seed.arn(service, f"{kind}{seed.digest[:32]}")}

    return shape


def _by(*keys: str) -> Shape:
    """A companion, known by what it belongs to."""
    return lambda seed: ("/".join(str(seed.inputs.get(key, seed.name)) for key in keys), {})


def _plain(seed: Seed) -> Identity:
    return seed.digest[:32], {}


def _topic(seed: Seed) -> Identity:
    name = seed.physical()
    arn = seed.arn("sns", name)
    return arn, {"name": name, "arn": arn}


def _subscription(seed: Seed) -> Identity:
    arn = f"{seed.inputs.get('topic', '')}:{seed.digest[:32]}"
    return arn, {"arn": arn}


def _budget(seed: Seed) -> Identity:
    name = seed.physical()
    arn = seed.arn("budgets", f"budget/{name}", regional=False)
    number = arn.split(":")[4]
    return f"{number}:{name}", {"name": name, "arn": arn, "accountId": number}


def _service_role(seed: Seed) -> Identity:
    service = str(seed.inputs.get("awsServiceName", ""))
    name = f"AWSServiceRoleFor{service.partition('.')[0].capitalize()}"
    arn = seed.arn("iam", f"role/aws-service-role/{service}/{name}", regional=False)
    return arn, {"arn": arn, "name": name, "path": f"/aws-service-role/{service}/"}


def _hub(seed: Seed) -> Identity:
    arn = seed.arn("securityhub", "hub/default")
    return arn.split(":")[4], {"arn": arn}


def _standard(seed: Seed) -> Identity:
    standard = str(seed.inputs.get("standardsArn", "")).partition("standards/")[2]
    return seed.arn("securityhub", f"subscription/{standard}"), {}


def _anomaly(kind: str) -> Shape:
    def shape(seed: Seed) -> Identity:
        arn = seed.arn("ce", f"{kind}/{seed.digest[:32]}", regional=False)
        return arn, {"arn": arn}

    return shape


def _retention(_seed: Seed) -> Identity:
    return "default", {"name": "default"}


WATCH_SHAPES: dict[str, Any] = {
    "aws:accessanalyzer/analyzer:Analyzer": _named("access-analyzer", "analyzer/{}", "analyzerName"),
    "aws:backup/plan:Plan": _numbered("backup", "backup-plan:"),
    "aws:backup/selection:Selection": _plain,
    "aws:backup/vault:Vault": _named("backup", "backup-vault:{}"),
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration": _by("backupVaultName"),
    "aws:budgets/budget:Budget": _budget,
    "aws:cfg/conformancePack:ConformancePack": _named("config", "conformance-pack/{}"),
    "aws:cfg/deliveryChannel:DeliveryChannel": _by("name"),
    "aws:cfg/recorder:Recorder": _by("name"),
    "aws:cfg/recorderStatus:RecorderStatus": _by("name"),
    "aws:cfg/retentionConfiguration:RetentionConfiguration": _retention,
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": _named("cloudwatch", "alarm:{}", "alarmName"),
    "aws:cloudwatch/dashboard:Dashboard": _named(
        "cloudwatch", "dashboard/{}", "dashboardName", regional=False, arn="dashboardArn"
    ),
    "aws:cloudwatch/eventArchive:EventArchive": _named("events", "archive/{}"),
    "aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy": _by("logGroupName"),
    "aws:cloudwatch/logGroup:LogGroup": _named("logs", "log-group:{}"),
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": _by("name"),
    "aws:cloudwatch/metricAlarm:MetricAlarm": _named("cloudwatch", "alarm:{}"),
    "aws:costexplorer/anomalyMonitor:AnomalyMonitor": _anomaly("anomalymonitor"),
    "aws:costexplorer/anomalySubscription:AnomalySubscription": _anomaly("anomalysubscription"),
    "aws:costexplorer/costAllocationTag:CostAllocationTag": _by("tagKey"),
    "aws:guardduty/detector:Detector": _numbered("guardduty", "detector/"),
    "aws:guardduty/detectorFeature:DetectorFeature": _by("detectorId", "name"),
    "aws:iam/serviceLinkedRole:ServiceLinkedRole": _service_role,
    "aws:s3/bucketObjectv2:BucketObjectv2": _by("key"),
    "aws:securityhub/account:Account": _hub,
    "aws:securityhub/standardsSubscription:StandardsSubscription": _standard,
    "aws:sns/topic:Topic": _topic,
    "aws:sns/topicPolicy:TopicPolicy": _by("arn"),
    "aws:sns/topicSubscription:TopicSubscription": _subscription,
    "aws:synthetics/canary:Canary": _named("synthetics", "canary:{}"),
}
"""By type token; merged into `arns.py`'s."""
