"""Handlers of what watches and keeps, each alone: it is made, told, changed and taken away."""

from __future__ import annotations

import json
from typing import Any

import pytest

from surgeproof.localcloud.aws import EmbeddedAws
from surgeproof.localcloud.aws_errors import DeployError, ResourceInputError
from surgeproof.localcloud.deploy import HandlerOutputs
from surgeproof.localcloud.handlers.base import HANDLERS
from tests.localcloud_aws.conftest import Create
from tests.localcloud_aws.life import Life

ROLE = "arn:aws:iam::123456789012:role/x"
TOPIC = "arn:aws:sns:us-east-1:123456789012:x"
KEY = "arn:aws:kms:us-east-1:123456789012:key/x"
DASHBOARD = json.dumps({"widgets": [{"type": "text", "x": 0, "y": 0, "width": 1, "height": 1, "properties": {"markdown": "a"}}]})  # fmt: skip

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


def filled(value: Any, name: str) -> Any:
    return name if value == "{name}" else value


@pytest.mark.parametrize("token", sorted(CASES))
def test_it_lives_changes_and_goes(create: Create, outputs: HandlerOutputs, unique: str, token: str):
    asked, changes = CASES[token]
    inputs = {key: filled(value, f"{unique}-it") for key, value in asked.items()}
    made = create(token, **inputs)
    complete = {key: value for key, value in made[1].items() if key in {*inputs, *HANDLERS[token].defaults}}
    Life(outputs, token, made, complete).from_first_to_last(**changes)


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
