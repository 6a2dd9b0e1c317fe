"""The live source against the embedded AWS: shapes, links, pages, refusals, patience; and what it may call."""

from __future__ import annotations

import ast
import inspect
import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from policy_sentry.querying.actions import get_actions_for_service

from surgeproof.cli.main import main
from surgeproof.graph.errors import LiveAccountError
from surgeproof.graph.live.account import Account, Reading
from surgeproof.graph.live.actions import READ_ONLY, action_of, least_policy
from surgeproof.graph.live.reader import Reader, all_readers, read_calls
from surgeproof.graph.live.shape import NEVER_KEPT
from surgeproof.graph.live.source import read_account
from surgeproof.graph.model import Graph, Resource
from surgeproof.graph.wire import UNKNOWN_MARK
from surgeproof.localcloud.aws import EmbeddedAws

REGION = "eu-west-1"
QUEUE, BUCKET = "aws:sqs/queue:Queue", "aws:s3/bucket:Bucket"
MakeSession = Callable[[], boto3.Session]


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws() as embedded:
        yield embedded


@pytest.fixture
def make_session(aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> MakeSession:
    """Sessions that reach the embedded AWS and nothing else."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws.endpoint_url)
    return lambda: boto3.Session(aws_access_key_id="any", aws_secret_access_key="any", region_name=REGION)


@pytest.fixture(scope="module", autouse=True)
def shop(aws: EmbeddedAws) -> None:
    """A few things of an account."""
    sqs, s3, iam = (aws.client(name, REGION) for name in ("sqs", "s3", "iam"))
    dead = sqs.create_queue(QueueName="orders-dead", Attributes={"MessageRetentionPeriod": "1209600"})["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 5})
    sqs.create_queue(QueueName="orders", Attributes={"RedrivePolicy": redrive}, tags={"owner": "shop"})
    s3.create_bucket(Bucket="shop-assets", CreateBucketConfiguration={"LocationConstraint": REGION})
    other = aws.client("s3", "eu-west-3")
    other.create_bucket(Bucket="elsewhere", CreateBucketConfiguration={"LocationConstraint": "eu-west-3"})
    s3.put_bucket_policy(Bucket="shop-assets", Policy='{"Version":"2012-10-17","Statement":[]}')
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": "*"}]}
    iam.create_role(RoleName="worker", AssumeRolePolicyDocument=json.dumps(trust))
    reads = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": arn}]}
    iam.put_role_policy(RoleName="worker", PolicyName="reads", PolicyDocument=json.dumps(reads))
    ssm = aws.client("ssm", REGION)
    for number in range(23):
        ssm.put_parameter(Name=f"/shop/{number:02}", Value="x", Type="SecureString")


def _readers(*modules: str) -> tuple[Reader, ...]:
    return tuple(item for item in all_readers() if item.name.split(".")[-2] in modules)


def _read(session: boto3.Session, *modules: str) -> Graph:
    return read_account(session, _readers(*modules))


def _named(graph: Graph, type_: str, name: str) -> Resource:
    (found,) = [item for item in graph.of_type(type_) if item.name == name]
    return found


def _answering(session: boto3.Session, event: str, code: str, status: int, times: int = 10**6) -> boto3.Session:
    """The session, with an error in place of the service's answer."""
    left = [times]

    def answer(request: Any, **_given: Any) -> AWSResponse | None:
        left[0] -= 1
        if left[0] < 0:
            return None
        name = event.split(".")[1]
        if name in {"sqs", "ssm"}:
            body, kind = json.dumps({"__type": code, "message": "no"}).encode(), "application/x-amz-json-1.0"
        else:
            body, kind = f"<Error><Code>{code}</Code></Error>".encode(), "text/xml"
        answered = AWSResponse(request.url, status, {"content-type": kind}, None)
        answered._content = body
        return answered

    session.events.register(event, answer)
    return session


def test_what_is_there_is_told_in_the_provider_s_shape(make_session: MakeSession) -> None:
    graph = _read(make_session(), "sqs", "s3", "iam")
    orders = _named(graph, QUEUE, "orders")
    assert orders.inputs["tags"] == {"owner": "shop"}
    assert orders.inputs["visibilityTimeoutSeconds"] == 30
    assert json.loads(orders.inputs["redrivePolicy"])["maxReceiveCount"] == 5
    assert [item.name for item in graph.of_type(BUCKET)] == ["shop-assets"]
    (role,) = graph.of_type("aws:iam/role:Role")
    assert json.loads(role.inputs["assumeRolePolicy"])["Statement"][0]["Action"] == "sts:AssumeRole"


def test_links_are_told_from_arns_and_names(make_session: MakeSession) -> None:
    graph = _read(make_session(), "sqs", "s3", "iam")
    dead = _named(graph, QUEUE, "orders-dead")
    assert graph.sources(_named(graph, QUEUE, "orders"), "redrivePolicy") == (dead,)
    (policy,) = graph.of_type("aws:iam/rolePolicy:RolePolicy")
    assert [item.name for item in graph.sources(policy, "role")] == ["worker"]
    assert graph.sources(policy, "policy") == (dead,)
    (written,) = graph.of_type("aws:s3/bucketPolicy:BucketPolicy")
    assert [item.name for item in graph.sources(written, "bucket")] == ["shop-assets"]


def test_policies_of_roles_users_and_groups_are_told_alike(aws: EmbeddedAws, make_session: MakeSession) -> None:
    iam = aws.client("iam", REGION)
    reads = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})
    arn = iam.create_policy(PolicyName="reader", PolicyDocument=reads)["Policy"]["Arn"]
    iam.create_user(UserName="ann")
    iam.put_user_policy(UserName="ann", PolicyName="reads", PolicyDocument=reads)
    iam.create_group(GroupName="staff")
    iam.attach_user_policy(UserName="ann", PolicyArn=arn)
    iam.attach_group_policy(GroupName="staff", PolicyArn=arn)
    iam.attach_role_policy(RoleName="worker", PolicyArn=arn)
    graph = _read(make_session(), "iam")
    for holder, name in (("user", "ann"), ("group", "staff"), ("role", "worker")):
        (attached,) = graph.of_type(f"aws:iam/{holder}PolicyAttachment:{holder.title()}PolicyAttachment")
        assert attached.inputs == {holder: name, "policyArn": arn}
    (own,) = graph.of_type("aws:iam/userPolicy:UserPolicy")
    assert {**own.inputs, "policy": json.loads(own.inputs["policy"])} == {
        "user": "ann",
        "name": "reads",
        "policy": json.loads(reads),
    }


