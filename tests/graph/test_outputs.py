"""Made-up outputs have AWS's shapes, and are the same every time."""

from __future__ import annotations

import re

import pytest

from surgeproof.graph.errors import ProgramError
from surgeproof.graph.outputs import DeterministicOutputs

OUTPUTS = DeterministicOutputs(region="eu-west-1")
URN = "urn:pulumi:dev::toy::x::name"


@pytest.mark.parametrize(
    ("type_", "inputs", "output", "shape"),
    [
        ("aws:sqs/queue:Queue", {}, "url", r"https://sqs\.eu-west-1\.amazonaws\.com/\d{12}/thing-[0-9a-f]{7}"),
        ("aws:sqs/queue:Queue", {"name": "q"}, "arn", r"arn:aws:sqs:eu-west-1:\d{12}:q"),
        ("aws:sqs/queue:Queue", {"region": "us-east-1"}, "arn", r"arn:aws:sqs:us-east-1:.*"),
        ("aws:s3/bucket:Bucket", {"bucket": "b"}, "arn", r"arn:aws:s3:::b"),
        ("aws:kms/key:Key", {}, "arn", r"arn:aws:kms:eu-west-1:\d{12}:key/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
        ("aws:iam/role:Role", {"path": "/app/"}, "arn", r"arn:aws:iam::\d{12}:role/app/thing-.*"),
        ("aws:lb/targetGroup:TargetGroup", {"name": "t"}, "arnSuffix", r"targetgroup/t/[0-9a-f]{16}"),
        ("aws:lb/loadBalancer:LoadBalancer", {"name": "l"}, "arnSuffix", r"app/l/[0-9a-f]{16}"),
        ("aws:ecs/service:Service", {"name": "s", "cluster": "arn:aws:ecs:r:1:cluster/c"}, "arn", r".*:service/c/s"),
        ("aws:ecs/taskDefinition:TaskDefinition", {"family": "f"}, "arn", r".*:task-definition/f:1"),
        ("aws:rds/cluster:Cluster", {"clusterIdentifier": "d"}, "endpoint", r"d\.cluster-.*\.rds\.amazonaws\.com"),
        ("aws:ec2/subnet:Subnet", {}, "arn", r"arn:aws:ec2:eu-west-1:\d{12}:subnet/subnet-[0-9a-f]{17}"),
        ("aws:cloudwatch/eventRule:EventRule", {"name": "r", "eventBusName": "b"}, "arn", r".*:rule/b/r"),
        ("aws:sns/topic:Topic", {}, "arn", r"arn:aws:sns:eu-west-1:\d{12}:thing-.*"),
        ("aws:batch/jobQueue:JobQueue", {}, "arn", r"arn:aws:batch:eu-west-1:\d{12}:jobqueue/thing-.*"),  # not listed
    ],
)
def test_shapes(type_: str, inputs: dict[str, str], output: str, shape: str):
    identity, outputs = OUTPUTS.new_resource(type_, "thing", dict(inputs), URN)
    assert re.fullmatch(shape, outputs[output])
    assert identity
    assert OUTPUTS.new_resource(type_, "thing", dict(inputs), URN) == (identity, outputs)
    assert OUTPUTS.new_resource(type_, "thing", dict(inputs), f"{URN}2")[1] != outputs or "Bucket" in type_ or inputs


def test_a_managed_password_has_a_secret():
    _, outputs = OUTPUTS.new_resource("aws:rds/cluster:Cluster", "d", {"manageMasterUserPassword": True}, URN)
    assert outputs["masterUserSecrets"][0]["secretArn"].startswith("arn:aws:secretsmanager:eu-west-1:")


def test_zones_are_of_the_region():
    assert OUTPUTS.call("aws:index/getAvailabilityZones:getAvailabilityZones", {})["names"] == [
        "eu-west-1a",
        "eu-west-1b",
        "eu-west-1c",
    ]


def test_an_unknown_question_is_named():
    with pytest.raises(ProgramError, match="aws:ec2/getAmi:getAmi"):
        OUTPUTS.call("aws:ec2/getAmi:getAmi", {})
