"""`surgeproof new`: a service of your own in the scaffold, with settings, tests and a journey."""

from __future__ import annotations

import shlex

import click

from surgeproof.graph.project import Project
from surgeproof.starter.files import new_files
from surgeproof.starter.order import Order, Shape


@click.command("new", short_help="Put a service of your own into the scaffold.")
@click.argument("name")
@click.option(
    "--shape",
    type=click.Choice(("web", "worker")),
    default="web",
    show_default=True,
    help="Behind the load balancer on /NAME, or on a queue of its own that gets every paid order.",
)
@click.option("--command", metavar="TEXT", help="Your container's own command; without it, code is made to start from.")
@click.option("--port", type=click.IntRange(1, 65535), default=8080, show_default=True, help="A web service's.")
@click.option("--health-path", default="/healthz", show_default=True, help="Answers 200 when a task can serve.")
@click.option("--dry-run", is_flag=True, help="Say what would be written.")
def new_command(*, name: str, shape: Shape, command: str | None, port: int, health_path: str, dry_run: bool) -> None:
    """Put a service of your own into the scaffold: settings in every stack, code, tests, a journey and a plan.

    NAME is the service's, and for a web service the path that it answers on.
    """
    try:
        words = tuple(shlex.split(command or ""))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--command") from None
    order = Order(name, shape, words, port, health_path)
    project = Project.find()
    files = new_files(project.root, project.stacks, order)
    for path, text in files.items():
        known = (project.root / path).exists()
        if not dry_run:
            (project.root / path).parent.mkdir(parents=True, exist_ok=True)
            (project.root / path).write_text(text, encoding="utf-8")
        click.echo(f"{'changed' if known else 'new    '}  {path}")
    plan = f"loadtests/plans/{name}.yaml" if shape == "web" else "loadtests/plans/smoke.yaml"
    click.echo(f"Next: `surgeproof rehearse {plan}`, then set its cpu_ms, scaling and image to yours.", err=True)
