"""The evidence: denominators per requirement, who mapped what, what is not checked; for people and for machines."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import pytest

from surgeproof.controls.evidence import CONFIRM, Evidence, evidence_json, evidence_of, evidence_schema
from surgeproof.controls.evidence_html import evidence_html
from surgeproof.controls.evidence_limits import NOT_CHECKED, differing
from surgeproof.controls.published import FSBP, PCI
from surgeproof.controls.registry import all_controls, find_control
from surgeproof.controls.report import Report
from surgeproof.controls.sarif import sarif
from surgeproof.controls.triples import graph_of, resource
from surgeproof.controls.visibility import judged
from surgeproof.graph.model import Graph, Location, Unread
from tests.controls.validated import junit_faults, sarif_faults

ROOT = Path(__file__).parents[2]
KEY = "arn:aws:kms:eu-west-1:123456789012:key/k"
GOOD = resource("aws:sqs/queue:Queue", "orders", inputs={"kmsMasterKeyId": KEY})
BAD = resource("aws:sqs/queue:Queue", "<b>dead</b>", location=Location(file="infra/queues.py", line=7))


def _report(graph: Graph) -> Report:
    controls = all_controls()
    return Report(graph.project, graph.stack, "state s.json", controls, tuple(judged(graph, controls)), graph)


@pytest.fixture(scope="module")
def report() -> Report:
    """Two queues: one that is encrypted, one that is not."""
    return _report(graph_of(GOOD, BAD))


@pytest.fixture(scope="module")
def evidence(report: Report) -> Evidence:
    return evidence_of(report)


def test_pci_and_fsbp_come_first(evidence: Evidence) -> None:
    names = [item.name for item in evidence.frameworks]
    assert names[:2] == [PCI, FSBP]
    assert {"NIST 800-53 r5", "CIS AWS Foundations 5.0"} <= set(names)


def test_every_mapping_is_there_with_who_published_it(evidence: Evidence) -> None:
    told = {
        (framework.name, requirement.id, mapped.control, source)
        for framework in evidence.frameworks
        for requirement in framework.requirements
        for mapped in requirement.controls
        for source in mapped.mapped_by
    }
    known = {
        (item.framework, item.id, control.id, item.source)
        for control in all_controls()
        for item in control.requirements
    }
    assert told == known
    assert evidence.confirm == CONFIRM


def test_a_requirement_tells_its_denominators(evidence: Evidence) -> None:
    (fsbp,) = [item for item in evidence.frameworks if item.name == FSBP]
    (row,) = [item for item in fsbp.requirements if item.id == "SQS.1"]
    assert (row.mapped, row.ran, row.not_applicable, row.passed, row.failed) == (1, 1, 0, 1, 1)
    (idle,) = [item for item in fsbp.requirements if item.id == "Kinesis.1"]
    assert (idle.mapped, idle.ran, idle.not_applicable) == (1, 0, 1)
    for framework in evidence.frameworks:
        for item in framework.requirements:
            assert item.mapped == item.ran + item.not_applicable == len(item.controls)


def test_passed_is_listed_too_with_its_resource(evidence: Evidence) -> None:
    (result,) = [item for item in evidence.results if item.id == "SQS-01"]
    assert {(row.name, row.verdict) for row in result.resources} == {("orders", "pass"), ("<b>dead</b>", "fail")}
    assert "infra/queues.py:7" in {row.place for row in result.resources}


def test_numbers_come_in_order_and_appendices_last(evidence: Evidence) -> None:
    ids = [item.id for item in evidence.frameworks[0].requirements]
    assert ids.index("3.5.1") < ids.index("10.2.1")
    assert [item.startswith("A") for item in ids] == sorted(item.startswith("A") for item in ids)


def test_where_publishers_disagree_is_told() -> None:
    told = {item.subject.split()[0]: item.told for item in differing([find_control("RDS-05"), find_control("S3-02")])}
    assert "S3-02" in told
    for sources in told.values():
        assert len(sources) > 1
        assert not any(source.startswith("our own") for source in sources)


def test_the_document_is_what_its_schema_says(report: Report) -> None:
    content = json.loads(evidence_json(report))
    jsonschema.validate(content, evidence_schema())
    assert len(content["graph_digest"]) == 64
    assert content["not_checked"] == list(NOT_CHECKED)


def test_what_is_not_checked_and_not_read_is_said() -> None:
    unread = (Unread(what="aws:sqs/queue:Queue", action="sqs:ListQueues", why="access denied"),)
    page = evidence_html(_report(graph_of().model_copy(update={"unread": unread})))
    assert "What is not checked" in page
    assert "sqs:ListQueues access denied" in page
    assert "a QSA must confirm" in page


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: set[str] = set()
        self.targets: set[str] = set()
        self.outside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids |= {given["id"] or ""} if "id" in given else set()
        target = given.get("href") or given.get("src") or ""
        if target.startswith("#"):
            self.targets.add(target[1:])
        elif target:
            self.outside.append(target)
        if tag not in {"meta", "rect", "path"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in {"rect", "path"}:
            assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """What closes itself holds nothing."""


def test_the_page_is_whole_and_needs_nothing_beside_it(report: Report) -> None:
    text = evidence_html(report)
    page = _Tags()
    page.feed(text)
    assert page.open == []
    assert page.outside == []
    assert page.targets <= page.ids
    assert "&lt;b&gt;dead&lt;/b&gt;" in text
    assert "<b>dead</b>" not in text
    assert "@media print" in text
    assert "prefers-color-scheme: dark" in text


def test_the_page_of_limits_says_the_same(evidence: Evidence) -> None:
    """What users read in the docs, and what is said in every document, has the same heads."""
    docs = (ROOT / "docs/compliance.md").read_text(encoding="utf-8")
    for text in NOT_CHECKED:
        assert text.partition(":")[0] in docs


def test_a_report_of_our_size_is_valid_sarif_and_junit(report: Report) -> None:
    from surgeproof.controls.junit import junit_xml  # noqa: PLC0415 - beside its validation

    assert sarif_faults(json.loads(json.dumps(sarif(report)))) == []
    assert junit_faults(junit_xml(report)) == []
