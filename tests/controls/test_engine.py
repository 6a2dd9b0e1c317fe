"""The engine: verdicts, controls that break, parameters, secrets, and types that nobody covers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from surgeproof.controls.context import ABSENT, UNKNOWN, Context
from surgeproof.controls.control import Parameter
from surgeproof.controls.engine import run_controls
from surgeproof.controls.errors import ParameterError, UnknownControlError
from surgeproof.controls.outcome import Outcome, failed, not_applicable, passed, unknown
from surgeproof.controls.parameters import chosen
from surgeproof.controls.preview import as_preview
from surgeproof.controls.registry import all_controls, find_control
from surgeproof.graph.model import Graph, Location, Resource
from surgeproof.graph.wire import UNKNOWN_MARK
from tests.controls.conftest import MakeControl
from tests.controls.triples import graph_of, resource

QUEUE = "aws:sqs/queue:Queue"


def _by_name(item: Resource, _context: Context) -> Outcome:
    return {
        "good": passed(),
        "bad": failed("is bad", property="name"),
        "later": unknown("later"),
        "other": not_applicable("no"),
    }[item.name]


def test_a_verdict_for_each_control_and_resource(make_control: MakeControl) -> None:
    graph = graph_of(*(resource(QUEUE, name) for name in ("good", "bad", "later", "other")))
    found = {item.name: item.verdict for item in run_controls(graph, [make_control(_by_name)])}
    assert found == {"good": "pass", "bad": "fail", "later": "unknown", "other": "not-applicable"}


def test_a_finding_says_where_to_change_it(make_control: MakeControl) -> None:
    bad = resource(QUEUE, "bad", location=Location(file="infra/queues.py", line=12))
    (finding,) = run_controls(graph_of(bad), [make_control(_by_name)])
    assert (finding.place, finding.path, finding.urn) == ("infra/queues.py:12", "name", bad.urn)


def test_a_control_without_resources_is_told_as_not_applicable(make_control: MakeControl) -> None:
    (finding,) = run_controls(graph_of(), [make_control(_by_name)])
    assert (finding.verdict, finding.urn) == ("not-applicable", "")


def test_a_control_that_raises_is_a_finding_and_stops_no_other(make_control: MakeControl) -> None:
    def broken(_resource: Resource, _context: Context) -> Iterator[Outcome]:
        yield passed()
        raise KeyError("hunter2-the-password")

    graph = graph_of(resource(QUEUE, "good"))
    first, second = run_controls(graph, [make_control(broken, "T-01"), make_control(_by_name, "T-02")])
    assert first.verdict == "fail"
    assert "KeyError at test_engine.py" in first.message
    assert "hunter2" not in first.message
    assert second.verdict == "pass"


def test_a_policy_that_is_not_json_is_a_finding(make_control: MakeControl) -> None:
    def reads(item: Resource, context: Context) -> Outcome:
        return passed() if context.document(item, "policy") else failed("none")

    (finding,) = run_controls(graph_of(resource(QUEUE, "q", inputs={"policy": "{oops"})), [make_control(reads)])
    assert (finding.verdict, finding.message, finding.path) == ("fail", "is not a JSON document", "policy")


def test_secrets_are_in_no_message(make_control: MakeControl) -> None:
    def tells(item: Resource, _context: Context) -> Outcome:
        return failed(f"holds {item.inputs['token']['value']}")

    item = resource(QUEUE, "q", inputs={"token": {"value": "hunter2-the-password"}}, secrets=("token",))
    (finding,) = run_controls(graph_of(item), [make_control(tells)])
    assert finding.message == "holds [secret]"


def test_a_sibling_type_that_nobody_covers_is_told() -> None:
    graph = graph_of(resource("aws:sqs/queueOfTomorrow:QueueOfTomorrow", "q"), resource("random:index/id:Id", "r"))
    (finding,) = run_controls(graph, [])
    assert (finding.control, finding.verdict) == ("SP-01", "fail")
    assert "aws:sqs/queueOfTomorrow:QueueOfTomorrow" in finding.message


def test_parameters_default_and_are_held_to_their_range(make_control: MakeControl) -> None:
    def counts(_resource: Resource, context: Context) -> Outcome:
        return failed(f"{context.parameter('days'):g}")

    item = make_control(counts, parameters=(Parameter("days", 30, 7, 365, "days"),))
    graph = graph_of(resource(QUEUE, "q"))
    assert run_controls(graph, [item])[0].message == "30"
    assert run_controls(graph, [item], chosen(["T-01.days=90"], [item]))[0].message == "90"
    for wrong in ("T-01.days=3", "T-01.days=nan", "T-01.days=x", "T-01.weeks=3", "T-02.days=9", "days=9", "T-01.days"):
        with pytest.raises(ParameterError):
            chosen([wrong], [item])


@pytest.mark.parametrize(
    ("inputs", "links", "path", "value"),
    [
        ({"a": {"b": [{"c": 1}]}}, {}, "a.b[0].c", 1),
        ({"a": {"b": [{"c": 1}]}}, {}, "a.b.c", 1),
        ({"a": {"b": [{"c": 1}]}}, {}, "a.b[1].c", ABSENT),
        ({"a": 3}, {}, "a.b", ABSENT),
        ({}, {}, "a", ABSENT),
        ({}, {"a": ("urn",)}, "a", UNKNOWN),
        ({"a": {"b": UNKNOWN_MARK}}, {}, "a.b", UNKNOWN),
        ({"a": UNKNOWN_MARK}, {}, "a.b.c", UNKNOWN),
        ({"a": "[secret]"}, {}, "a", UNKNOWN),
        ({"a": False}, {}, "a", False),
        ({"a": {"b": None}}, {}, "a.b", ABSENT),
    ],
)
def test_values_tell_unknown_from_absent(
    inputs: dict[str, Any], links: dict[str, Any], path: str, value: object
) -> None:
    item = resource(QUEUE, "q", inputs=inputs, property_dependencies=links)
    assert Context(graph_of(item)).value(item, path) == value


def test_companions_by_link_and_by_name() -> None:
    bucket = resource("aws:s3/bucket:Bucket", "b", outputs={"bucket": "b-123"})
    linked = resource(
        "aws:s3/bucketPolicy:BucketPolicy",
        "linked",
        inputs={"bucket": "?"},
        property_dependencies={"bucket": (bucket.urn,)},
    )
    named = resource("aws:s3/bucketPolicy:BucketPolicy", "named", inputs={"bucket": "b-123"})
    other = resource("aws:s3/bucketPolicy:BucketPolicy", "other", inputs={"bucket": "c"})
    context = Context(graph_of(bucket, linked, named, other))
    assert context.companions(bucket, "bucket_policy") == [linked, named]


def test_as_preview_what_is_made_from_others_is_unknown() -> None:
    key = resource("aws:kms/key:Key", "k")
    queue = resource(
        QUEUE, "q", inputs={"kmsMasterKeyId": "arn", "name": "q"}, property_dependencies={"kmsMasterKeyId": (key.urn,)}
    )
    graph = as_preview(graph_of(key, queue))
    seen = graph.of_type(QUEUE)[0]
    assert Context(graph).value(seen, "kmsMasterKeyId") is UNKNOWN
    assert Context(graph).value(seen, "name") == "q"


def test_every_registered_control_is_whole() -> None:
    controls = all_controls()
    assert len({item.id for item in controls}) == len(controls) > 0
    for item in controls:
        assert item.title
        assert item.rationale
        assert item.remediation
        numbers = [p for p in item.parameters if isinstance(p, Parameter)]
        assert all(p.lowest <= p.default <= p.highest for p in numbers), item.id
    with pytest.raises(UnknownControlError):
        find_control("NO-99")


def test_no_registered_control_breaks_on_resources_with_nothing_in_them() -> None:
    controls = all_controls()
    types = dict.fromkeys(type_ for item in controls for type_ in item.types)
    graph = graph_of(*(resource(type_, f"r{index}") for index, type_ in enumerate(types)))
    broken = [item for item in run_controls(graph, controls) if "itself broke" in item.message]
    assert broken == []


def test_two_thousand_resources_are_judged() -> None:
    queues = tuple(resource(QUEUE, f"q{index}") for index in range(2_000))
    graph = Graph(project="p", stack="s", resources=queues)
    control = find_control("SQS-01")
    began = time.perf_counter()
    assert len(run_controls(graph, [control])) == len(queues)
    # Far above what it takes: only a quadratic engine would fail it.
    assert time.perf_counter() - began < 20
