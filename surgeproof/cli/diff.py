"""`surgeproof diff`: what a change of the program means, for a pull request."""

from __future__ import annotations

import json
from pathlib import Path

import click

from surgeproof.cli.graph import stack_overrides
from surgeproof.cli.options import set_option, stack_option
from surgeproof.graph.program import run_program
from surgeproof.graph.project import Project
from surgeproof.launch.overrides import parse_overrides
from surgeproof.review.against import graph_against
from surgeproof.review.review import review
from surgeproof.review.telling import as_data, as_markdown, as_text
from surgeproof.scaling.cost.prices import load_prices


@click.command("diff", short_help="Show what a change means: replaced, interrupted, dearer, weaker.")
@stack_option
@click.option(
    "--against",
    default="HEAD",
    show_default=True,
    metavar="REV|FILE|STATE",
    help="A revision, a saved graph (`surgeproof graph --json`) or a state (`pulumi stack export`).",
)
@set_option
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "markdown", "json")),
    default="text",
    show_default=True,
    help="How to print it.",
)
@click.option("--prices", type=click.Path(path_type=Path, dir_okay=False), help="Your own price table.")
def diff_command(*, stack: str, against: str, sets: tuple[str, ...], form: str, prices: Path | None) -> None:
    """Show what a change of the program or its settings would do, before anything is deployed.

    What is created, updated, replaced and deleted; what that interrupts or loses; what it costs a month; which
    controls fail that did not. The other side is a revision of this repository, run with its own settings.
    """
    table = load_prices(prices)
    project = Project.find()
    overrides = stack_overrides(parse_overrides(sets))
    new = run_program(project, stack, overrides=overrides)
    # What is set on the command line is part of the change.
    old, name = graph_against(against, project, stack, {})
    found = review(old, new, against=name, prices=table)
    if form == "json":
        click.echo(json.dumps(as_data(found), indent=2, ensure_ascii=False))
    else:
        click.echo(as_markdown(found) if form == "markdown" else as_text(found), nl=False)
