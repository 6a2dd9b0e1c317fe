"""Drift: a small stack is deployed into the embedded AWS, changed by hand, and looked at."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from rich.console import Console

from surgeproof.cli.drift_output import print_drift
from surgeproof.cli.main import main
from surgeproof.graph.model import Resource
from surgeproof.graph.program import run_program
from surgeproof.graph.project import Project
from surgeproof.localcloud.aws import EmbeddedAws
from surgeproof.localcloud.deploy import deploy
from surgeproof.localcloud.guard import FAKE_ACCESS_KEY, FAKE_SECRET_KEY
from surgeproof.review.drift import Drift, Drifted, Property
from tests.graph.stack_export import stack_export

PROGRAM = """
import pulumi
import pulumi_aws as aws

key = aws.kms.Key("key", enable_key_rotation=True, deletion_window_in_days=30)
queue = aws.sqs.Queue("orders", name="orders", kms_master_key_id=key.arn, visibility_timeout_seconds=60,
                      tags={"owner": "us"})
dead = aws.sqs.Queue("dead", name="dead", visibility_timeout_seconds=30)
vpc = aws.ec2.Vpc("net", cidr_block="10.0.0.0/16")
group = aws.ec2.SecurityGroup("door", vpc_id=vpc.id, description="The door")
aws.vpc.SecurityGroupIngressRule("https", security_group_id=group.id, ip_protocol="tcp", from_port=443, to_port=443,
                                 cidr_ipv4="10.0.0.0/8", description="Inside")
