"""`surgeproof drift`: what was changed by hand in an account, what that weakens, and what `up` would do."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import boto3
import click
from botocore.exceptions import BotoCoreError

from surgeproof.cli.drift_output import print_drift
from surgeproof.cli.graph import stack_overrides
from surgeproof.cli.options import set_option
from surgeproof.cli.screen import screen
from surgeproof.graph.live.source import read_account
from surgeproof.graph.model import Graph
from surgeproof.graph.program import run_program
from surgeproof.graph.project import Project
from surgeproof.graph.state_source import graph_of_state, read_state
from surgeproof.launch.overrides import parse_overrides
from surgeproof.localcloud.engine.cloud import running_cloud
from surgeproof.localcloud.engine.errors import LOCAL_STACK
from surgeproof.localcloud.engine.folder import StateFolder
from surgeproof.localcloud.guard import guard_process
from surgeproof.review.drift import Drift, find_drift, readers_for
from surgeproof.review.errors import ReviewError

DRIFTED = 1
"""Exit code when something was changed by hand."""


@click.command("drift", short_help="Show what was changed by hand, and what `up` would do about it.")
@click.option("--stack", required=True, metavar="NAME", help="Which stack: Pulumi.NAME.yaml.")
@click.option(
    "--state",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Its state (`pulumi stack export`). [default: asked of the Pulumi CLI; the local stack's own]",
)
@click.option("--settings", metavar="NAME", help="Whose settings the local stack was deployed with. [default: local]")
@set_option
@click.option("--profile", help="AWS profile.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def drift_command(
    *, stack: str, state: Path | None, settings: str | None, sets: tuple[str, ...], profile: str | None, as_json: bool
) -> int:
    """Compare the program, the state and the account, by describe, get and list calls alone.

    Exit codes: 0 nothing has drifted, 1 something has, 2 a usage or configuration error.
    """
    project = Project.find()
    if settings is not None and stack != LOCAL_STACK:
        raise click.UsageError("--settings is for the local stack, which can be deployed with another's.")
    overrides = stack_overrides(parse_overrides(sets))
    program = run_program(project, settings or stack, overrides=overrides, name=stack)
    deployed = _state(project, stack, state)
    region = project.config(settings or stack).values.get("aws:region")
    if stack == LOCAL_STACK and state is None:
        _look_into_the_local_cloud(project)
    account = read_account(_session(profile, region), readers_for(deployed))
    found = find_drift(program, deployed, account)
    if as_json:
        click.echo(json.dumps(as_data(found), indent=2, ensure_ascii=False))
    else:
        _tell(found)
    return DRIFTED if found.items else 0


def _state(project: Project, stack: str, file: Path | None) -> Graph:
    """What was deployed last: of a file, of the local stack's own state folder, or of the Pulumi CLI."""
    if file is not None:
        return read_state(file)
    if stack == LOCAL_STACK:
        kept = StateFolder(project.root).state / ".pulumi" / "stacks" / project.name / f"{stack}.json"
        if not kept.is_file():
            raise ReviewError("nothing is deployed", path="--stack", got=stack, fix="Run `surgeproof up` first")
        return read_state(kept)
    cli = shutil.which("pulumi")
    if cli is None:
        raise ReviewError(
            "there is no state and no Pulumi CLI to ask for it", path="--state", fix="Say --state FILE, or install it"
        )
    told = subprocess.run(
        [cli, "stack", "export", "--stack", stack], cwd=project.root, capture_output=True, text=True, check=False
    )
    if told.returncode:
        word = (told.stderr.strip().splitlines() or ["it says nothing"])[-1]
        raise ReviewError(
            f"Pulumi does not tell its state ({word})",
            path="--stack",
            got=stack,
            fix="Log in to where the state is, or say --state FILE",
        )
    return graph_of_state(told.stdout, path=f"pulumi stack export --stack {stack}")


def _session(profile: str | None, region: str | None) -> boto3.Session:
    try:
        return boto3.Session(profile_name=profile, region_name=region)
    except BotoCoreError as error:
        raise ReviewError(f"no session with AWS ({error})", path="--profile", got=profile) from None


def _look_into_the_local_cloud(project: Project) -> None:
    cloud = running_cloud(StateFolder(project.root))
    if cloud is None:
        raise ReviewError(
            "the embedded AWS that it was deployed into does not run any more",
            path="--stack",
            got=LOCAL_STACK,
            fix="Run `surgeproof up`",
        )
    guard_process(region=cloud.region)
    os.environ.update(cloud.environment())


def as_data(found: Drift) -> dict[str, Any]:
    """The drift as plain data, for `--json`."""
    return {
        "stack": found.stack,
        "compared": found.compared,
        "drift": [
            {
                "kind": item.kind,
                "type": item.resource.type,
                "name": item.resource.name,
                "urn": item.resource.urn,
                "id": item.resource.id,
                "properties": [
                    {"path": each.path, "state": each.state, "account": each.account, "program": each.program}
                    for each in item.properties
                ],
                "weakens": [
                    {"control": each.control, "severity": each.severity, "message": each.message}
                    for each in item.weakens
                ],
                "up": item.up,
            }
            for item in found.items
        ],
        "not_looked_at": found.not_looked_at,
        "unread": list(found.unread),
    }


def _tell(found: Drift) -> None:
    print_drift(found, screen())
    click.echo(
        f"{found.compared} resources compared: "
        + (f"{len(found.items)} drifted" if found.items else "nothing was changed by hand"),
        err=True,
    )
    if found.not_looked_at:
        total = sum(found.not_looked_at.values())
        kinds = ", ".join(type_.rpartition(":")[2] for type_ in found.not_looked_at)
        click.echo(f"{total} not looked at, of types that the live source does not read: {kinds}", err=True)
    for refused in found.unread:
        click.echo(f"not read: {refused}", err=True)
