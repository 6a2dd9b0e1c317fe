"""How messages flow, what says what it is for, paths of a network, budgets and walks: the triples."""

from __future__ import annotations

import json
from typing import Any

import pytest

from surgeproof.graph.model import Resource
from surgeproof.graph.wire import UNKNOWN_MARK
from tests.controls.catalogue.parts import GATEWAY, VPC, changed, internet_route, made, resource, subnet, verdicts
from tests.controls.triples import triple

NOTHING = resource("aws:dynamodb/table:Table", "bystander")
QUEUE = made(
    "aws:sqs/queue:Queue",
    "orders",
    {"receiveWaitTimeSeconds": 20, "kmsMasterKeyId": "arn:key", "kmsDataKeyReusePeriodSeconds": 300},
)
ORDERS = json.dumps({"source": ["shop.orders"], "detail-type": ["Order placed"]})
RULE = made("aws:cloudwatch/eventRule:EventRule", "orders", {"eventPattern": ORDERS})
ARCHIVE = made("aws:cloudwatch/eventArchive:EventArchive", "archive", {"retentionDays": 30})
TOPIC = made("aws:sns/topic:Topic", "alerts", {"signatureVersion": 2})
ALARM = made(
    "aws:cloudwatch/metricAlarm:MetricAlarm", "a", {"alarmDescription": "It is late.", "treatMissingData": "breaching"}
)
ROLE = made("aws:iam/role:Role", "r", {"description": "What the storefront may do"})
NAMED_KEY = made("aws:kms/key:Key", "k", {"description": "orders"})
DETECTOR = made("aws:guardduty/detector:Detector", "d", {"findingPublishingFrequency": "FIFTEEN_MINUTES"})
NETWORK = changed(VPC, enableDnsSupport=True, enableDnsHostnames=True)
FLOWS = made("aws:ec2/flowLog:FlowLog", "f", {"maxAggregationInterval": 60})
WARNING = {
    "notificationType": "ACTUAL",
    "threshold": 80,
    "thresholdType": "PERCENTAGE",
    "subscriberSnsTopicArns": ["arn:topic"],
}
BUDGET = made("aws:budgets/budget:Budget", "b", {"notifications": [WARNING]})
SEALED = {"s3Encryption": {"encryptionMode": "SSE_KMS", "kmsKeyArn": "arn:key"}}
WALK = made(
    "aws:synthetics/canary:Canary",
    "walk",
    {"startCanary": True, "schedule": {"expression": "rate(5 minutes)"}, "artifactConfig": SEALED},
)


def pattern(**found: Any) -> Resource:
    return changed(RULE, eventPattern=json.dumps(found))


@pytest.mark.parametrize(
    ("control", "good", "bad"),
    [
        ("SQS-06", QUEUE, changed(QUEUE, "receiveWaitTimeSeconds")),
        ("SQS-07", QUEUE, changed(QUEUE, kmsDataKeyReusePeriodSeconds=60)),
        ("SQS-07", changed(QUEUE, "kmsDataKeyReusePeriodSeconds"), changed(QUEUE, kmsDataKeyReusePeriodSeconds=86_400)),
        ("EVB-04", RULE, pattern(**{"detail-type": ["Order placed"]})),
        ("EVB-04", RULE, pattern(source=[{"prefix": ""}])),
        ("EVB-05", RULE, changed(RULE, state="DISABLED")),
        ("EVB-06", ARCHIVE, changed(ARCHIVE, "retentionDays")),
        ("SNS-04", TOPIC, changed(TOPIC, "signatureVersion")),
        ("CW-09", ALARM, changed(ALARM, alarmDescription=" ")),
        ("CW-10", ALARM, changed(ALARM, "treatMissingData")),
        ("IAM-07", ROLE, changed(ROLE, description="Managed by Pulumi")),
        ("KMS-05", NAMED_KEY, changed(NAMED_KEY, "description")),
        ("GD-03", DETECTOR, changed(DETECTOR, "findingPublishingFrequency")),
        ("VPC-12", NETWORK, changed(NETWORK, "enableDnsHostnames")),
        ("VPC-12", NETWORK, changed(NETWORK, enableDnsSupport=False)),
        ("VPC-17", FLOWS, changed(FLOWS, maxAggregationInterval=600)),
        ("BUD-01", BUDGET, changed(BUDGET, notifications=[{**WARNING, "subscriberSnsTopicArns": []}])),
        ("BUD-01", BUDGET, changed(BUDGET, "notifications")),
        ("BUD-02", BUDGET, changed(BUDGET, notifications=[{**WARNING, "threshold": 100}])),
        ("SYN-01", WALK, changed(WALK, startCanary=False)),
        ("SYN-01", WALK, changed(WALK, schedule={"expression": "rate(1 hour)"})),
        ("SYN-02", WALK, changed(WALK, "artifactConfig")),
        ("SYN-02", WALK, changed(WALK, failureRetentionPeriod=455)),
    ],
)
def test_single_resources(control: str, good: Resource, bad: Resource) -> None:
    triple(control, none=[NOTHING], good=[good], bad=[bad])


