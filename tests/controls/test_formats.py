"""The formats: each tells what fails, where, and nothing that is secret."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console

from surgeproof.controls.finding import Finding, FindingVerdict
from surgeproof.controls.formats import report_json
from surgeproof.controls.junit import junit_xml
from surgeproof.controls.markdown import markdown
from surgeproof.controls.own import OWN
from surgeproof.controls.page import catalogue_page, control_page
from surgeproof.controls.registry import all_controls
from surgeproof.controls.report import Report
from surgeproof.controls.sarif import sarif
from surgeproof.controls.severity import Severity
from surgeproof.controls.table import print_table
from tests.controls.validated import junit_faults, sarif_faults

URN = "urn:pulumi:production::shop::aws:s3/bucket:Bucket::logs"


def _finding(verdict: FindingVerdict, severity: Severity = "high", **given: Any) -> Finding:
    return Finding(
        "SP-01",
        "Buckets are closed",
        severity,
        verdict,
        urn=URN,
        name="logs",
        message="is <open> | wide\x00",
        path="acl",
        remediation="`acl=None`",
        **given,
    )


@pytest.fixture
def report() -> Report:
    """One finding of each kind."""
    findings = (
        _finding("pass"),
        _finding("fail", severity="low"),
        _finding("fail", severity="crit", file="infra/stores.py", line=7),
        _finding("fail", baselined=True, note="in the baseline"),
        _finding("unknown"),
        _finding("waived", note="waived until 2026-12-24"),
        _finding("not-applicable"),
    )
    return Report("shop", "production", "state s.json", OWN, findings)


def test_counts_and_thresholds(report: Report) -> None:
    assert report.counts == {"fail": 2, "unknown": 1, "waived": 1, "pass": 1, "not-applicable": 1, "baselined": 1}
    assert [item.severity for item in report.failures] == ["crit", "low"]
    assert report.fails("crit")
    only_low = Report("p", "s", "x", OWN, (_finding("fail", severity="low"), _finding("unknown", severity="crit")))
    assert only_low.fails("low")
    assert not only_low.fails("med")


def test_table_has_failures_first_with_the_place_to_change(report: Report) -> None:
    console = Console(width=200, record=True, file=None, quiet=False)
    with console.capture() as capture:
        print_table(report, console)
    text = capture.get()
    assert text.index("crit SP-01") < text.index("low  SP-01") < text.index("Not decided") < text.index("Waived")
    assert "change infra/stores.py:7" in text
    assert "write  `acl=None`" in text
    assert "2 fail, 1 not decided, 1 waived, 1 in the baseline, 1 pass, 1 not applicable" in text


def test_sarif_points_to_the_line_and_carries_suppressions(report: Report) -> None:
    content = json.loads(json.dumps(sarif(report)))
    assert content["version"] == "2.1.0"
    (run,) = content["runs"]
    results = run["results"]
    assert [item["kind"] for item in results] == ["fail", "fail", "fail", "open", "fail"]
    assert [item["level"] for item in results] == ["error", "note", "error", "none", "error"]
    place = results[0]["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "infra/stores.py"}, "region": {"startLine": 7}}
    assert ["suppressions" in item for item in results] == [False, False, True, False, True]
    for item in results:
        assert run["tool"]["driver"]["rules"][item["ruleIndex"]]["id"] == item["ruleId"]
        assert item["message"]["text"]


def test_sarif_takes_a_path_with_blanks() -> None:
    """A blank or a hash in a path would make another URI of it (RFC 3986)."""
    found = _finding("fail", file="infra/my stores #2.py")
    (run,) = sarif(Report("shop", "production", "state s.json", OWN, (found,)))["runs"]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "infra/my%20stores%20%232.py"}


def test_junit_counts_add_up(report: Report) -> None:
    root = ET.fromstring(junit_xml(report))  # noqa: S314 - our own text
    assert {key: root.get(key) for key in ("tests", "failures", "errors")} == {
        "tests": "7",
        "failures": "2",
        "errors": "0",
    }
    assert sum(int(suite.get("skipped", "0")) for suite in root) == 4
    assert len(root.findall(".//testcase")) == 7
    assert len(root.findall(".//failure")) == 2
    assert "change: infra/stores.py:7" in (root.findall(".//failure")[0].text or "")


def test_sarif_and_junit_are_what_their_schemas_allow(report: Report) -> None:
    assert sarif_faults(json.loads(json.dumps(sarif(report)))) == []
    assert junit_faults(junit_xml(report)) == []
    assert sarif_faults({"version": "2.1.0", "runs": [{"tool": {}}]}) != []
    assert junit_faults('<testsuites skipped="1"/>') != []


def test_a_report_without_findings_is_valid_too() -> None:
    empty = Report("shop", "production", "state s.json", (), ())
    assert sarif_faults(json.loads(json.dumps(sarif(empty)))) == []
    assert junit_faults(junit_xml(empty)) == []


def test_markdown_keeps_its_table_whole(report: Report) -> None:
    text = markdown(report)
    assert "is &lt;open> \\| wide" in text
    assert "`infra/stores.py:7`" in text
    assert "### In the baseline" in text


def test_json_holds_passes_too(report: Report) -> None:
    content = json.loads(report_json(report))
    assert [item["verdict"] for item in content["findings"]].count("pass") == 1
    assert content["counts"]["fail"] == 2


def test_pages_come_from_the_metadata() -> None:
    controls = all_controls()
    page = catalogue_page(controls)
    for item in controls:
        assert f"## {item.id} {item.title}" in page
    example = next(item for item in controls if item.requirements and item.parameters)
    text = control_page(example)
    assert example.parameters[0].name in text
    assert example.requirements[0].source in text
