"""Options that several commands share: which stack, what is changed in it, where the project lies."""

from __future__ import annotations

from pathlib import Path

import click

stack_option = click.option("--stack", required=True, metavar="NAME", help="Which stack's settings: Pulumi.NAME.yaml.")
set_option = click.option(
    "--set", "sets", multiple=True, metavar="PATH=VALUE", help="Change a setting of stack or plan."
)
project_option = click.option(
    "--project",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="Folder of the Pulumi project, or one below it. [default: this one]",
)
