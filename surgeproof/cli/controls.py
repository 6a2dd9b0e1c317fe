"""`surgeproof controls`: the catalogue of controls, and a new one of the user's own."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.table import Table

from surgeproof.cli.options import project_option
from surgeproof.cli.screen import screen
from surgeproof.controls.families import FAMILIES
from surgeproof.controls.own_team import FOLDER, load_team_controls, scaffold
from surgeproof.controls.pack_files import write_pack
from surgeproof.controls.page import control_as_dict, control_page
from surgeproof.controls.registry import all_controls, find_control
from surgeproof.graph.project import Project


@click.group("controls")
def controls_group() -> None:
    """List the controls, show one, or start one of your own."""


@controls_group.command("list")
@project_option
@click.option("--json", "as_json", is_flag=True, help="Print all that is known of each.")
def list_command(*, folder: Path, as_json: bool) -> None:
    """Show every control."""
    load_team_controls(folder / FOLDER)
    controls = all_controls()
    if as_json:
        click.echo(json.dumps([control_as_dict(item) for item in controls], indent=2, ensure_ascii=False))
        return
    table = Table(box=None, header_style="bold")
    for heading in ("id", "severity", "what must hold"):
        table.add_column(heading, overflow="fold")
    for item in controls:
        table.add_row(item.id, item.severity, item.title)
    screen(pipe_width=160).print(table)
    click.echo(f"{len(controls)} controls", err=True)


@controls_group.command("show")
@click.argument("id_", metavar="ID")
@project_option
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def show_command(*, id_: str, folder: Path, as_json: bool) -> None:
    """Show one control: why, what to write, which requirements it answers."""
    load_team_controls(folder / FOLDER)
    control = find_control(id_)
    if as_json:
        click.echo(json.dumps(control_as_dict(control), indent=2, ensure_ascii=False))
    else:
        click.echo(control_page(control), nl=False)


@controls_group.command("new")
@click.argument("id_", metavar="ID")
@click.option("--family", type=click.Choice(sorted(FAMILIES)), required=True, help="Whom it judges.")
@project_option
def new_command(*, id_: str, family: str, folder: Path) -> None:
    """Start a control of your own, with its three tests, in the project's policies/."""
    for path in scaffold(Project.find(folder).root, id_, family):
        click.echo(str(path))


@controls_group.command("pack")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path("policies"))
def pack_command(*, folder: Path) -> None:
    """Write the policy pack for `pulumi preview --policy-pack FOLDER`, into any Pulumi project."""
    for path in write_pack(folder):
        click.echo(str(path))
