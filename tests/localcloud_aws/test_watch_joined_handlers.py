"""Handlers of what watches and keeps and hangs on another resource: a recorder's channel, a vault's lock, a policy."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from surgeproof.localcloud.aws import EmbeddedAws
from surgeproof.localcloud.aws_errors import ResourceInputError
from tests.localcloud_aws.conftest import Create, Live

ROLE = "arn:aws:iam::123456789012:role/x"
TOPIC = "arn:aws:sns:us-east-1:123456789012:x"
KEY = "arn:aws:kms:us-east-1:123456789012:key/x"
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sns:Publish"}]})  # fmt: skip


def test_a_recorder_delivers_runs_and_stops(aws: EmbeddedAws, create: Create, live_as: Live, unique: str):
    bucket, _ = create("aws:s3/bucket:Bucket", "config")
    group = {"allSupported": True, "includeGlobalResourceTypes": True}
    recorder = live_as("aws:cfg/recorder:Recorder", name=unique, roleArn=ROLE, recordingGroup=group)
    channel = live_as(
        "aws:cfg/deliveryChannel:DeliveryChannel",
        name=unique,
        s3BucketName=bucket,
        snapshotDeliveryProperties={"deliveryFrequency": "TwentyFour_Hours"},
    )
    switch = live_as("aws:cfg/recorderStatus:RecorderStatus", name=unique, isEnabled=True)
    config = aws.client("config")
    (status,) = config.describe_configuration_recorder_status()["ConfigurationRecordersStatus"]
    assert status["recording"] is True
    (kept,) = config.describe_configuration_recorders()["ConfigurationRecorders"]
    assert kept["recordingGroup"]["includeGlobalResourceTypes"] is True
    assert switch.change(isEnabled=False)["isEnabled"] is False
    for part in (channel, recorder):
        assert part.read()
        part.go()


def test_a_detector_keeps_each_of_its_features(aws: EmbeddedAws, create: Create, live: Live):
    detector, _ = create("aws:guardduty/detector:Detector", enable=True)
    token = "aws:guardduty/detectorFeature:DetectorFeature"
    names = ("S3_DATA_EVENTS", "RUNTIME_MONITORING")
    more = [{"name": "ECS_FARGATE_AGENT_MANAGEMENT", "status": "ENABLED"}]
    made = {
        name: live(token, name, detectorId=detector, name=name, status="ENABLED", additionalConfigurations=more)
        for name in names
    }
    found = aws.client("guardduty").get_detector(DetectorId=detector)["Features"]
    assert {item["Name"]: item["Status"] for item in found} == dict.fromkeys(names, "ENABLED")
    assert found[1]["AdditionalConfiguration"][0]["Name"] == "ECS_FARGATE_AGENT_MANAGEMENT"
    made["S3_DATA_EVENTS"].delete()
    assert made["S3_DATA_EVENTS"].read()["status"] == "DISABLED"


def test_a_vault_is_locked_and_selected_for(aws: EmbeddedAws, create: Create, live_as: Live, unique: str):
    vault, _ = create("aws:backup/vault:Vault", name=unique, kmsKeyArn=KEY)
    lock = live_as(
        "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
        backupVaultName=vault,
        minRetentionDays=35,
        changeableForDays=7,
    )
    backup = aws.client("backup")
    assert backup.describe_backup_vault(BackupVaultName=vault)["MinRetentionDays"] == 35
    assert lock.read()["minRetentionDays"] == 35
    lock.go()
    rules = [{"ruleName": "daily", "targetVaultName": vault, "schedule": "cron(0 3 * * ? *)"}]
    plan, _ = create("aws:backup/plan:Plan", name=unique, rules=rules)
    tags = [{"type": "STRINGEQUALS", "key": "backup", "value": "daily"}]
    selection = live_as("aws:backup/selection:Selection", name=unique, planId=plan, iamRoleArn=ROLE, selectionTags=tags)
    (listed,) = backup.list_backup_selections(BackupPlanId=plan)["BackupSelectionsList"]
    assert listed["SelectionId"] == selection.identity
    selection.from_first_to_last()
    assert backup.list_backup_selections(BackupPlanId=plan)["BackupSelectionsList"] == []


def test_a_topic_s_policy_and_subscription(aws: EmbeddedAws, create: Create, live_as: Live):
    topic, _ = create("aws:sns/topic:Topic")
    policy = live_as("aws:sns/topicPolicy:TopicPolicy", arn=topic, policy=POLICY)
    assert policy.read()["policy"] == POLICY
    policy.delete()
    default = aws.client("sns").get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"]
    assert json.loads(default)["Statement"][0]["Condition"] == {"StringEquals": {"AWS:SourceOwner": "123456789012"}}
    subscription = live_as(
        "aws:sns/topicSubscription:TopicSubscription", topic=topic, protocol="email", endpoint="on-call@example.com"
    )
    (kept,) = aws.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert (kept["SubscriptionArn"], kept["Endpoint"]) == (subscription.identity, "on-call@example.com")
    subscription.from_first_to_last()


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
def test_an_alarm_is_told_as_deployed(create: Create, live_as: Live, unique: str, asked: dict[str, Any]):
    alarm = live_as(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        name=f"{unique}-alarm",
        comparisonOperator="GreaterThanThreshold",
        evaluationPeriods=3,
        datapointsToAlarm=2,
        threshold=0.01,
        treatMissingData="notBreaching",
        actionsEnabled=True,
        alarmActions=[TOPIC],
        **asked,
    )
    alarm.from_first_to_last(threshold=2)


def test_a_metric_filter_counts_in_its_group(create: Create, live_as: Live):
    group, _ = create("aws:cloudwatch/logGroup:LogGroup")
    counted = live_as(
        "aws:cloudwatch/logMetricFilter:LogMetricFilter",
        name="roots",
        logGroupName=group,
        pattern='{$.userIdentity.type="Root"}',
        metricTransformation={"name": "roots", "namespace": "CIS", "value": "1"},
    )
    counted.from_first_to_last(pattern="{$.a = 1}")


def test_a_log_group_says_that_it_is_protected(aws: EmbeddedAws, create: Create):
    names = {key: create("aws:cloudwatch/logGroup:LogGroup", key)[0] for key in ("masked", "plain")}
    create("aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy", logGroupName=names["masked"], policyDocument='{"Name": "a"}')  # fmt: skip
    told = {item["logGroupName"]: item.get("dataProtectionStatus") for item in aws.client("logs").describe_log_groups()["logGroups"]}  # fmt: skip
    assert (told[names["masked"]], told[names["plain"]]) == ("ACTIVATED", None)


def test_an_object_carries_its_content(aws: EmbeddedAws, create: Create, live_as: Live):
    bucket, _ = create("aws:s3/bucket:Bucket", "code")
    token = "aws:s3/bucketObjectv2:BucketObjectv2"
    code = live_as(token, bucket=bucket, key="code/a.zip", contentBase64=base64.b64encode(b"PK").decode())
    assert aws.client("s3").get_object(Bucket=bucket, Key="code/a.zip")["Body"].read() == b"PK"
    found = code.found()
    assert found is not None
    assert found[1]["etag"] == code.told["etag"]
    code.go()
    with pytest.raises(ResourceInputError, match="takes content or contentBase64, got source"):
        create(token, bucket=bucket, key="x", source="file.zip")
