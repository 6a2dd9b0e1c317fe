"""What watches the account: trail, Config, GuardDuty, Security Hub, CIS alarms, and who is told."""

from __future__ import annotations

import json
from typing import Any

import pulumi_aws as aws
import pytest

from infra.account import Account
from infra.cis_filters import CIS_FILTERS
from infra.components.alerts import Alerts, AlertsArgs
from infra.components.cis_alarms import CisAlarms, CisAlarmsArgs
from infra.components.config_recorder import ConfigRecorder, ConfigRecorderArgs
from infra.components.event_alerts import EventAlerts, EventAlertsArgs
from infra.components.threat_detection import FEATURES, STANDARDS, ThreatDetection, ThreatDetectionArgs
from infra.errors import TransformError
from surgeproof.graph.model import Graph, Resource
from tests.infra.conftest import build, one

KEY = "arn:aws:kms:eu-west-1:123456789012:key/x"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"


def statements(resource: Resource) -> dict[str, dict[str, Any]]:
    return {item["Sid"]: item for item in json.loads(resource.inputs["policy"])["Statement"]}


def alerts(account: Account, **more: Any) -> Alerts:
    return Alerts("alerts", AlertsArgs(account=account, key=KEY, **more))


def test_the_trail_writes_down_everything_but_its_own_delivery(production: Graph):
    trail = one(production, "cloudtrail/trail:Trail")
    assert trail.inputs["isMultiRegionTrail"] is True
    assert trail.inputs["enableLogFileValidation"] is True
    selectors = {item["name"]: item["fieldSelectors"] for item in trail.inputs["advancedEventSelectors"]}
    assert selectors["Management"] == [{"field": "eventCategory", "equals": ["Management"]}]
    (left_out,) = [item["notStartsWiths"] for item in selectors["Objects"] if item["field"] == "resources.ARN"]
    names = {"shop-production-audit-bucket", "shop-production-access-logs"}
    buckets = {item.outputs["arn"] for item in production.of_type("aws:s3/bucket:Bucket") if item.name in names}
    assert {arn.rstrip("/") for arn in left_out} == buckets
    reads = {item["field"]: item for item in selectors["ReadsOfLogs"]}
    assert reads["readOnly"]["equals"] == ["true"]
    assert reads["resources.ARN"]["startsWiths"] == left_out


def test_a_recorder_records_all_and_delivers_to_a_bucket_that_config_may_write_to():
    graph = build(lambda account: ConfigRecorder("config", ConfigRecorderArgs(account=account, key=KEY, access_log_bucket="logs")))  # fmt: skip
    recorder = one(graph, "cfg/recorder:Recorder")
    assert recorder.inputs["recordingGroup"] == {"allSupported": True, "includeGlobalResourceTypes": True}
    assert recorder.options.protect
    assert one(graph, "cfg/recorderStatus:RecorderStatus").inputs["isEnabled"] is True
    assert one(graph, "cfg/retentionConfiguration:RetentionConfiguration").inputs["retentionPeriodInDays"] >= 365
    assert one(graph, "iam/serviceLinkedRole:ServiceLinkedRole").options.retain_on_delete
    # Config can't deliver to a bucket with a default retention.
    assert graph.of_type("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration") == ()
    policy = statements(one(graph, "s3/bucketPolicy:BucketPolicy"))
    assert policy["ConfigWrites"]["Condition"]["StringEquals"]["aws:SourceAccount"] == "123456789012"
    assert policy["ConfigWrites"]["Resource"].endswith("/AWSLogs/123456789012/Config/*")
    assert graph.of_type("aws:cfg/conformancePack:ConformancePack") == ()


@pytest.mark.parametrize(("pack", "given"), [("pci", "templateBody"), ("s3://bucket/pack.yaml", "templateS3Uri")])
def test_a_pack_is_ours_or_the_team_s(pack: str, given: str):
    def make(account: Account) -> None:
        ConfigRecorder(
            "config",
            ConfigRecorderArgs(account=account, key=KEY, access_log_bucket="logs", pack=pack, create_role=False),
        )

    graph = build(make)
    made = one(graph, "cfg/conformancePack:ConformancePack")
    assert given in made.inputs
    assert len({"templateBody", "templateS3Uri"} & made.inputs.keys()) == 1
    assert graph.of_type("aws:iam/serviceLinkedRole:ServiceLinkedRole") == ()
    role = one(graph, "cfg/recorder:Recorder").inputs["roleArn"]
    assert role == "arn:aws:iam::123456789012:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"