def test_every_page_is_read(make_session: MakeSession) -> None:
    graph = _read(make_session(), "secrets")
    assert len(graph.of_type("aws:ssm/parameter:Parameter")) == 23


def test_a_list_that_is_refused_is_told_as_unread(make_session: MakeSession) -> None:
    session = _answering(make_session(), "before-send.sqs.ListQueues", "AccessDenied", 403)
    graph = _read(session, "sqs", "s3")
    unread = {item.what: item for item in graph.unread}
    assert (unread[QUEUE].action, unread[QUEUE].why) == ("sqs:ListQueues", "access denied")
    assert BUCKET not in unread
    assert graph.of_type(BUCKET)


def test_a_part_that_is_refused_reads_as_unknown(make_session: MakeSession) -> None:
    graph = _read(_answering(make_session(), "before-send.s3.GetBucketPolicy", "AccessDenied", 403), "s3")
    (policy,) = graph.of_type("aws:s3/bucketPolicy:BucketPolicy")
    assert policy.inputs == {"bucket": "shop-assets", "policy": UNKNOWN_MARK}


def test_a_part_that_is_absent_is_no_resource(make_session: MakeSession) -> None:
    graph = _read(make_session(), "s3")
    assert graph.of_type("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock") == ()


def test_throttling_is_waited_out(make_session: MakeSession) -> None:
    session = _answering(make_session(), "before-send.sqs.ListQueues", "ThrottlingException", 400, times=2)
    graph = _read(session, "sqs")
    assert len(graph.of_type(QUEUE)) == 2
    assert [item.what for item in graph.unread] == ["options"]


def test_what_aws_does_not_keep_reads_as_unknown(make_session: MakeSession) -> None:
    (bucket,) = _read(make_session(), "s3").of_type(BUCKET)
    assert bucket.inputs["forceDestroy"] == UNKNOWN_MARK


def test_what_is_never_kept_is_said_by_a_reader_each() -> None:
    sources = "".join(inspect.getsource(sys.modules[item.read.__module__]) for item in all_readers())
    for name in NEVER_KEPT:
        assert f'"{name}": NOT_KEPT' in sources or f'inputs["{name}"] = NOT_KEPT' in sources


def test_an_account_that_does_not_answer_is_told(make_session: MakeSession) -> None:
    with pytest.raises(LiveAccountError, match="does not answer"):
        Account(_answering(make_session(), "before-send.sts.GetCallerIdentity", "ExpiredToken", 403))
    with pytest.raises(LiveAccountError, match="no region"):
        Account(boto3.Session(aws_access_key_id="any", aws_secret_access_key="any", region_name=""))


def test_a_reader_makes_the_calls_that_it_declares_and_no_others(make_session: MakeSession) -> None:
    account = Account(make_session())
    with pytest.raises(AssertionError, match="does not declare"):
        Reading(account, ()).call("sqs.list_queues")
    with pytest.raises(AssertionError, match="may change something"):
        Reading(account, ("sqs.purge_queue",)).call("sqs.purge_queue", QueueUrl="x")


@pytest.mark.slow
def test_the_command_checks_the_account(
    aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in aws.environment({}).items():
        monkeypatch.setenv(name, value)
    capsys.readouterr()
    assert main(["check", "--live", "--region", REGION, "--control", "SQS-01", "--format", "json"]) == 1
    content = json.loads(capsys.readouterr().out)
    assert content["source"] == f"the live account in {REGION}"
    told = {item["name"]: item["verdict"] for item in content["findings"]}
    assert told["orders"] == "fail"


def _written(reader: Reader) -> set[str]:
    """Calls in the source of a reader's module."""
    tree = ast.parse(inspect.getsource(inspect.getmodule(reader.read)))  # ty: ignore[invalid-argument-type]
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return texts | {f"application-autoscaling{text}" for text in texts if text.startswith((".describe_", ".list_tags"))}


@pytest.mark.parametrize("reader", all_readers(), ids=lambda item: item.name.split("types.")[-1])
def test_every_call_only_reads_and_has_an_action_of_iam(reader: Reader) -> None:
    for call in reader.calls:
        assert call.partition(".")[2].startswith(READ_ONLY)
        assert call in _written(reader)
        action = action_of(call)
        assert action in get_actions_for_service(action.partition(":")[0])


def test_the_least_policy_is_made_from_the_calls() -> None:
    (statement,) = least_policy(["sqs.list_queues", "s3.get_bucket_encryption", "sts.get_caller_identity"])["Statement"]
    assert statement["Action"] == ["s3:GetEncryptionConfiguration", "sqs:ListQueues"]
    (whole,) = least_policy(read_calls())["Statement"]
    assert not [item for item in whole["Action"] if "*" in item]
