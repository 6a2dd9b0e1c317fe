"""Handlers of what watches and keeps: each is made, told, changed and taken away."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from surgeproof.localcloud.aws import EmbeddedAws
from surgeproof.localcloud.aws_errors import DeployError, ResourceInputError
from surgeproof.localcloud.deploy import HandlerOutputs
from surgeproof.localcloud.handlers.base import HANDLERS, Existing
from tests.localcloud_aws.conftest import Create

ROLE = "arn:aws:iam::123456789012:role/x"
TOPIC = "arn:aws:sns:us-east-1:123456789012:x"
KEY = "arn:aws:kms:us-east-1:123456789012:key/x"
DASHBOARD = json.dumps({"widgets": [{"type": "text", "x": 0, "y": 0, "width": 1, "height": 1, "properties": {"markdown": "a"}}]})  # fmt: skip
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sns:Publish"}]})  # fmt: skip

CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "aws:accessanalyzer/analyzer:Analyzer": ({"analyzerName": "{name}"}, {}),
    "aws:backup/vault:Vault": ({"name": "{name}", "kmsKeyArn": KEY}, {"forceDestroy": True}),
    "aws:backup/plan:Plan": (
        {
            "name": "{name}",
            "rules": [
                {
                    "ruleName": "daily",
                    "targetVaultName": "v",
                    "schedule": "cron(30 3 * * ? *)",
                    "startWindow": 60,
                    "lifecycle": {"deleteAfter": 35},
                    "copyActions": [],
                }
            ],
        },
        {},
    ),
    "aws:budgets/budget:Budget": (
        {
            "name": "{name}",
            "budgetType": "COST",
            "timeUnit": "DAILY",
            "limitAmount": "100.00",
            "limitUnit": "USD",
            "timePeriodStart": "2027-03-20_00:00",
            "timePeriodEnd": "2027-03-21_00:00",
            "filterExpression": {"ands": [{"tags": {"key": key, "values": ["a"]}} for key in ("project", "stage")]},
            "metrics": "UnblendedCost",
            "notifications": [
                {
                    "notificationType": "ACTUAL",
                    "comparisonOperator": "GREATER_THAN",
                    "threshold": 80,
                    "thresholdType": "PERCENTAGE",
                    "subscriberSnsTopicArns": [TOPIC],
                }
            ],
        },
        {},
    ),
    "aws:cfg/conformancePack:ConformancePack": (
        {"name": "{name}", "templateBody": "{}"},
        {"templateBody": '{"Resources": {}}'},
    ),
    "aws:cfg/retentionConfiguration:RetentionConfiguration": (
        {"retentionPeriodInDays": 400},
        {"retentionPeriodInDays": 500},
    ),
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": (
        {"alarmName": "{name}", "alarmRule": 'ALARM("a")', "alarmActions": [TOPIC]},
        {"alarmRule": 'ALARM("b")'},
    ),
    "aws:cloudwatch/dashboard:Dashboard": (
        {"dashboardName": "{name}", "dashboardBody": DASHBOARD},
        {"dashboardBody": DASHBOARD.replace('"a"', '"b"')},
    ),
    "aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy": (
        {"logGroupName": "{name}", "policyDocument": '{"Name": "a"}'},
        {"policyDocument": '{"Name": "b"}'},
    ),
    "aws:costexplorer/anomalyMonitor:AnomalyMonitor": (
        {
            "name": "{name}",
            "monitorType": "CUSTOM",
            "monitorSpecification": json.dumps({"Tags": {"Key": "project", "Values": ["shop"]}}),
        },
        {},
    ),
    "aws:costexplorer/anomalySubscription:AnomalySubscription": (
        {
            "name": "{name}",
            "frequency": "IMMEDIATE",
            "monitorArnLists": ["arn:aws:ce::123456789012:anomalymonitor/x"],
            "subscribers": [{"type": "SNS", "address": TOPIC}],
            "thresholdExpression": {
                "dimension": {
                    "key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
                    "matchOptions": ["GREATER_THAN_OR_EQUAL"],
                    "values": ["100"],
                }
            },
        },
        {"frequency": "DAILY"},
    ),
    "aws:costexplorer/costAllocationTag:CostAllocationTag": (
        {"tagKey": "{name}", "status": "Active"},
        {"status": "Inactive"},
    ),
    "aws:iam/serviceLinkedRole:ServiceLinkedRole": (
        {"awsServiceName": "autoscaling.amazonaws.com", "customSuffix": "{name}"},
        {"description": "Records"},
    ),
    "aws:inspector2/enabler:Enabler": (
        {"accountIds": ["123456789012"], "resourceTypes": ["ECR"]},
        {"resourceTypes": ["ECR", "LAMBDA"]},
    ),
    "aws:securityhub/account:Account": ({"enableDefaultStandards": False, "autoEnableControls": True}, {}),
    "aws:securityhub/standardsSubscription:StandardsSubscription": (
        {"standardsArn": "arn:aws:securityhub:us-east-1::standards/pci-dss/v/4.0.1"},
        {},
    ),
    "aws:sns/topic:Topic": (
        {"name": "{name}", "kmsMasterKeyId": KEY, "signatureVersion": 2},
        {"kmsMasterKeyId": f"{KEY}y", "displayName": "Shop"},
    ),
    "aws:synthetics/canary:Canary": (
        {
            "name": "{name}",
            "runtimeVersion": "syn-python-selenium-14.0",
            "handler": "checkout.handler",
            "s3Bucket": "b",
            "s3Key": "k",
            "artifactS3Location": "s3://b/artefacts",
            "executionRoleArn": ROLE,
            "schedule": {"expression": "rate(5 minutes)"},
            "runConfig": {"timeoutInSeconds": 60, "environmentVariables": {"SHOP_URL": "https://shop.example"}},
            "artifactConfig": {"s3Encryption": {"encryptionMode": "SSE_KMS", "kmsKeyArn": KEY}},
            "successRetentionPeriod": 31,
            "startCanary": True,
            "deleteLambda": True,
        },
        {"s3Key": "l"},
    ),
    "aws:guardduty/detector:Detector": (
        {"enable": True, "findingPublishingFrequency": "FIFTEEN_MINUTES"},
        {"findingPublishingFrequency": "ONE_HOUR"},
    ),
}  # fmt: skip
"""Inputs, and what changes."""


def existing(identity: str, told: dict[str, Any], inputs: dict[str, Any]) -> Existing:
    return Existing(identity, inputs, told)


def lives(outputs: HandlerOutputs, token: str, identity: str, told: dict[str, Any], inputs: dict[str, Any], changes: dict[str, Any]) -> None:  # fmt: skip
    """It is told as it was asked for, and as it was changed; then it is gone."""
    handler, account = HANDLERS[token], outputs.account
    now = handler.read(account, identity, inputs)
    assert now is not None
    assert now[0] == inputs
    assert {name: now[1].get(name) for name in handler.computed} == {name: told[name] for name in handler.computed}
    changed = {**inputs, **changes}
    if changes:
        told = handler.update(account, existing(identity, told, inputs), changed)
        now = handler.read(account, identity, changed)
        assert now is not None
        assert now[0] == changed
        assert {name: told[name] for name in changes} == changes
    handler.delete(account, existing(identity, told, changed))
    assert handler.read(account, identity, changed) is None


def filled(value: Any, name: str) -> Any:
    return name if value == "{name}" else value


@pytest.mark.parametrize("token", sorted(CASES))
def test_it_lives_changes_and_goes(create: Create, outputs: HandlerOutputs, unique: str, token: str):
    asked, changes = CASES[token]
    inputs = {key: filled(value, f"{unique}-it") for key, value in asked.items()}
    identity, told = create(token, **inputs)
    complete = {key: told[key] for key in told if key in {*inputs, *HANDLERS[token].defaults}}
    lives(outputs, token, identity, told, complete, changes)


def test_a_recorder_delivers_runs_and_stops(aws: EmbeddedAws, create: Create, outputs: HandlerOutputs, unique: str):
    bucket, _ = create("aws:s3/bucket:Bucket", "config")
    group = {"allSupported": True, "includeGlobalResourceTypes": True}
    recorder, told = create("aws:cfg/recorder:Recorder", name=unique, roleArn=ROLE, recordingGroup=group)
    channel, _ = create(
        "aws:cfg/deliveryChannel:DeliveryChannel",
        name=unique,
        s3BucketName=bucket,
        snapshotDeliveryProperties={"deliveryFrequency": "TwentyFour_Hours"},
    )
    create("aws:cfg/recorderStatus:RecorderStatus", name=unique, isEnabled=True)
    config = aws.client("config")
    (status,) = config.describe_configuration_recorder_status()["ConfigurationRecordersStatus"]
    assert status["recording"] is True
    (kept,) = config.describe_configuration_recorders()["ConfigurationRecorders"]
    assert kept["recordingGroup"]["includeGlobalResourceTypes"] is True
    status_handler = HANDLERS["aws:cfg/recorderStatus:RecorderStatus"]
    switched = {"name": unique, "isEnabled": True}
    status_handler.update(outputs.account, existing(unique, switched, switched), {**switched, "isEnabled": False})
    now = status_handler.read(outputs.account, unique, switched)
    assert now is not None
    assert now[0]["isEnabled"] is False
    for token, identity in (
        ("aws:cfg/deliveryChannel:DeliveryChannel", channel),
        ("aws:cfg/recorder:Recorder", recorder),
    ):
        handler = HANDLERS[token]
        assert handler.read(outputs.account, identity, {"name": unique}) is not None
        handler.delete(outputs.account, existing(identity, told, {"name": unique}))
        assert handler.read(outputs.account, identity, {"name": unique}) is None


def test_a_detector_keeps_each_of_its_features(aws: EmbeddedAws, create: Create, outputs: HandlerOutputs):
    detector, _ = create("aws:guardduty/detector:Detector", enable=True)
    token = "aws:guardduty/detectorFeature:DetectorFeature"
    names = ("S3_DATA_EVENTS", "RUNTIME_MONITORING")
    more = [{"name": "ECS_FARGATE_AGENT_MANAGEMENT", "status": "ENABLED"}]
    made = {
        name: create(token, name, detectorId=detector, name=name, status="ENABLED", additionalConfigurations=more)
        for name in names
    }
    found = aws.client("guardduty").get_detector(DetectorId=detector)["Features"]
    assert {item["Name"]: item["Status"] for item in found} == dict.fromkeys(names, "ENABLED")
    assert found[1]["AdditionalConfiguration"][0]["Name"] == "ECS_FARGATE_AGENT_MANAGEMENT"
    identity, told = made["S3_DATA_EVENTS"]
    HANDLERS[token].delete(outputs.account, existing(identity, told, told))
    now = HANDLERS[token].read(outputs.account, identity, told)
    assert now is not None
    assert now[0]["status"] == "DISABLED"


def test_a_vault_is_locked_and_selected_for(aws: EmbeddedAws, create: Create, outputs: HandlerOutputs, unique: str):
    vault, _ = create("aws:backup/vault:Vault", name=unique, kmsKeyArn=KEY)
    token = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
    lock, told = create(token, backupVaultName=vault, minRetentionDays=35, changeableForDays=7)
    backup = aws.client("backup")
    assert backup.describe_backup_vault(BackupVaultName=vault)["MinRetentionDays"] == 35
    now = HANDLERS[token].read(outputs.account, lock, {"backupVaultName": vault, "minRetentionDays": 35})
    assert now is not None
    assert now[0]["minRetentionDays"] == 35
    HANDLERS[token].delete(outputs.account, existing(lock, told, told))
    assert HANDLERS[token].read(outputs.account, lock, told) is None
    rules = [{"ruleName": "daily", "targetVaultName": vault, "schedule": "cron(0 3 * * ? *)"}]
    plan, _ = create("aws:backup/plan:Plan", name=unique, rules=rules)
    tags = [{"type": "STRINGEQUALS", "key": "backup", "value": "daily"}]
    token = "aws:backup/selection:Selection"
    selection, told = create(token, name=unique, planId=plan, iamRoleArn=ROLE, selectionTags=tags)
    (listed,) = backup.list_backup_selections(BackupPlanId=plan)["BackupSelectionsList"]
    assert listed["SelectionId"] == selection
    inputs = {"name": unique, "planId": plan, "iamRoleArn": ROLE, "selectionTags": tags}
    lives(outputs, token, selection, told, inputs, {})
    assert backup.list_backup_selections(BackupPlanId=plan)["BackupSelectionsList"] == []


def test_a_topic_s_policy_and_subscription(aws: EmbeddedAws, create: Create, outputs: HandlerOutputs):
    topic, _ = create("aws:sns/topic:Topic")
    identity, told = create("aws:sns/topicPolicy:TopicPolicy", arn=topic, policy=POLICY)
    handler = HANDLERS["aws:sns/topicPolicy:TopicPolicy"]
    now = handler.read(outputs.account, identity, {"arn": topic, "policy": POLICY})
    assert now is not None
    assert now[0]["policy"] == POLICY
    handler.delete(outputs.account, existing(identity, told, told))
    default = aws.client("sns").get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"]
    assert json.loads(default)["Statement"][0]["Condition"] == {"StringEquals": {"AWS:SourceOwner": "123456789012"}}
    token = "aws:sns/topicSubscription:TopicSubscription"
    asked = {"topic": topic, "protocol": "email", "endpoint": "on-call@example.com"}
    arn, told = create(token, **asked)
    (kept,) = aws.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert (kept["SubscriptionArn"], kept["Endpoint"]) == (arn, "on-call@example.com")
    lives(outputs, token, arn, told, asked, {})


@pytest.mark.parametrize(
    "asked",
    [
        {"metricName": "Age", "namespace": "AWS/SQS", "dimensions": {"QueueName": "q"}, "period": 60, "statistic": "Maximum"},
        {
            "metricQueries": [
                {"id": "told", "expression": "a - b", "label": "x", "returnData": True},
                {
                    "id": "a",
                    "returnData": False,
                    "metric": {"metricName": "A", "namespace": "N", "period": 60, "stat": "Sum", "dimensions": {"D": "1"}},
                },
            ]
        },
    ],
    ids=["one metric", "an expression"],
)  # fmt: skip
def test_an_alarm_is_told_as_deployed(create: Create, outputs: HandlerOutputs, unique: str, asked: dict[str, Any]):
    token = "aws:cloudwatch/metricAlarm:MetricAlarm"
    inputs = {
        "name": f"{unique}-alarm",
        "comparisonOperator": "GreaterThanThreshold",
        "evaluationPeriods": 3,
        "datapointsToAlarm": 2,
        "threshold": 0.01,
        "treatMissingData": "notBreaching",
        "actionsEnabled": True,
        "alarmActions": [TOPIC],
        **asked,
    }
    identity, told = create(token, **inputs)
    lives(outputs, token, identity, told, inputs, {"threshold": 2})


def test_a_metric_filter_counts_in_its_group(create: Create, outputs: HandlerOutputs):
    group, _ = create("aws:cloudwatch/logGroup:LogGroup")
    token = "aws:cloudwatch/logMetricFilter:LogMetricFilter"
    asked = {
        "name": "roots",
        "logGroupName": group,
        "pattern": '{$.userIdentity.type="Root"}',
        "metricTransformation": {"name": "roots", "namespace": "CIS", "value": "1"},
    }
    identity, told = create(token, **asked)
    lives(outputs, token, identity, told, asked, {"pattern": "{$.a = 1}"})


def test_a_log_group_says_that_it_is_protected(aws: EmbeddedAws, create: Create):
    names = {key: create("aws:cloudwatch/logGroup:LogGroup", key)[0] for key in ("masked", "plain")}
    create("aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy", logGroupName=names["masked"], policyDocument='{"Name": "a"}')  # fmt: skip
    told = {item["logGroupName"]: item.get("dataProtectionStatus") for item in aws.client("logs").describe_log_groups()["logGroups"]}  # fmt: skip
    assert (told[names["masked"]], told[names["plain"]]) == ("ACTIVATED", None)


def test_an_object_carries_its_content(aws: EmbeddedAws, create: Create, outputs: HandlerOutputs):
    bucket, _ = create("aws:s3/bucket:Bucket", "code")
    token = "aws:s3/bucketObjectv2:BucketObjectv2"
    asked = {"bucket": bucket, "key": "code/a.zip", "contentBase64": base64.b64encode(b"PK").decode()}
    identity, told = create(token, **asked)
    assert aws.client("s3").get_object(Bucket=bucket, Key="code/a.zip")["Body"].read() == b"PK"
    handler = HANDLERS[token]
    now = handler.read(outputs.account, identity, asked)
    assert now is not None
    assert now[1]["etag"] == told["etag"]
    handler.delete(outputs.account, existing(identity, told, told))
    assert handler.read(outputs.account, identity, asked) is None
    with pytest.raises(ResourceInputError, match="takes content or contentBase64, got source"):
        create(token, bucket=bucket, key="x", source="file.zip")


def test_what_aws_would_refuse_is_refused(create: Create):
    with pytest.raises(ResourceInputError, match="is not a canary's"):
        create("aws:synthetics/canary:Canary", name="Not A Name")
    create("aws:accessanalyzer/analyzer:Analyzer", "twice", analyzerName="twice")
    with pytest.raises(DeployError, match="An analyzer twice exists"):
        create("aws:accessanalyzer/analyzer:Analyzer", "again", analyzerName="twice")
    with pytest.raises(ResourceInputError, match="takes no colour"):
        create("aws:cloudwatch/compositeAlarm:CompositeAlarm", alarmName="a", alarmRule='ALARM("b")', colour="red")


def test_what_was_never_there_is_an_error_of_aws(aws: EmbeddedAws):
    for service, call, request in (
        ("accessanalyzer", "delete_analyzer", {"analyzerName": "none"}),
        ("config", "delete_conformance_pack", {"ConformancePackName": "none"}),
        ("backup", "get_backup_selection", {"BackupPlanId": "none", "SelectionId": "none"}),
    ):
        client = aws.client(service)
        with pytest.raises(client.exceptions.ClientError):
            getattr(client, call)(**request)
    assert aws.client("accessanalyzer").list_analyzers()["analyzers"] is not None
    found = aws.client("logs").get_data_protection_policy(logGroupIdentifier="none")
    assert "policyDocument" not in found
