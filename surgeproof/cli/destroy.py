"""`surgeproof destroy`: deletes the local stack from the embedded AWS."""

from __future__ import annotations

from pathlib import Path

import click

from surgeproof.cli.engine_output import engine_options, local_stack, tell


@click.command("destroy", short_help="Delete the local stack from the embedded AWS.")
@engine_options
@click.option("--yes", is_flag=True, help="Do it without asking.")
@click.option("--unprotect", is_flag=True, help="Take off what protects resources first, and empty buckets.")
def destroy_command(
    *, stack: str, settings: str | None, sets: tuple[str, ...], folder: Path, as_json: bool, yes: bool, unprotect: bool
) -> int:
    """Delete all that the state knows, and end the embedded AWS unless `surgeproof cloud` started it.

    When the embedded AWS is gone already, its resources are forgotten.

    Exit codes: 0 done, 1 it failed, 2 a usage or configuration error.
    """
    local = local_stack("destroy", stack=stack, settings=settings, sets=sets, folder=folder)
    if not yes:
        click.confirm(f"Delete the {local.deployed()} resources of the local stack?", abort=True, err=True)
    return tell([local.destroy(unprotect=unprotect)], as_json=as_json)
