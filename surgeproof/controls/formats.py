"""The report in every format that is text, and the names of their files."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from surgeproof.controls.evidence import evidence_json
from surgeproof.controls.evidence_html import evidence_html
from surgeproof.controls.junit import junit_xml
from surgeproof.controls.markdown import markdown
from surgeproof.controls.report import Report
from surgeproof.controls.sarif import sarif


def report_json(report: Report) -> str:
    """Every finding, passes too, for machines."""
    content = {
        "project": report.project,
        "stack": report.stack,
        "source": report.source,
        "controls": [control.id for control in report.controls],
        "counts": report.counts,
        "findings": [finding.as_dict() for finding in report.ordered],
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _sarif_text(report: Report) -> str:
    return json.dumps(sarif(report), indent=2, ensure_ascii=False) + "\n"


@dataclass(frozen=True, slots=True)
class File:
    """One file of a format.

    Attributes:
        name: Under ``--out``.
        write: Makes its text.
    """

    name: str
    write: Callable[[Report], str]


FORMATS: dict[str, tuple[File, ...]] = {
    "json": (File("controls.json", report_json),),
    "sarif": (File("controls.sarif", _sarif_text),),
    "junit": (File("controls.junit.xml", junit_xml),),
    "markdown": (File("controls.md", markdown),),
    "evidence": (File("evidence.json", evidence_json), File("evidence.html", evidence_html)),
}
"""Name of a format to its files; the first of them is what goes to stdout without ``--out``."""
