"""`surgeproof graph`: what a stack would deploy, without an account and without the Pulumi CLI."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from surgeproof.cli.options import project_option, set_option, stack_option
from surgeproof.cli.screen import screen
from surgeproof.graph.model import Graph, Resource
from surgeproof.graph.program import run_program
from surgeproof.graph.project import Project
from surgeproof.launch.overrides import field_path, parse_overrides
from surgeproof.launch.plan import PLAN_KEYS

PLAN_OVERRIDES = "plan_overrides"
"""Setting of the stack through which the program gets what `--set` changes in its launch plan."""


@click.command("graph", short_help="Show what a stack would deploy, and where from.")
@stack_option
@set_option
@project_option
@click.option("--json", "as_json", is_flag=True, help="Print the graph as JSON, secrets left out.")
def graph_command(*, stack: str, sets: tuple[str, ...], folder: Path, as_json: bool) -> None:
    """Show the resources that a stack would deploy, and where the program makes them.

    The program runs in this process. Ids and ARNs are made up, in AWS's shapes; nothing is asked of AWS.
    """
    project = Project.find(folder)
    graph = run_program(project, stack, overrides=stack_overrides(parse_overrides(sets)))
    if as_json:
        click.echo(graph.to_json())
        return
    screen().print(_table(graph))
    components = sum(not resource.custom for resource in graph.resources)
    click.echo(f"{len(graph.resources) - components} resources in {components} components", err=True)


def stack_overrides(overrides: Mapping[str, Any]) -> dict[str, Any]:
    """Overrides as the program takes them: those of the plan are handed on under one setting of the stack.

    Args:
        overrides: Path to value, of stack settings and of the launch plan alike.
    """
    plan = {path: value for path, value in overrides.items() if field_path(path)[0] in PLAN_KEYS}
    stack = {path: value for path, value in overrides.items() if path not in plan}
    return {**stack, PLAN_OVERRIDES: plan} if plan else stack


def _table(graph: Graph) -> Table:
    table = Table(title=f"{graph.project} · {graph.stack}", title_justify="left", header_style="bold", box=None)
    table.add_column("type")
    table.add_column("name", overflow="fold")
    table.add_column("made at", overflow="fold")
    for resource in sorted((item for item in graph.resources if item.custom), key=_place):
        table.add_row(_short(resource.type), resource.name, str(resource.location or ""))
    return table


def _place(resource: Resource) -> tuple[str, str]:
    return resource.type, resource.name


def _short(type_: str) -> str:
    """``aws:ec2/vpc:Vpc`` as ``ec2 Vpc``."""
    package, module, kind = type_.split(":")
    return f"{module.partition('/')[0]} {kind}" if package == "aws" else type_
