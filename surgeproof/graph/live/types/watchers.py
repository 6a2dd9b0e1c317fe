"""What watches the account: Config, GuardDuty, Security Hub, Access Analyzer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from surgeproof.graph.live.account import Reading
from surgeproof.graph.live.reader import Found, reads
from surgeproof.graph.live.shape import NOT_KEPT, camel, part_or, picked


@reads(
    "aws:cfg/recorder:Recorder",
    "aws:cfg/recorderStatus:RecorderStatus",
    "aws:cfg/deliveryChannel:DeliveryChannel",
    "aws:cfg/retentionConfiguration:RetentionConfiguration",
    calls=(
        "config.describe_configuration_recorders",
        "config.describe_configuration_recorder_status",
        "config.describe_delivery_channels",
        "config.describe_retention_configurations",
    ),
)
def recorders(account: Reading) -> Iterator[Found]:
    """AWS Config's recorder, whether it runs, and where it delivers."""
    for row in account.rows("config.describe_configuration_recorders", "ConfigurationRecorders"):
        inputs = picked(row, name="name", roleArn="roleARN", recordingGroup="recordingGroup")
        yield Found("aws:cfg/recorder:Recorder", row["name"], inputs, {"name": row["name"]})
    for row in account.rows("config.describe_configuration_recorder_status", "ConfigurationRecordersStatus"):
        inputs = {"name": row["name"], "isEnabled": row.get("recording", False)}
        yield Found("aws:cfg/recorderStatus:RecorderStatus", row["name"], inputs)
    for row in account.rows("config.describe_delivery_channels", "DeliveryChannels"):
        inputs = picked(
            row, name="name", s3BucketName="s3BucketName", s3KmsKeyArn="s3KmsKeyArn", snsTopicArn="snsTopicARN"
        )
        yield Found("aws:cfg/deliveryChannel:DeliveryChannel", row["name"], inputs)
    for row in account.rows("config.describe_retention_configurations", "RetentionConfigurations"):
        inputs = {"retentionPeriodInDays": row["RetentionPeriodInDays"]}
        yield Found("aws:cfg/retentionConfiguration:RetentionConfiguration", row["Name"], inputs)


@reads("aws:cfg/conformancePack:ConformancePack", calls=("config.describe_conformance_packs",))
def conformance_packs(account: Reading) -> Iterator[Found]:
    """Conformance packs; their template is not told."""
    for row in account.rows("config.describe_conformance_packs", "ConformancePackDetails"):
        name = row["ConformancePackName"]
        inputs = {"name": name, "templateBody": NOT_KEPT}
        yield Found("aws:cfg/conformancePack:ConformancePack", name, inputs, {"arn": row["ConformancePackArn"]})


@reads(
    "aws:guardduty/detector:Detector",
    "aws:guardduty/detectorFeature:DetectorFeature",
    calls=("guardduty.list_detectors", "guardduty.get_detector"),
)
def detectors(account: Reading) -> Iterator[Found]:
    """GuardDuty's detector and what it looks at."""
    for id_ in account.rows("guardduty.list_detectors", "DetectorIds"):
        row = account.call("guardduty.get_detector", DetectorId=id_)
        inputs = {"enable": row.get("Status") == "ENABLED"}
        inputs |= picked(row, findingPublishingFrequency="FindingPublishingFrequency")
        yield Found(
            "aws:guardduty/detector:Detector", id_, inputs, {"arn": account.account.arn("guardduty", f"detector/{id_}")}
        )
        for feature in row.get("Features", ()):
            yield Found(
                "aws:guardduty/detectorFeature:DetectorFeature", f"{id_}/{feature['Name']}", _feature(id_, feature)
            )


def _feature(detector: str, row: dict[str, Any]) -> dict[str, Any]:
    more = camel(row.get("AdditionalConfiguration", []))
    return {"detectorId": detector, "name": row["Name"], "status": row["Status"], "additionalConfigurations": more}


@reads(
    "aws:securityhub/account:Account",
    "aws:securityhub/standardsSubscription:StandardsSubscription",
    calls=("securityhub.describe_hub", "securityhub.get_enabled_standards"),
)
def hub(account: Reading) -> Iterator[Found]:
    """Security Hub and the standards that it holds the account against."""
    absent = ("InvalidAccessException", "ResourceNotFoundException")
    answer = account.part("securityhub.describe_hub", absent=absent)
    told = part_or(answer, lambda given: picked(given, autoEnableControls="AutoEnableControls"))
    if told is None:
        return
    inputs = told if isinstance(told, dict) else {"autoEnableControls": told}
    outputs = {"arn": account.account.arn("securityhub", "hub/default")}
    yield Found("aws:securityhub/account:Account", account.account.number, inputs, outputs)
    for row in account.rows("securityhub.get_enabled_standards", "StandardsSubscriptions"):
        arn = row["StandardsSubscriptionArn"]
        given = {"standardsArn": row["StandardsArn"]}
        yield Found("aws:securityhub/standardsSubscription:StandardsSubscription", arn, given)


@reads("aws:accessanalyzer/analyzer:Analyzer", calls=("accessanalyzer.list_analyzers",))
def analyzers(account: Reading) -> Iterator[Found]:
    """Access analyzers of the account."""
    for row in account.rows("accessanalyzer.list_analyzers", "analyzers"):
        inputs = picked(row, analyzerName="name", type="type")
        yield Found("aws:accessanalyzer/analyzer:Analyzer", row["name"], inputs, {"arn": row["arn"]})


@reads("aws:inspector2/enabler:Enabler", calls=("inspector2.batch_get_account_status",))
def inspector(account: Reading) -> Iterator[Found]:
    """What Inspector scans."""
    number = account.account.number
    for row in account.call("inspector2.batch_get_account_status", accountIds=[number]).get("accounts", ()):
        states = row.get("resourceState", {})
        kinds = {"ec2": "EC2", "ecr": "ECR", "lambda": "LAMBDA", "lambdaCode": "LAMBDA_CODE"}
        scanned = [name for key, name in kinds.items() if states.get(key, {}).get("status") == "ENABLED"]
        if scanned:
            inputs = {"accountIds": [number], "resourceTypes": scanned}
            yield Found("aws:inspector2/enabler:Enabler", f"{number}-{':'.join(scanned)}", inputs)


@reads("aws:macie2/account:Account", calls=("macie2.get_macie_session",))
def macie(account: Reading) -> Iterator[Found]:
    """Macie, where it is on."""
    answer = account.part("macie2.get_macie_session", absent=("ResourceNotFoundException",))
    if isinstance(answer, dict):
        inputs = picked(answer, status="status", findingPublishingFrequency="findingPublishingFrequency")
        yield Found("aws:macie2/account:Account", account.account.number, inputs)
