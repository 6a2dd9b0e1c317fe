"""SARIF 2.1.0, so that code review shows a finding at the line that makes the resource."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import Any
from urllib.parse import quote

from surgeproof import __version__
from surgeproof.controls.control import Control
from surgeproof.controls.finding import Finding
from surgeproof.controls.report import Report
from surgeproof.controls.severity import Severity

_LEVELS: dict[Severity, str] = {"crit": "error", "high": "error", "med": "warning", "low": "note"}
# GitHub orders by it: over 9.0 critical, from 7.0 high, from 4.0 medium.
_SCORES: dict[Severity, str] = {"crit": "9.5", "high": "8.0", "med": "5.0", "low": "2.0"}
SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def sarif(report: Report) -> dict[str, Any]:
    """The report as one SARIF run: failures, undecided and waived; the last with their suppression."""
    shown = [item for item in report.ordered if item.verdict in {"fail", "unknown", "waived"}]
    rules = {item.id: index for index, item in enumerate(report.controls)}
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "surgeproof",
                        "version": __version__,
                        "semanticVersion": __version__,
                        "rules": [_rule(item) for item in report.controls],
                    }
                },
                "automationDetails": {"id": f"surgeproof/{report.project}/{report.stack}"},
                "results": [_result(item, rules) for item in shown],
            }
        ],
    }


def _rule(control: Control) -> dict[str, Any]:
    tags = dict.fromkeys(f"{item.framework} {item.id}" for item in control.requirements)
    return {
        "id": control.id,
        "shortDescription": {"text": control.title},
        "fullDescription": {"text": control.rationale},
        "help": {"text": control.remediation, "markdown": control.remediation},
        "defaultConfiguration": {"level": _LEVELS[control.severity]},
        "properties": {"security-severity": _SCORES[control.severity], "tags": ["security", *tags]},
    }


def _result(finding: Finding, rules: dict[str, int]) -> dict[str, Any]:
    named = f"{finding.name}: " if finding.name else ""
    result: dict[str, Any] = {
        "ruleId": finding.control,
        "kind": "open" if finding.verdict == "unknown" else "fail",
        # A result that is not of kind fail has no level (SARIF 2.1.0, 3.27.9).
        "level": "none" if finding.verdict == "unknown" else _LEVELS[finding.severity],
        "message": {"text": f"{named}{finding.title}: {finding.message}. {finding.remediation}"},
        "partialFingerprints": {"surgeproof/v1": finding.identity},
        "locations": [_location(finding)],
    }
    if finding.control in rules:
        result["ruleIndex"] = rules[finding.control]
    if finding.verdict == "waived" or finding.baselined:
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": finding.note}]
    return result


def _location(finding: Finding) -> dict[str, Any]:
    location: dict[str, Any] = {
        "logicalLocations": [{"name": finding.name or "stack", "fullyQualifiedName": finding.urn, "kind": "resource"}]
    }
    # Where the source of the graph tells no line, the project's file stands for the program.
    file = finding.file or "Pulumi.yaml"
    artifact = {"uri": quote(PurePath(file).as_posix())}
    if PurePath(file).is_absolute():
        artifact["uri"] = Path(file).as_uri()
    location["physicalLocation"] = {"artifactLocation": artifact, "region": {"startLine": finding.line or 1}}
    return location
