"""`surgeproof check`: holds a stack against the controls before anything is deployed, or an account as it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import click

from surgeproof.cli.check_output import refuse_mixed, tell, write
from surgeproof.cli.check_source import Asked, graph_of
from surgeproof.cli.options import project_option
from surgeproof.controls.baseline import apply_baseline, baseline_text, load_baseline
from surgeproof.controls.control import Control
from surgeproof.controls.decrypt import decrypt_text, who_can_decrypt
from surgeproof.controls.finding import Finding
from surgeproof.controls.formats import FORMATS
from surgeproof.controls.own import OWN
from surgeproof.controls.pack_config import pack_config
from surgeproof.controls.parameters import FILE as PARAMETERS_FILE
from surgeproof.controls.parameters import Values, chosen, load_parameters, merged
from surgeproof.controls.preview import as_preview
from surgeproof.controls.registry import all_controls, find_control
from surgeproof.controls.report import Report
from surgeproof.controls.scope import scope_map
from surgeproof.controls.scope_text import scope_text
from surgeproof.controls.severity import SEVERITIES, Severity
from surgeproof.controls.visibility import judged
from surgeproof.controls.waivers import PlacedWaiver, apply_waivers, load_waivers

FINDINGS = 1
WAIVERS_FILE = "policies/waivers.yaml"

_File = click.Path(path_type=Path, dir_okay=False)


@click.command("check", short_help="Hold a stack or an account against the controls.")
@click.option("--stack", metavar="NAME", help="Run the program with Pulumi.NAME.yaml, and check what it makes.")
@click.option("--state", type=_File, help="Check a `pulumi stack export` or `pulumi preview --json` file.")
@click.option("--graph", "saved", type=_File, help="Check a file that `surgeproof graph --json` wrote.")
@click.option("--live", is_flag=True, help="Check an AWS account, by describe, get and list calls alone.")
@click.option("--region", help="Region of the account. [default: of the profile or the environment]")
@click.option("--profile", help="Profile of the AWS configuration.")
@click.option("--print-policy", is_flag=True, help="Print the IAM policy that --live needs, and ask nobody.")
@project_option
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
@click.option("--write-pack-config", type=_File, help="Write a file for `pulumi --policy-pack-config`, and exit 0.")
@click.option("--as-preview", "preview", is_flag=True, help="See what a preview of a first deployment cannot decide.")
@click.option("--scope", "scope_only", is_flag=True, help="Show the card-data environment and the ways into it.")
@click.option("--who-can-decrypt", "key", metavar="KEY", help="List who can decrypt with a key, and by what.")
def check_command(
    *,
    stack: str | None,
    state: Path | None,
    saved: Path | None,
    live: bool,
    region: str | None,
    profile: str | None,
    print_policy: bool,
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
    write_pack_config: Path | None,
    preview: bool,
    scope_only: bool,
    key: str | None,
) -> int:
    """Hold a stack against the controls, without an account, or a live account as it is.

    Exit codes: 0 nothing fails, 1 something does, 2 a usage or configuration error. What is known only
    after deployment, or could not be read, is told as not decided: it is no pass, and does not change the exit code.
    """
    if print_policy:
        from surgeproof.graph.live.actions import policy_text  # noqa: PLC0415 - boto3 is slow to import
        from surgeproof.graph.live.reader import read_calls  # noqa: PLC0415

        click.echo(policy_text(read_calls()), nl=False)
        return 0
    chosen_formats = formats or ("table",)
    refuse_mixed(chosen_formats, out)
    graph, source, root = graph_of(Asked(stack, state, saved, live, folder, region, profile))
    if key is not None:
        click.echo(decrypt_text(who_can_decrypt(graph, key), as_json="json" in chosen_formats), nl=False)
        return 0
    if scope_only:
        found = scope_map(graph)
        click.echo(found.model_dump_json(indent=2) if "json" in chosen_formats else scope_text(found))
        return FINDINGS if found.undeclared else 0
    controls = tuple({item.id: item for item in map(find_control, ids)}.values()) if ids else all_controls()
    values = merged(_of_project(root), chosen(parameters, controls))
    findings = judged(as_preview(graph) if preview else graph, controls, values)
    if ids:
        findings = [item for item in findings if item.control in {control.id for control in controls}]
    waivers = [] if no_waivers else _waivers(waivers_file, root)
    findings = [_from_root(item, root) for item in apply_waivers(findings, waivers, today=_today(), known=_known())]
    if write_baseline is not None:
        write(write_baseline, baseline_text(findings))
        return 0
    if write_pack_config is not None:
        write(write_pack_config, pack_config(findings, waivers, values))
        return 0
    if baseline is not None:
        findings = apply_baseline(findings, load_baseline(baseline))
    report = Report(graph.project, graph.stack, source, _ran(controls, ids), tuple(findings), graph)
    tell(report, chosen_formats, out)
    return FINDINGS if report.fails(fail_on) else 0


def _today() -> date:
    return datetime.now(tz=UTC).date()


def _known() -> frozenset[str]:
    return frozenset(item.id for item in (*all_controls(), *OWN))


def _of_project(root: Path | None) -> Values:
    """The parameters that the project has chosen for its controls."""
    file = root / PARAMETERS_FILE if root is not None else None
    return load_parameters(file, all_controls()) if file is not None and file.is_file() else {}


def _waivers(file: Path | None, root: Path | None) -> list[PlacedWaiver]:
    usual = root / WAIVERS_FILE if root is not None else None
    path = file or (usual if usual is not None and usual.is_file() else None)
    return load_waivers(path) if path is not None else []


def _from_root(finding: Finding, root: Path | None) -> Finding:
    """Files of waivers as code review names them."""
    if root is None or finding.file is None or not Path(finding.file).is_relative_to(root):
        return finding
    return replace(finding, file=str(Path(finding.file).relative_to(root)))


def _ran(controls: Iterable[Control], ids: tuple[str, ...]) -> tuple[Control, ...]:
    return (*controls, *(() if ids else OWN))
