"""Markdown, for the comment on a pull request."""

from __future__ import annotations

from surgeproof.controls.finding import Finding
from surgeproof.controls.report import Report
from surgeproof.controls.table import summary


def markdown(report: Report) -> str:
    """Counts, then a table of what fails, of what is not decided, and of what is waived."""
    parts = [f"## Controls: {_cell(report.project)} · {_cell(report.stack)}", summary(report) + "."]
    for heading, findings in (
        ("Fails", report.failures),
        ("Not decided", report.of("unknown")),
        ("Waived", report.of("waived")),
        ("In the baseline", [item for item in report.of("fail") if item.baselined]),
    ):
        if findings:
            parts.append(f"### {heading}\n\n{_table(findings)}")
    return "\n\n".join(parts) + "\n"


def _table(findings: list[Finding]) -> str:
    rows = ["| Severity | Control | Resource | What | Where |", "|---|---|---|---|---|"]
    for item in findings:
        what = f"{item.title}: {item.message}" + (f" ({item.note})" if item.note else "")
        place = f"`{item.place}`" if item.place else ""
        cells = (item.severity, item.control, item.name or "the stack", what, place)
        rows.append(f"| {' | '.join(_cell(cell) for cell in cells)} |")
    return "\n".join(rows)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")
