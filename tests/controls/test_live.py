"""A live account and the program that made it: the same findings, and unknown where an account cannot tell."""

from __future__ import annotations

from pathlib import Path

import boto3
import pytest

from surgeproof.controls.code_reading import asked
from surgeproof.controls.engine import run_controls
from surgeproof.controls.finding import Finding
from surgeproof.controls.registry import all_controls, find_control
from surgeproof.controls.source_graph import from_live
from surgeproof.controls.triples import graph_of, resource
from surgeproof.controls.visibility import judged, unread_types
from surgeproof.graph.live.reader import read_types
from surgeproof.graph.model import Graph, Options, Unread
from surgeproof.graph.project import Project
from surgeproof.localcloud.aws import EmbeddedAws
from surgeproof.localcloud.deploy import deploy
from surgeproof.localcloud.handlers import HANDLERS

ROOT = Path(__file__).parents[2]
QUEUE = resource("aws:sqs/queue:Queue", "orders", inputs={"kmsMasterKeyId": "arn:aws:kms:eu-west-1:1:key/k"})
REGION = "eu-west-1"
DENIED = "access denied"


def _unread(what: str, action: str = "") -> Unread:
    return Unread(what=what, action=action, why=DENIED)


def _verdicts(graph: Graph, id_: str) -> list[tuple[str, str]]:
    return [(item.verdict, item.message) for item in judged(graph, [find_control(id_)]) if item.control == id_]


def test_no_resource_is_unknown_when_they_could_not_be_listed() -> None:
    graph = graph_of().model_copy(update={"unread": (_unread("aws:sqs/queue:Queue", "sqs:ListQueues"),)})
    assert _verdicts(graph, "SQS-01") == [("unknown", "cannot be told: sqs:ListQueues access denied")]


def test_what_was_read_is_judged_and_the_rest_is_unknown() -> None:
    cluster = resource("aws:rds/cluster:Cluster", "db", inputs={"storageEncrypted": True, "kmsKeyId": "arn:k"})
    graph = graph_of(cluster).model_copy(update={"unread": (_unread("aws:rds/instance:Instance"),)})
    assert sorted(verdict for verdict, _ in _verdicts(graph, "RDS-01")) == ["pass", "unknown"]


def test_a_pass_that_rests_on_what_is_unread_is_unknown() -> None:
    key = resource("aws:kms/key:Key", "k")
    assert "aws:kms/alias:Alias" in asked(find_control("SQS-01")).types
    graph = graph_of(QUEUE, key).model_copy(update={"unread": (_unread("aws:kms/alias:Alias", "kms:ListAliases"),)})
    assert [verdict for verdict, _ in _verdicts(graph, "SQS-01")] == ["unknown"]


def test_a_failure_stays_one_and_says_what_could_not_be_read() -> None:
    queue = resource("aws:sqs/queue:Queue", "orders")
    graph = graph_of(queue).model_copy(update={"unread": (_unread("aws:kms/alias:Alias", "kms:ListAliases"),)})
    (finding,) = [item for item in judged(graph, [find_control("SQS-01")]) if item.control == "SQS-01"]
    assert (finding.verdict, finding.note) == ("fail", "not all could be read: kms:ListAliases access denied")


@pytest.mark.parametrize("protect", [True, False])
def test_what_options_decide_is_unknown_where_there_are_none(*, protect: bool) -> None:
    queue = QUEUE.model_copy(update={"options": Options(protect=protect)})
    graph = Graph(project="live", stack="x", resources=(queue,), unread=(_unread("options"),))
    assert [verdict for verdict, _ in _verdicts(graph, "TAG-04")] == ["unknown"]
    alone = Graph(project="live", stack="x", resources=(queue,))
    assert [verdict for verdict, _ in _verdicts(alone, "TAG-04")] == ["pass" if protect else "fail"]


