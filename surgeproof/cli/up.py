"""`surgeproof up`: deploys the local stack with the real Pulumi engine into the embedded AWS."""

from __future__ import annotations

from pathlib import Path

import click

from surgeproof.cli.engine_output import advisory_option, engine_options, local_stack, refresh_option, tell


@click.command("up", short_help="Deploy with the real Pulumi engine into the embedded AWS.")
@engine_options
@refresh_option
@advisory_option
def up_command(
    *,
    stack: str,
    settings: str | None,
    sets: tuple[str, ...],
    folder: Path,
    as_json: bool,
    refresh: bool,
    advisory: bool,
) -> int:
    """Preview, and then deploy: nothing is touched when the preview fails or the policy pack blocks it.

    The embedded AWS that is deployed into runs on until `surgeproof destroy`; `surgeproof cloud status` tells where.
    Needs the Pulumi CLI.

    Exit codes: 0 done, 1 it failed or the pack blocked it, 2 a usage or configuration error.
    """
    local = local_stack("up", stack=stack, settings=settings, sets=sets, folder=folder, advisory=advisory)
    return tell(local.up(refresh=refresh), as_json=as_json)
