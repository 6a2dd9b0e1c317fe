"""JUnit XML, so that a CI lists each control on each resource as a test."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from surgeproof.controls.finding import Finding
from surgeproof.controls.report import Report

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 can't hold (section 2.2, Char)."""


def junit_xml(report: Report) -> str:
    """A suite a control: a failure fails; what is waived, baselined, undecided or not applicable is skipped."""
    by_control: dict[str, list[Finding]] = {}
    for finding in report.ordered:
        by_control.setdefault(finding.control, []).append(finding)
    suites = [_suite(control, findings) for control, findings in sorted(by_control.items())]
    root = ET.Element("testsuites", {"name": _text(f"surgeproof check: {report.stack}"), **_totals(suites)})
    root.extend(suites)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _suite(control: str, findings: list[Finding]) -> ET.Element:
    cases = [_case(item) for item in findings]
    counts = {
        "tests": str(len(cases)),
        "failures": str(sum(case.find("failure") is not None for case in cases)),
        "errors": "0",
        "skipped": str(sum(case.find("skipped") is not None for case in cases)),
    }
    suite = ET.Element("testsuite", {"name": _text(f"{control} {findings[0].title}"), **counts})
    suite.extend(cases)
    return suite


def _totals(suites: list[ET.Element]) -> dict[str, str]:
    return {
        key: str(sum(int(suite.get(key, "0")) for suite in suites))
        # The common schema (junit-10.xsd) knows no `skipped` of all suites together.
        for key in ("tests", "failures", "errors")
    }


def _case(finding: Finding) -> ET.Element:
    name = finding.name or "the stack"
    if finding.path:
        name = f"{name} [{finding.path}]"
    case = ET.Element("testcase", {"classname": _text(finding.control), "name": _text(name), "time": "0"})
    told = finding.note or finding.message or finding.verdict
    if finding.verdict == "fail" and not finding.baselined:
        failure = ET.SubElement(
            case, "failure", {"type": finding.severity, "message": _text(f"{finding.title}: {finding.message}")}
        )
        lines = [finding.message, f"change: {finding.place}" if finding.place else "", f"write: {finding.remediation}"]
        failure.text = _text("\n".join(line for line in lines if line))
    elif finding.verdict != "pass":
        kind = "in the baseline" if finding.baselined else finding.verdict
        ET.SubElement(case, "skipped", {"message": _text(f"{kind}: {told}")})
    return case


def _text(text: str) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
