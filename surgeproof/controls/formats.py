"""The report in every format that is text, and the names of their files."""

from __future__ import annotations

import json
from collections.abc import Callable

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


FORMATS: dict[str, tuple[str, Callable[[Report], str]]] = {
    "json": ("controls.json", report_json),
    "sarif": ("controls.sarif", _sarif_text),
    "junit": ("controls.junit.xml", junit_xml),
    "markdown": ("controls.md", markdown),
}
"""Name of a format to its file under ``--out`` and its writer."""
