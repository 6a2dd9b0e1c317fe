"""What a stack may hold that nobody thought of: no control breaks, nothing secret is told, and time stays linear."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from surgeproof.cli.main import main
from surgeproof.controls.engine import run_controls
from surgeproof.controls.finding import Finding
from surgeproof.controls.formats import FORMATS
from surgeproof.controls.own import OWN
from surgeproof.controls.preview import as_preview
from surgeproof.controls.registry import all_controls
from surgeproof.controls.report import Report
from surgeproof.graph.model import STACK_TYPE, Graph, Resource
from surgeproof.graph.wire import UNKNOWN_MARK
from tests.controls.mutation.production import production
from tests.controls.mutation.samples import SAMPLES
from tests.controls.triples import graph_of, resource

MARK = "hunter2-the-secret-of-this-test"
Shape = Callable[[Any], Any]


@pytest.fixture(scope="module")
def everything() -> tuple[Resource, ...]:
    """Our own production stack, and every sample of what it does not use."""
    found = {item.urn: item for item in production().resources}
    for sample in SAMPLES.values():
        found |= {item.urn: item for item in sample.resources if item.urn not in found}
    return tuple(found.values())


def _shaken(resources: tuple[Resource, ...], shape: Shape) -> list[Finding]:
    changed = (
        item.model_copy(update={"inputs": {key: shape(value) for key, value in item.inputs.items()}})
        for item in resources
    )
    return run_controls(Graph(project="p", stack="s", resources=tuple(changed)), all_controls())


def _leaves(value: Any, leaf: Any) -> Any:
    if isinstance(value, dict):
        return {key: _leaves(item, leaf) for key, item in value.items()}
    if isinstance(value, list):
        return [_leaves(item, leaf) for item in value]
    return leaf


STATEMENT = {"Effect": "Allow", "Principal": {"AWS": [1]}, "Action": 7, "Resource": {"a": 1}, "Condition": [1]}
WHOLE = [
    None, [], {}, 0, -1, True, "x", "", "5", "[1]", ["x"], [None], [{"a": [{"b": 1}]}], UNKNOWN_MARK, [UNKNOWN_MARK],
    {"a": UNKNOWN_MARK}, json.dumps({"Statement": 5}), json.dumps({"Statement": [STATEMENT]}),
    json.dumps({"Statement": [{**STATEMENT, "Principal": 5, "Condition": {"x": 3}}]}),
]  # fmt: skip


@pytest.mark.parametrize("value", WHOLE, ids=repr)
def test_no_control_breaks_on_a_property_of_another_shape(everything: tuple[Resource, ...], value: Any) -> None:
    found = _shaken(everything, lambda _old: value)
    assert [item for item in found if "itself broke" in item.message] == []


@pytest.mark.parametrize("leaf", [None, [], {}, 0, "x", [None], UNKNOWN_MARK], ids=repr)
def test_no_control_breaks_on_what_lies_deeper(everything: tuple[Resource, ...], leaf: Any) -> None:
    found = _shaken(everything, lambda old: _leaves(old, leaf))
    assert [item for item in found if "itself broke" in item.message] == []


def test_a_policy_that_is_not_json_is_told_by_every_control_that_reads_it(everything: tuple[Resource, ...]) -> None:
    found = _shaken(everything, lambda old: "{oops" if isinstance(old, str) and old[:1] == "{" else old)
    told = {item.control for item in found if item.message == "is not a JSON document"}
    assert {"IAM-01", "IAM-04", "IAM-05", "KMS-02", "S3-03", "SQS-05", "CW-08"} <= told
    assert all(item.verdict == "fail" for item in found if item.message == "is not a JSON document")
    assert [item for item in found if "itself broke" in item.message] == []


def test_what_is_not_known_never_passes_what_asks_for_a_value(everything: tuple[Resource, ...]) -> None:
    found = _shaken(everything, lambda _old: UNKNOWN_MARK)
    must_be_told = {"RDS-02", "RDS-07", "S3-03", "S3-07", "KMS-02", "IAM-01", "IAM-05", "SQS-05"}
    passes = {item.control for item in found if item.verdict == "pass"}
    assert must_be_told & passes == set()


def test_a_preview_knows_less_and_accuses_nobody(everything: tuple[Resource, ...]) -> None:
    """What is made from other resources is not known: that leaves a rule undecided, and never broken."""
    controls = all_controls()

    def failing(graph: Graph) -> set[tuple[str, str]]:
        return {(item.control, item.urn) for item in run_controls(graph, controls) if item.verdict == "fail"}

    for graph in (Graph(project="p", stack="s", resources=everything), *SAMPLES.values()):
        assert failing(as_preview(graph)) - failing(graph) == set()


def test_no_value_of_a_property_is_told_in_any_format(everything: tuple[Resource, ...]) -> None:
    """Every text of every property is a secret, and none of it may be read anywhere."""
    hidden = tuple(
        item.model_copy(
            update={
                "inputs": {key: _leaves(value, MARK) for key, value in item.inputs.items()},
                "secrets": tuple(item.inputs),
                "outputs": {},
            }
        )
        for item in everything
    )
    graph = Graph(project="p", stack="s", resources=hidden)
    findings = run_controls(graph, all_controls())
    report = Report("p", "s", "a test", (*all_controls(), *OWN), tuple(findings), graph)
    texts = [file.write(report) for files in FORMATS.values() for file in files]
    assert any(item.verdict == "fail" for item in findings)
    assert all(MARK not in text for text in texts)


def test_an_unknown_control_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "graph.json"
    file.write_text(graph_of(resource("aws:sqs/queue:Queue", "q")).to_json(), encoding="utf-8")
    assert main(["check", "--graph", str(file), "--control", "SQS-99"]) == 2
    told = capsys.readouterr()
    assert "SQS-99" in told.err
    assert "Traceback" not in told.err + told.out


def test_all_controls_judge_two_thousand_resources_in_linear_time(everything: tuple[Resource, ...]) -> None:
    """Ten times as many resources take about ten times as long, and not a hundred."""

    def tiled(count: int) -> Graph:
        copies = (
            item.model_copy(update={"urn": f"{item.urn}-{number}", "name": f"{item.name}-{number}"})
            for number in range(count)
            for item in everything
            if item.type != STACK_TYPE
        )
        return Graph.model_construct(project="p", stack="s", resources=tuple(copies))

    few, many = tiled(1), tiled(10)
    assert len(many.resources) > 2_000

    def seconds(graph: Graph) -> float:
        fresh = Graph.model_construct(project="p", stack="s", resources=graph.resources)
        began = time.process_time()
        run_controls(fresh, all_controls())
        return time.process_time() - began

    # CPU time of the better of two, far above what it takes: only a quadratic control would fail it.
    assert min(seconds(many) for _ in range(2)) < 40 * max(min(seconds(few) for _ in range(2)), 0.01)
