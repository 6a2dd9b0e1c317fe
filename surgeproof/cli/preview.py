"""`surgeproof preview`: what an up of the local stack would do, by the real Pulumi engine."""

from __future__ import annotations

from pathlib import Path

import click

from surgeproof.cli.engine_output import advisory_option, engine_options, local_stack, refresh_option, tell


@click.command("preview", short_help="See what the real Pulumi engine would do, without an account.")
@engine_options
@refresh_option
@advisory_option
def preview_command(
    *,
    stack: str,
    settings: str | None,
    sets: tuple[str, ...],
    folder: Path,
    as_json: bool,
    refresh: bool,
    advisory: bool,
) -> int:
    """Show what `surgeproof up` would create, change, replace and delete, and what the policy pack says of it.

    The real Pulumi engine runs the program; AWS is embedded. Needs the Pulumi CLI.

    Exit codes: 0 it would go through, 1 it fails or the pack blocks it, 2 a usage or configuration error.
    """
    local = local_stack("preview", stack=stack, settings=settings, sets=sets, folder=folder, advisory=advisory)
    return tell([local.preview(refresh=refresh)], as_json=as_json)
