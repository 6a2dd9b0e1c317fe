"""`surgeproof cloud`: keeps the embedded AWS running, for `aws`, boto3, Pulumi and the engine's commands."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path

import click

from surgeproof.cli.options import project_option
from surgeproof.graph.project import Project
from surgeproof.localcloud.aws_errors import EmbeddedAwsError
from surgeproof.localcloud.engine.cloud import Cloud, noted_cloud, running_cloud, start_cloud, stop_cloud
from surgeproof.localcloud.engine.folder import StateFolder
from surgeproof.localcloud.guard import DEFAULT_REGION

LOOK_EVERY = 0.5
"""Real seconds between two looks whether it still runs."""


@click.group("cloud", short_help="Keep the embedded AWS running.", invoke_without_command=True)
@project_option
@click.option("--port", default=0, help="Port of 127.0.0.1. [default: a free one]")
@click.option("--region", help="Region of clients that name none. [default: the local stack's]")
@click.pass_context
def cloud_group(context: click.Context, *, folder: Path, port: int, region: str | None) -> int:
    """Run the embedded AWS in the foreground until Ctrl-C, and print what points other tools at it.

    Everything in it is in memory: what was deployed goes when it ends. `surgeproof up` uses one that runs, and starts
    one that runs on in the background when there is none.
    """
    project = Project.find(folder)
    context.obj = StateFolder(project.root)
    if context.invoked_subcommand is not None:
        return 0
    there = running_cloud(context.obj)
    if there is not None:
        raise EmbeddedAwsError(
            f"one runs already at {there.endpoint_url} (process {there.pid})", fix="Use it, or `surgeproof cloud stop`"
        )
    wanted = region or project.config("local").values.get("aws:region", DEFAULT_REGION)
    # A job in the background ignores Ctrl-C, and a supervisor sends SIGTERM: both end it.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    cloud = start_cloud(context.obj, region=wanted, port=port, kept=True)
    try:
        for name, value in cloud.environment().items():
            click.echo(f"export {name}={value}")
        click.echo("surgeproof: the embedded AWS runs until Ctrl-C", err=True)
        while noted_cloud(context.obj) is not None:
            time.sleep(LOOK_EVERY)
    except KeyboardInterrupt:
        pass
    finally:
        stop_cloud(context.obj)
    return 0


@cloud_group.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.pass_obj
def status_command(folder: StateFolder, *, as_json: bool) -> int:
    """Tell where the project's embedded AWS runs. Exit code 1 when it does not."""
    cloud = running_cloud(folder)
    if as_json:
        click.echo(json.dumps(_document(cloud)))
    elif cloud is not None:
        for name, value in cloud.environment().items():
            click.echo(f"export {name}={value}")
    click.echo(f"process {cloud.pid}" if cloud else "the embedded AWS does not run", err=True)
    return 0 if cloud else 1


@cloud_group.command("stop")
@click.pass_obj
def stop_command(folder: StateFolder) -> int:
    """End it, and all that was deployed into it with it."""
    cloud = stop_cloud(folder)
    click.echo(f"ended process {cloud.pid}" if cloud else "the embedded AWS does not run", err=True)
    return 0


def _document(cloud: Cloud | None) -> dict[str, object]:
    if cloud is None:
        return {"running": False}
    return {"running": True, "pid": cloud.pid, "endpoint_url": cloud.endpoint_url, "environment": cloud.environment()}