rule = aws.cloudwatch.EventRule("findings", name="findings", event_pattern='{"source": ["aws.guardduty"]}')
aws.cloudwatch.EventTarget("told", rule=rule.name, target_id="told", arn=dead.arn)
aws.cloudwatch.EventTarget("told-too", rule=rule.name, target_id="told-too", arn=dead.arn)
far = aws.kms.Key("far", region="us-east-1", enable_key_rotation=True)
"""


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[EmbeddedAws, Path]]:
    folder = tmp_path_factory.mktemp("shop")
    (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (folder / "Pulumi.test.yaml").write_text("config:\n  aws:region: eu-west-1\n")
    (folder / "__main__.py").write_text(PROGRAM)
    with EmbeddedAws(region="eu-west-1") as aws:
        graph = deploy(Project.find(folder), "test", {}, aws)
        (folder / "state.json").write_text(stack_export(graph))
        yield aws, folder


@pytest.fixture
def drift(deployed: tuple[EmbeddedAws, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    aws, folder = deployed
    monkeypatch.chdir(folder)
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws.endpoint_url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", FAKE_ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", FAKE_SECRET_KEY)

    def look(*more: str) -> tuple[int, dict[str, Any]]:
        code = main(["drift", "--stack", "test", "--state", "state.json", "--json", *more])
        return code, json.loads(capsys.readouterr().out)

    return look


def client(aws: EmbeddedAws, service: str) -> Any:
    return boto3.client(
        service,
        region_name="eu-west-1",
        endpoint_url=aws.endpoint_url,
        aws_access_key_id=FAKE_ACCESS_KEY,
        aws_secret_access_key=FAKE_SECRET_KEY,
    )


def test_what_nobody_touched_has_not_drifted(drift):
    code, found = drift()
    assert (code, found["drift"]) == (0, [])
    assert found["compared"] == 9
    assert found["not_looked_at"] == {"aws:kms/key:Key": 1}, "a key in another region"


def test_a_changed_property_is_told_with_what_it_weakens_and_what_up_does(deployed, drift):
    aws, _ = deployed
    sqs = client(aws, "sqs")
    url = sqs.get_queue_url(QueueName="orders")["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "5"})
    sqs.tag_queue(QueueUrl=url, Tags={"by": "hand"})
    try:
        code, found = drift()
        assert code == 1
        (item,) = found["drift"]
        assert (item["kind"], item["name"]) == ("changed", "orders")
        assert {each["path"]: (each["state"], each["account"], each["program"]) for each in item["properties"]} == {
            "visibilityTimeoutSeconds": (60, 5, 60),
            "tags.by": (None, "hand", None),
        }
        assert item["up"] == "`up` alone does not see it; `up --refresh` puts back what the program says"
    finally:
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "60"})
        sqs.untag_queue(QueueUrl=url, TagKeys=["by"])


def test_a_rule_that_somebody_added_is_told(deployed, drift):
    aws, folder = deployed
    ec2 = client(aws, "ec2")
    (group,) = (
        item["id"]
        for item in json.loads((folder / "state.json").read_text())["deployment"]["resources"]
        if item["type"].endswith(":SecurityGroup")
    )
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    try:
        code, found = drift()
        assert code == 1
        added = [item for item in found["drift"] if item["kind"] == "added"]
        assert len(added) == 1
        assert "`up` does not know it" in added[0]["up"]
    finally:
        ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=[rule])


def test_what_was_deleted_by_hand_is_gone(deployed, drift):
    aws, _ = deployed
    sqs = client(aws, "sqs")
    url = sqs.get_queue_url(QueueName="dead")["QueueUrl"]
    sqs.delete_queue(QueueUrl=url)
    code, found = drift()
    assert code == 1
    assert [(item["kind"], item["name"]) for item in found["drift"]] == [("gone", "dead")]
    assert "`up --refresh` makes it anew" in found["drift"][0]["up"]


def test_a_table_for_the_eye(deployed, drift, capsys: pytest.CaptureFixture[str]):
    aws, _ = deployed
    sqs = client(aws, "sqs")
    url = sqs.get_queue_url(QueueName="orders")["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"KmsMasterKeyId": "alias/aws/sqs"})
    assert main(["drift", "--stack", "test", "--state", "state.json"]) == 1
    printed = capsys.readouterr()
    assert "changed: Queue orders" in printed.out
    assert "kmsMasterKeyId" in printed.out
    assert "weakens SQS-01" in printed.out
    assert "resources compared" in printed.err


def test_without_state_or_cli_it_says_what_is_missing(drift, monkeypatch: pytest.MonkeyPatch, capsys):
    monkeypatch.setenv("PATH", "")
    assert main(["drift", "--stack", "test"]) == 2
    assert "there is no state and no Pulumi CLI to ask for it" in capsys.readouterr().err
    assert run_program(Project.find(), "test").stack == "test"


def test_a_profile_that_is_none_is_told(drift, capsys: pytest.CaptureFixture[str]):
    assert main(["drift", "--stack", "test", "--state", "state.json", "--profile", "nobody"]) == 2
    assert "--profile: no session with AWS" in capsys.readouterr().err


@pytest.mark.parametrize("width", [40, 80, 120, 240])
def test_every_value_is_told_whole_at_any_width(width: int):
    """Words may be broken over lines, which stay within the width and under the place that they tell of."""
    arn = f"arn:aws:kms:eu-west-1:123456789012:key/{'1234-' * 20}"
    queue = Resource(urn="urn", type="aws:sqs/queue:Queue", name="orders", custom=True)
    changed = (
        Property("kmsMasterKeyId", arn, None, arn),
        Property("tags.owner", "us", "them", "we"),
        Property("policy", None, {"Statement": ["x" * 500]}, None),
    )
    stream = io.StringIO()
    drift = Drift("test", (Drifted("changed", queue, changed, up="`up` puts it back"),), 1, {}, ())
    print_drift(drift, Console(file=stream, width=width))
    printed = stream.getvalue()
    assert max(map(len, printed.splitlines())) <= width
    assert arn in re.sub(r"\s", "", printed)
    assert "…" in printed, "what is longer than a screen is cut, and says so"
    words = " ".join(printed.split())
    for place in ("in the account", "in the state", "in the program", "in state and program", "not there"):
        assert place in words
