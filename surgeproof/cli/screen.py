"""Where tables are printed: as wide as the terminal, and wide enough for whole names where there is none."""

from __future__ import annotations

from rich.console import Console

PIPE_WIDTH = 240
"""Columns of a file or a pipe, which has no width of its own."""


def screen(*, pipe_width: int = PIPE_WIDTH) -> Console:
    """Stdout, for a person.

    Args:
        pipe_width: Columns where it is no terminal.
    """
    console = Console()
    return console if console.is_terminal else Console(width=pipe_width)
