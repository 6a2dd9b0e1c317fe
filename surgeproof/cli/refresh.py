"""`surgeproof refresh`: lets the state of the local stack say what is in the embedded AWS."""

from __future__ import annotations

from pathlib import Path

import click

from surgeproof.cli.engine_output import engine_options, local_stack, tell


@click.command("refresh", short_help="See what was changed out of band in the embedded AWS.")
@engine_options
def refresh_command(*, stack: str, settings: str | None, sets: tuple[str, ...], folder: Path, as_json: bool) -> int:
    """Ask the embedded AWS for every resource of the state, and tell what differs; the next up puts it right.

    Exit codes: 0 done, 1 it failed, 2 a usage or configuration error.
    """
    local = local_stack("refresh", stack=stack, settings=settings, sets=sets, folder=folder)
    return tell([local.refresh()], as_json=as_json)
