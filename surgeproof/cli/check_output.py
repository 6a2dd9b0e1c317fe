"""How `surgeproof check` tells its report: on the screen, on stdout, or as files."""

from __future__ import annotations

from pathlib import Path

import click

from surgeproof.cli.screen import screen
from surgeproof.controls.errors import UnwritableError
from surgeproof.controls.formats import FORMATS
from surgeproof.controls.report import Report
from surgeproof.controls.table import print_table, summary


def refuse_mixed(formats: tuple[str, ...], out: Path | None) -> None:
    """Several formats need a folder, and a folder needs a format that is a file.

    Raises:
        UsageError: When one has not the other.
    """
    if out is None and len(set(formats)) > 1:
        raise click.UsageError("Several formats do not fit on one output: say --out DIR.")
    if out is not None and set(formats) == {"table"}:
        raise click.UsageError(f"--out writes files, and a table is none: say --format {', '.join(FORMATS)}.")


def tell(report: Report, formats: tuple[str, ...], out: Path | None) -> None:
    """Print or write the report in each format.

    Args:
        report: What was found.
        formats: ``table``, or names of `FORMATS`.
        out: Folder of the files; None for stdout.
    """
    if "table" in formats:
        print_table(report, screen())
    elif out is not None:
        click.echo(summary(report), err=True)
    for name in dict.fromkeys(formats):
        if name == "table":
            continue
        files = FORMATS[name]
        if out is None:
            click.echo(files[0].write(report), nl=False)
            continue
        for file in files:
            write(out / file.name, file.write(report))


def write(path: Path, text: str) -> None:
    """Write a file and say so.

    Raises:
        UnwritableError: When it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UnwritableError(
            f"cannot be written ({error.strerror})", path=str(path), fix="Name another place"
        ) from None
    click.echo(f"{path}: written", err=True)