def test_guardduty_looks_at_what_the_shop_is_made_of():
    graph = build(lambda account: ThreatDetection("threats", ThreatDetectionArgs(account=account)))
    features = {item.inputs["name"]: item.inputs for item in graph.of_type("aws:guardduty/detectorFeature:DetectorFeature")}  # fmt: skip
    assert features.keys() == FEATURES.keys() >= {"S3_DATA_EVENTS", "RDS_LOGIN_EVENTS", "RUNTIME_MONITORING"}
    assert features["RUNTIME_MONITORING"]["additionalConfigurations"] == [
        {"name": "ECS_FARGATE_AGENT_MANAGEMENT", "status": "ENABLED"}
    ]
    hub = one(graph, "securityhub/account:Account")
    assert hub.inputs["enableDefaultStandards"] is False
    standards = graph.of_type("aws:securityhub/standardsSubscription:StandardsSubscription")
    assert {item.inputs["standardsArn"].partition("standards/")[2] for item in standards} == set(STANDARDS.values())
    assert all(item.inputs["standardsArn"].startswith("arn:aws:securityhub:eu-west-1::") for item in standards)
    assert one(graph, "accessanalyzer/analyzer:Analyzer").inputs["type"] == "ACCOUNT"
    assert one(graph, "inspector2/enabler:Enabler").inputs["resourceTypes"] == ["ECR"]


def test_each_filter_of_cis_has_its_alarm():
    def make(account: Account) -> None:
        group = aws.cloudwatch.LogGroup("trail", name="/aws/cloudtrail/t")
        CisAlarms("cis", CisAlarmsArgs(group=group, topic=alerts(account).security))

    graph = build(make)
    filters = graph.of_type("aws:cloudwatch/logMetricFilter:LogMetricFilter")
    watched = {item.inputs["metricName"] for item in graph.of_type(ALARM)}
    assert len(filters) == len(CIS_FILTERS)
    assert {item.inputs["metricTransformation"]["name"] for item in filters} <= watched
    topic = one(graph, "sns/topic:Topic", "alerts-security").outputs["arn"]
    assert all(item.inputs["alarmActions"] == [topic] for item in graph.of_type(ALARM))
    silence = one(graph, "cloudwatch/metricAlarm:MetricAlarm", "cis-silence").inputs
    # A trail that brings nothing has no datapoint either.
    assert (silence["comparisonOperator"], silence["treatMissingData"]) == ("LessThanThreshold", "breaching")


def test_topics_are_encrypted_and_take_from_this_account_alone():
    graph = build(lambda account: alerts(account, emails=["a@example.com"], pagers=["https://pager.example/x"]))
    topics = graph.of_type("aws:sns/topic:Topic")
    assert {item.name for item in topics} == {"alerts-operations", "alerts-security"}
    assert all(item.inputs["kmsMasterKeyId"] == KEY for item in topics)
    for policy in graph.of_type("aws:sns/topicPolicy:TopicPolicy"):
        told = statements(policy)
        assert told["OnlyOverTls"]["Effect"] == "Deny"
        for sid, statement in told.items():
            assert sid == "OnlyOverTls" or "123456789012" in json.dumps(statement["Condition"])
    subscriptions = graph.of_type("aws:sns/topicSubscription:TopicSubscription")
    assert sorted(item.inputs["protocol"] for item in subscriptions) == ["email", "email", "https", "https"]


def test_what_a_rule_cannot_deliver_waits():
    def make(account: Account) -> None:
        patterns = {"one": {"source": ["aws.guardduty"]}, "two": {"source": ["aws.config"]}}
        EventAlerts("events", EventAlertsArgs(topic=alerts(account).security, key=KEY, patterns=patterns))

    graph = build(make)
    queue = one(graph, "sqs/queue:Queue")
    targets = graph.of_type("aws:cloudwatch/eventTarget:EventTarget")
    assert len(targets) == 2
    for target in targets:
        assert target.inputs["deadLetterConfig"]["arn"] == queue.outputs["arn"]
        assert target.inputs["retryPolicy"]["maximumRetryAttempts"] == 185
    admitted = statements(one(graph, "sqs/queuePolicy:QueuePolicy"))["EventsOfTheseRules"]["Condition"]
    rules = [item.outputs["arn"] for item in graph.of_type("aws:cloudwatch/eventRule:EventRule")]
    assert admitted == {"ArnEquals": {"aws:SourceArn": rules}}


def test_children_can_be_changed():
    def faster(args: dict[str, Any]) -> dict[str, Any]:
        return {**args, "finding_publishing_frequency": "ONE_HOUR"}

    graph = build(
        lambda account: ThreatDetection("threats", ThreatDetectionArgs(account=account, transform={"detector": faster}))
    )
    assert one(graph, "guardduty/detector:Detector").inputs["findingPublishingFrequency"] == "ONE_HOUR"
    with pytest.raises(TransformError, match="ThreatDetection has no such child"):
        build(lambda account: ThreatDetection("threats", ThreatDetectionArgs(account=account, transform={"x": faster})))
