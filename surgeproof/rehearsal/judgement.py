"""The end of a run: judge, write the evidence, tell the verdict."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click
from rich.console import Console

from surgeproof.rehearsal.errors import RehearsalError
from surgeproof.rehearsal.options import RunOptions
from surgeproof.verdict.evidence import RunEvidence
from surgeproof.verdict.folder import new_folder, verdict_json, write_evidence
from surgeproof.verdict.judge import judge
from surgeproof.verdict.terminal import print_verdict
from surgeproof.verdict.verdict import Verdict

EVIDENCE = Path("evidence")


def conclude(run: RunEvidence, options: RunOptions, files: Mapping[str, Path | str | bytes]) -> Verdict:
    """Judge a run, write its evidence folder, and print the verdict.

    Args:
        run: Everything that the verdict rests on.
        options: Where the evidence goes, and whether stdout is for the document alone.
        files: What goes into the evidence folder besides verdict, report and JUnit.
    """
    verdict = judge(run)
    folder = options.out or new_folder(EVIDENCE, verdict.scope.launch)
    report = write_evidence(folder, verdict, files)
    if options.as_json:
        click.echo(verdict_json(verdict))
    print_verdict(Console(stderr=options.as_json), verdict, report=str(report))
    return verdict


def check_out(options: RunOptions) -> None:
    """Say before the run, and not after it, that the evidence can't be written where it is asked for.

    Raises:
        RehearsalError: The folder can't be made or written.
    """
    folder = options.out or EVIDENCE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise RehearsalError(
            f"the evidence can't be written there ({error.strerror})",
            path="--out" if options.out else "evidence",
            got=str(folder),
            fix="Name another folder with --out",
        ) from error


def load_files(folder: Path) -> dict[str, Path | str | bytes]:
    """What the load engine left, by its path in the evidence folder."""
    kept = ("*.hlog", "*.log", "result.json", "progress.jsonl", "samples.npz")
    return {f"load/{file.name}": file for pattern in kept for file in sorted(folder.glob(pattern))}