@pytest.mark.parametrize(
    ("control", "open_"),
    [
        ("EVB-04", changed(RULE, eventPattern=UNKNOWN_MARK)),
        ("BUD-01", changed(BUDGET, notifications=UNKNOWN_MARK)),
        ("BUD-02", changed(BUDGET, notifications=UNKNOWN_MARK)),
        ("SYN-02", changed(WALK, artifactConfig=UNKNOWN_MARK)),
    ],
)
def test_what_is_not_known(control: str, open_: Resource) -> None:
    assert verdicts(control, open_) == {"unknown"}


def test_what_is_not_concerned() -> None:
    dead = changed(QUEUE, "receiveWaitTimeSeconds", "kmsMasterKeyId")
    source = made("aws:sqs/queue:Queue", "source", {"receiveWaitTimeSeconds": 20}, redrivePolicy=dead)
    assert "fail" not in verdicts("SQS-06", dead, source)
    assert verdicts("SQS-07", dead) == {"not-applicable"}
    scheduled = made("aws:cloudwatch/eventRule:EventRule", "nightly", {"scheduleExpression": "rate(1 day)"})
    assert verdicts("EVB-04", scheduled) == {"not-applicable"}
    assert verdicts("CW-10", made("aws:cloudwatch/compositeAlarm:CompositeAlarm", "all")) == {"not-applicable"}
    told = changed(BUDGET, notifications=[{**WARNING, "subscriberSnsTopicArns": UNKNOWN_MARK}])
    assert verdicts("BUD-01", told) == {"pass"}


ZONES = [subnet("a", "a"), subnet("b", "b")]
GUARD = made("aws:ec2/securityGroup:SecurityGroup", "endpoints")
KIND = {"vpcEndpointType": "Interface", "privateDnsEnabled": True}
ENDPOINT = made("aws:ec2/vpcEndpoint:VpcEndpoint", "sqs", KIND, subnetIds=ZONES, securityGroupIds=GUARD)
S3 = made("aws:ec2/vpcEndpoint:VpcEndpoint", "s3", {"vpcEndpointType": "Gateway"})


@pytest.mark.parametrize(
    ("control", "bad"),
    [
        ("VPC-13", changed(ENDPOINT, privateDnsEnabled=False)),
        ("VPC-14", changed(ENDPOINT, subnetIds=["a"])),
        ("VPC-15", changed(ENDPOINT, "securityGroupIds")),
    ],
)
def test_endpoints(control: str, bad: Resource) -> None:
    triple(control, none=[S3], good=[*ZONES, GUARD, ENDPOINT], bad=[*ZONES, GUARD, bad])


def test_endpoints_whose_zones_are_not_known() -> None:
    assert verdicts("VPC-14", changed(ENDPOINT, subnetIds=UNKNOWN_MARK)) == {"unknown"}
    assert verdicts("VPC-14", changed(ENDPOINT, subnetIds=["subnet-1", "subnet-2"])) == {"unknown"}


def test_addresses_are_asked_for() -> None:
    """VPC-11."""
    service = made("aws:ecs/service:Service", "shop", networkConfiguration=subnet("tasks", "a"))
    giving = subnet("tasks", "a", mapPublicIpOnLaunch=True)
    triple("VPC-11", none=[giving, service], good=[ZONES[0]], bad=[giving])


def test_gateway_reaches_out() -> None:
    """VPC-16."""
    public, inner = subnet("public", "a"), subnet("inner", "a")
    outer = made("aws:ec2/natGateway:NatGateway", "nat", subnetId=public)
    lost = made("aws:ec2/natGateway:NatGateway", "nat", subnetId=inner)
    private = changed(lost, connectivityType="private")
    triple(
        "VPC-16", none=[private], good=[VPC, *internet_route(public), public, outer], bad=[VPC, GATEWAY, inner, lost]
    )
    assert verdicts("VPC-16", changed(outer, subnetId="subnet-1")) == {"unknown"}
