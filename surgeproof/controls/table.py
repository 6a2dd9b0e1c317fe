"""The table: what fails first, by resource, each with the place to change."""

from __future__ import annotations

from itertools import groupby

from rich.console import Console
from rich.text import Text

from surgeproof.controls.finding import Finding
from surgeproof.controls.report import Report

_STYLES = {"crit": "bold red", "high": "red", "med": "yellow", "low": "cyan"}


def print_table(report: Report, console: Console) -> None:
    """Print the report for a person; colour never carries meaning alone."""
    console.print(Text(f"{report.project} · {report.stack}  ({report.source})", style="bold"))
    # By resource, and the resource with the worst finding first.
    rank = {item.urn: index for index, item in reversed(list(enumerate(report.failures)))}
    _section(console, sorted(report.failures, key=lambda item: rank[item.urn]))
    _section(console, report.of("unknown"), "Not decided: known only after deployment")
    _section(console, report.of("waived"), "Waived")
    _section(console, [item for item in report.of("fail") if item.baselined], "In the baseline")
    console.print(Text(summary(report), style="bold"))


def summary(report: Report) -> str:
    """Counts in one line."""
    counts = report.counts
    told = [f"{counts['fail']} fail", f"{counts['unknown']} not decided", f"{counts['waived']} waived"]
    if counts["baselined"]:
        told.append(f"{counts['baselined']} in the baseline")
    told += [f"{counts['pass']} pass", f"{counts['not-applicable']} not applicable"]
    return f"{len(report.controls)} controls: {', '.join(told)}"


def _section(console: Console, findings: list[Finding], heading: str = "") -> None:
    if not findings:
        return
    console.print()
    if heading:
        console.print(Text(heading, style="bold"))
    for _, group in groupby(findings, key=lambda item: item.urn):
        of_one = list(group)
        first = of_one[0]
        console.print(Text(f"{first.name or 'the stack'}  {first.type}", style="bold"))
        for finding in of_one:
            _one(console, finding)
    console.print()


def _one(console: Console, finding: Finding) -> None:
    line = Text("  ")
    line.append(f"{finding.severity:<4} ", style=_STYLES[finding.severity])
    line.append(f"{finding.control}  {finding.title}: {finding.message}")
    if finding.path:
        line.append(f" [{finding.path}]")
    console.print(line)
    if finding.note:
        console.print(Text(f"       {finding.note}"))
    if finding.place:
        console.print(Text(f"       change {finding.place}", style="dim"))
    if finding.verdict == "fail" and not finding.baselined:
        console.print(Text(f"       write  {_indented(finding.remediation)}", style="dim"))


def _indented(remediation: str) -> str:
    """Code without its Markdown fence, and every line under the first."""
    lines = [line for line in remediation.splitlines() if not line.startswith("```")]
    return "\n              ".join(lines)
