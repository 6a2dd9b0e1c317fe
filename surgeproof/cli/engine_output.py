"""What the engine's commands have in common: their options, their progress, and the tables that they end with."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.table import Table

from surgeproof.cli.graph import stack_overrides
from surgeproof.cli.options import project_option, set_option
from surgeproof.cli.screen import screen
from surgeproof.graph.project import Project
from surgeproof.launch.overrides import parse_overrides
from surgeproof.localcloud.engine.errors import LOCAL_STACK, NotLocalError
from surgeproof.localcloud.engine.operations import Listener, LocalStack
from surgeproof.localcloud.engine.report import Report, Step, Violation, first_lines

Command = TypeVar("Command", bound=Callable[..., Any])
EXIT_CODES = {"succeeded": 0, "failed": 1, "blocked": 1, "interrupted": 130}
MOST_ROWS = 80
"""Rows of a table for the eye; ``--json`` has all."""


def engine_options(command: Command) -> Command:
    """The options of every command of the engine."""
    options = (
        click.option("--stack", default=LOCAL_STACK, show_default=True, metavar="NAME", help="Only the local stack."),
        click.option(
            "--settings", metavar="NAME", help="Run the settings of Pulumi.NAME.yaml in the local stack's own state."
        ),
        set_option,
        project_option,
        click.option(
            "--json", "as_json", is_flag=True, help="Print what was done as JSON, and nothing else, on stdout."
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


advisory_option = click.option("--advisory", is_flag=True, help="The policy pack only tells, and blocks nothing.")
refresh_option = click.option("--refresh", is_flag=True, help="Look first what was changed out of band.")


def local_stack(
    command: str,
    *,
    stack: str,
    settings: str | None,
    sets: Sequence[str],
    folder: Path,
    advisory: bool = False,
) -> LocalStack:
    """The local stack that a command works on.

    Raises:
        NotLocalError: Another stack was named.
        UnknownStackError: There are no such settings.
    """
    if stack != LOCAL_STACK:
        raise NotLocalError(stack, command)
    project = Project.find(folder)
    project.stack_file(settings or LOCAL_STACK)
    overrides = stack_overrides(parse_overrides(tuple(sets)))
    return LocalStack(project, settings or LOCAL_STACK, overrides, advisory, Listener(step=_progress, said=_say))


def _say(sentence: str) -> None:
    click.echo(f"surgeproof: {sentence}", err=True)


def _progress(operation: str, step: Step) -> None:
    if operation != "preview" and step.type != "pulumi:pulumi:Stack":
        click.echo(f"  {step.op:8} {short_type(step.type)} {step.name}", err=True)


def tell(reports: Sequence[Report], *, as_json: bool) -> int:
    """Print what a command did; its exit code.

    Args:
        reports: In the order in which they ran; the last one tells the result.
        as_json: Print one JSON document.
    """
    last = reports[-1]
    if as_json:
        earlier = {report.operation: report.document() for report in reports[:-1]}
        click.echo(json.dumps({**last.document(), **earlier}, indent=2))
    else:
        console = screen()
        if last.steps:
            console.print(_steps(last))
        if last.violations:
            console.print(_violations(last.violations))
        for line in first_lines(last.errors):
            click.echo(f"error: {line}", err=True)
    click.echo(sentence(last), err=True)
    return EXIT_CODES[last.result]


def sentence(report: Report) -> str:
    """What it comes to, in a line."""
    counts = ", ".join(f"{count} {op}" for op, count in sorted(report.changes.items()))
    verdicts = f"; policies: {len(report.mandatory())} mandatory, {_advisory(report)} advisory" if report.packs else ""
    told = f"{report.operation} {report.result}: {counts or 'nothing'}{verdicts} ({report.seconds:.1f} s)"
    more = {
        "blocked": "\nThe policy pack blocks it: change the program, waive with a reason, or see it with --advisory.",
        "interrupted": "\nWhat was made is in the state: `surgeproof up` goes on, `surgeproof destroy --yes` takes it away.",
    }
    return told + more.get(report.result, "")


def _advisory(report: Report) -> int:
    return len(report.violations) - len(report.mandatory())


def _steps(report: Report) -> Table:
    table = Table(title=report.operation, title_justify="left", header_style="bold", box=None)
    for column in ("", "type", "name", "what changes"):
        table.add_column(column, overflow="fold")
    steps = [step for step in report.steps if step.type != "pulumi:pulumi:Stack"]
    for step in steps[:MOST_ROWS]:
        table.add_row(step.op, short_type(step.type), step.name, _properties(step))
    if len(steps) > MOST_ROWS:
        table.add_row("...", f"{len(steps) - MOST_ROWS} more", "", "")
    return table


def _properties(step: Step) -> str:
    return ", ".join(f"{path} (replaces)" if path in step.replacing else path for path in step.properties)


def _violations(violations: Iterable[Violation]) -> Table:
    table = Table(title="policies", title_justify="left", header_style="bold", box=None)
    for column in ("", "policy", "resource", "what it says"):
        table.add_column(column, overflow="fold")
    rows = sorted(violations, key=lambda item: (item.level != "mandatory", item.policy, item.urn or ""))
    for item in rows[:MOST_ROWS]:
        table.add_row(
            item.level, item.policy, (item.urn or "").rsplit("::", 1)[-1], " ".join(item.message.split())[:300]
        )
    if len(rows) > MOST_ROWS:
        table.add_row("...", f"{len(rows) - MOST_ROWS} more", "", "")
    return table


def short_type(type_: str) -> str:
    """``aws:ec2/vpc:Vpc`` as ``ec2 Vpc``."""
    package, module, kind = type_.split(":")
    return f"{module.partition('/')[0]} {kind}" if package == "aws" else kind
