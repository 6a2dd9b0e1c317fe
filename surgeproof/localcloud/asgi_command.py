"""Understands a container's uvicorn command, so that its app can be started from a process that has loaded it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import click
from click.core import ParameterSource

KEEP_ALIVE = 75  # seconds; above the balancer's, as AWS advises: else an idle connection closes under a request


@dataclass(frozen=True, slots=True)
class AsgiCommand:
    """A uvicorn command line, parsed by uvicorn itself."""

    app: str
    factory: bool
    app_dir: str
    options: dict[str, Any]

    def listening_on(self, address: str, port: int) -> dict[str, Any]:
        """Options for uvicorn's own main function, on a task's address; the app itself is left to the caller."""
        return {**self.options, "host": address, "port": port}


def uvicorn_arguments(command: Sequence[str]) -> list[str] | None:
    """Arguments of a command that runs uvicorn (``uvicorn …``, ``python -m uvicorn …``), None for any other."""
    words = list(command)
    program = words[0].rsplit("/", 1)[-1] if words else ""
    if program == "uvicorn":
        return words[1:]
    if program.startswith("python") and words[1:3] == ["-m", "uvicorn"]:
        return words[3:]
    return None


def parse_asgi_command(command: Sequence[str]) -> AsgiCommand | None:
    """What a command would make uvicorn do; None when it is none, or one that can't be taken over (WSGI, sockets)."""
    arguments = uvicorn_arguments(command)
    if arguments is None:
        return None
    from uvicorn.main import main as uvicorn  # noqa: PLC0415 - comes with the extra

    try:
        context = uvicorn.make_context("uvicorn", arguments)
    except (click.exceptions.ClickException, click.exceptions.Exit):
        return None  # run it as it stands: its own words will be in its log
    options = dict(context.params)
    if options["uds"] or options["fd"] is not None or options["interface"] not in {"auto", "asgi3"}:
        return None
    app, factory = options.pop("app"), options.pop("factory")
    # One process is one task: its CPU share is one queue however many workers share it.
    options.update(workers=1, reload=False, reload_dirs=[], reload_includes=[], reload_excludes=[])
    if context.get_parameter_source("timeout_keep_alive") is ParameterSource.DEFAULT:
        options["timeout_keep_alive"] = KEEP_ALIVE
    return AsgiCommand(app=app, factory=factory, app_dir=options["app_dir"], options=options)
