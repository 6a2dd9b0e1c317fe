"""Findings as JUnit XML, so that a CI lists each control on each resource as a test."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from surgeproof import junit
from surgeproof.controls.finding import Finding
from surgeproof.controls.report import Report


def junit_xml(report: Report) -> str:
    """A suite a control: a failure fails; what is waived, baselined, undecided or not applicable is skipped."""
    by_control: dict[str, list[Finding]] = {}
    for finding in report.ordered:
        by_control.setdefault(finding.control, []).append(finding)
    suites = [
        junit.suite(f"{control} {findings[0].title}", [_case(item) for item in findings])
        for control, findings in sorted(by_control.items())
    ]
    return junit.document(f"surgeproof check: {report.stack}", suites)


def _case(finding: Finding) -> ET.Element:
    name = finding.name or "the stack"
    if finding.path:
        name = f"{name} [{finding.path}]"
    case = junit.case(finding.control, name)
    if finding.verdict == "fail" and not finding.baselined:
        lines = [finding.message, f"change: {finding.place}" if finding.place else "", f"write: {finding.remediation}"]
        text = "\n".join(line for line in lines if line)
        junit.say(case, "failure", f"{finding.title}: {finding.message}", text, type=finding.severity)
    elif finding.verdict != "pass":
        kind = "in the baseline" if finding.baselined else finding.verdict
        junit.say(case, "skipped", f"{kind}: {finding.note or finding.message or finding.verdict}")
    return case
