"""`surgeproof check`: holds a stack against the controls before anything is deployed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console

from surgeproof.controls.baseline import apply_baseline, baseline_text, load_baseline
from surgeproof.controls.control import Control
from surgeproof.controls.engine import run_controls
from surgeproof.controls.finding import Finding
from surgeproof.controls.formats import FORMATS
from surgeproof.controls.own import OWN
from surgeproof.controls.own_team import FOLDER, load_team_controls
from surgeproof.controls.parameters import FILE as PARAMETERS_FILE
from surgeproof.controls.parameters import chosen, load_parameters, merged
from surgeproof.controls.preview import as_preview
from surgeproof.controls.registry import all_controls, find_control
from surgeproof.controls.report import Report
from surgeproof.controls.severity import SEVERITIES, Severity
from surgeproof.controls.source_graph import from_program, from_saved, from_state
from surgeproof.controls.table import print_table, summary
from surgeproof.controls.waivers import apply_waivers, load_waivers
from surgeproof.graph.model import Graph
from surgeproof.graph.project import Project

FINDINGS = 1
PIPE_WIDTH = 240
WAIVERS_FILE = "policies/waivers.yaml"

_File = click.Path(path_type=Path, dir_okay=False)


@click.command("check")
@click.option("--stack", metavar="NAME", help="Run the program with Pulumi.NAME.yaml, and check what it makes.")
@click.option("--state", type=_File, help="Check a `pulumi stack export` or `pulumi preview --json` file.")
@click.option("--graph", "saved", type=_File, help="Check a file that `surgeproof graph --json` wrote.")
@click.option(
    "--project",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="Folder of the Pulumi project, or one below it. [default: this one]",
)
@click.option("--control", "ids", multiple=True, metavar="ID", help="Run only this control; may be repeated.")
@click.option("--parameter", "parameters", multiple=True, metavar="ID.NAME=VALUE", help="Choose a parameter.")
@click.option(
    "--format",
    "formats",
    type=click.Choice(["table", *FORMATS]),
    multiple=True,
    help="How to tell it; may be repeated with --out. [default: table]",
)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Write the formats into this folder.")
@click.option(
    "--fail-on",
    type=click.Choice(SEVERITIES),
    default="low",
    show_default=True,
    help="Exit 1 when something of this severity or worse fails.",
)
@click.option("--baseline", type=_File, help="Findings in this file do not count while they are unchanged.")
@click.option("--write-baseline", type=_File, help="Write what fails now as a baseline, and exit 0.")
@click.option("--waivers", "waivers_file", type=_File, help=f"[default: {WAIVERS_FILE} of the project]")
@click.option("--no-waivers", is_flag=True, help="Judge as if nothing were waived.")
@click.option("--as-preview", "preview", is_flag=True, help="See what a preview of a first deployment cannot decide.")
def check_command(
    *,
    stack: str | None,
    state: Path | None,
    saved: Path | None,
    folder: Path,
    ids: tuple[str, ...],
    parameters: tuple[str, ...],
    formats: tuple[str, ...],
    out: Path | None,
    fail_on: Severity,
    baseline: Path | None,
    write_baseline: Path | None,
    waivers_file: Path | None,
    no_waivers: bool,
    preview: bool,
) -> int:
    """Hold a stack against the controls, without an account.

    Exit codes: 0 nothing fails, 1 something does, 2 a usage or configuration error. What is known only
    after deployment is told as not decided: it is no pass, and does not change the exit code.
    """
    chosen_formats = formats or ("table",)
    _refuse_mixed(chosen_formats, out)
    graph, source, root = _source(stack, state, saved, folder)
    if root is not None:
        load_team_controls(root / FOLDER)
    controls = tuple({item.id: item for item in map(find_control, ids)}.values()) if ids else all_controls()
    values = merged(_of_project(root), chosen(parameters, controls))
    findings = run_controls(as_preview(graph) if preview else graph, controls, values)
    if ids:
        findings = [item for item in findings if item.control in {control.id for control in controls}]
    if not no_waivers:
        findings = _waived(findings, waivers_file, root)
    if write_baseline is not None:
        _write(write_baseline, baseline_text(findings))
        click.echo(f"{write_baseline}: written", err=True)
        return 0
    if baseline is not None:
        findings = apply_baseline(findings, load_baseline(baseline))
    report = Report(graph.project, graph.stack, source, _ran(controls, ids), tuple(findings))
    _tell(report, chosen_formats, out)
    return FINDINGS if report.fails(fail_on) else 0


def _refuse_mixed(formats: tuple[str, ...], out: Path | None) -> None:
    if out is None and len(set(formats)) > 1:
        raise click.UsageError("Several formats do not fit on one output: say --out DIR.")


def _source(stack: str | None, state: Path | None, saved: Path | None, folder: Path) -> tuple[Graph, str, Path | None]:
    """The graph, what to call it, and the root of the project whose waivers and controls hold; None without one."""
    given = [name for name, value in (("--stack", stack), ("--state", state), ("--graph", saved)) if value is not None]
    if len(given) != 1:
        raise click.UsageError(f"Say one of --stack, --state and --graph; got {', '.join(given) or 'none'}.")
    if stack is not None:
        project = Project.find(folder)
        return (*from_program(project, stack), project.root)
    root = folder if (folder / "Pulumi.yaml").is_file() else None
    return (*(from_state(state) if state is not None else from_saved(saved or Path())), root)


def _of_project(root: Path | None) -> dict[str, dict[str, float]]:
    """The parameters that the project has chosen for its controls."""
    file = root / PARAMETERS_FILE if root is not None else None
    return load_parameters(file, all_controls()) if file is not None and file.is_file() else {}


def _waived(findings: list[Finding], file: Path | None, root: Path | None) -> list[Finding]:
    usual = root / WAIVERS_FILE if root is not None else None
    path = file or (usual if usual is not None and usual.is_file() else None)
    if path is None:
        return findings
    waived = apply_waivers(findings, load_waivers(path), today=datetime.now(tz=UTC).date())
    return [_from_root(item, root) for item in waived]


def _from_root(finding: Finding, root: Path | None) -> Finding:
    """Files of waivers as code review names them."""
    if root is None or finding.file is None or not Path(finding.file).is_relative_to(root):
        return finding
    return replace(finding, file=str(Path(finding.file).relative_to(root)))


def _ran(controls: Iterable[Control], ids: tuple[str, ...]) -> tuple[Control, ...]:
    return (*controls, *(() if ids else OWN))


def _tell(report: Report, formats: tuple[str, ...], out: Path | None) -> None:
    if "table" in formats:
        # A file or a pipe has no width.
        console = Console() if Console().is_terminal else Console(width=PIPE_WIDTH)
        print_table(report, console)
    elif out is not None:
        click.echo(summary(report), err=True)
    for name in dict.fromkeys(formats):
        if name == "table":
            continue
        file, writer = FORMATS[name]
        if out is None:
            click.echo(writer(report), nl=False)
        else:
            _write(out / file, writer(report))
            click.echo(f"{out / file}: written", err=True)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