def test_another_spelling_of_what_is_read_is_read() -> None:
    missing = {item.what for item in unread_types(read_types(), all_controls(), "not read")}
    assert not missing & {"aws:s3/bucketV2:BucketV2", "aws:alb/loadBalancer:LoadBalancer"}
    assert unread_types([], [find_control("SQS-01")], "not read")


@pytest.fixture(scope="module")
def both() -> tuple[Graph, Graph]:
    """Our production stack as deployed, and as it is read back from the account."""
    with EmbeddedAws() as aws, pytest.MonkeyPatch.context() as patch:
        program = deploy(Project.find(ROOT), "production", None, aws)
        patch.setenv("AWS_ENDPOINT_URL", aws.endpoint_url)
        live, _ = from_live(
            all_controls(),
            region=REGION,
            profile=None,
            session=lambda region_name, profile_name: boto3.Session(
                aws_access_key_id="any", aws_secret_access_key="any", region_name=region_name, profile_name=profile_name
            ),
        )
    return program, live


def _identity(graph: Graph) -> dict[str, str]:
    """URN to what a resource is in the account; what lies in another region is read there."""
    here = (item for item in graph.resources if item.custom and item.outputs.get("region", REGION) == REGION)
    return {item.urn: f"{item.type} {item.outputs.get('arn') or item.id}" for item in here}


_NOT_ANSWERED = {
    "SNS-04": "aws:sns/topic:Topic",
    "RDS-12": "aws:rds/clusterInstance:ClusterInstance",
}
"""Controls of what AWS answers and the embedded AWS does not: a topic's signature version, Performance Insights."""


def _not_told(program: Graph) -> set[tuple[str, str]]:
    """Where the embedded AWS tells less than AWS: those, and descriptions of rules on a list of prefixes."""
    names = _identity(program)
    rules = (item for item in program.resources if "prefixListId" in item.inputs)
    found = {("VPC-05", names[group.urn]) for rule in rules for group in program.sources(rule, "securityGroupId")}
    return found | {
        (id_, text) for id_, type_ in _NOT_ANSWERED.items() for text in names.values() if text.startswith(type_)
    }


MASKS = "aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy"
"""The embedded AWS does not say of a log group whether it has one."""


def _worst(findings: list[Finding], names: dict[str, str]) -> dict[tuple[str, str], str]:
    order = ("fail", "unknown", "pass", "not-applicable")
    found: dict[tuple[str, str], str] = {}
    for item in findings:
        if item.urn in names:
            key = (item.control, names[item.urn])
            found[key] = min(found.get(key, "not-applicable"), item.verdict, key=order.index)
    return found


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_program_and_live_account_agree(both: tuple[Graph, Graph]) -> None:
    program, live = both
    # What the embedded AWS records without serving cannot be read back from it, as it could from AWS.
    recorded = tuple(
        Unread(what=type_, why="is not served here")
        for type_, handler in HANDLERS.items()
        if handler.kept == "recorded"
    )
    live = live.model_copy(update={"unread": (*live.unread, *recorded)})
    controls = all_controls()
    said = _worst(run_controls(program, controls), _identity(program))
    told = _worst(judged(live, controls), _identity(live))
    shared = (said.keys() & told.keys()) - _not_told(program)
    assert len(shared) > 500
    differing = {key: (said[key], told[key]) for key in shared if told[key] not in {said[key], "unknown"}}
    assert differing == {}
    assert sum(told[key] == said[key] for key in shared) > 0.8 * len(shared)


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_what_is_deployed_is_read_back(both: tuple[Graph, Graph]) -> None:
    program, live = both
    served = {type_ for type_, handler in HANDLERS.items() if handler.kept != "recorded"}
    refused = {item.what for item in live.unread}
    wanted = {
        text for text in _identity(program).values() if text.split()[0] in read_types() & served - refused - {MASKS}
    }
    assert sorted(wanted - set(_identity(live).values())) == []
