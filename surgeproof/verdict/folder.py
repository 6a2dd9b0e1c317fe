"""The evidence folder: verdict, report, JUnit and everything that they rest on, written whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from surgeproof.verdict.errors import EvidenceFolderError
from surgeproof.verdict.junit import junit_xml
from surgeproof.verdict.report import report_html
from surgeproof.verdict.verdict import Verdict

_NO_FILES: Mapping[str, Path | str | bytes] = {}
_FULL = {errno.ENOSPC, errno.EDQUOT}


def new_folder(parent: Path, launch: datetime) -> Path:
    """A new folder named after the launch, `2027-03-20T1000`; with `-2`, `-3` and so on when there are older ones.

    Raises:
        EvidenceFolderError: When it cannot be made.
    """
    name = f"{launch:%Y-%m-%dT%H%M}"
    with _told(parent):
        parent.mkdir(parents=True, exist_ok=True)
        for number in range(1, 10_000):
            folder = parent / (name if number == 1 else f"{name}-{number}")
            try:
                folder.mkdir()
            except FileExistsError:
                continue
            return folder
    raise EvidenceFolderError("has too many evidence folders of this launch", path=str(parent), fix="Remove old ones")


def write_evidence(folder: Path, verdict: Verdict, files: Mapping[str, Path | str | bytes] = _NO_FILES) -> Path:
    """Write a verdict and what it rests on; returns the path of the report.

    Each file appears whole: it is written beside its place and renamed. `verdict.json` comes last, so that a folder
    that holds one is complete.

    Args:
        folder: Where to; made when it is not there.
        verdict: The verdict.
        files: Other files by their path within the folder: a file or folder to copy, or the text or bytes to write.

    Raises:
        EvidenceFolderError: When the disk is full, or the folder cannot be written.
    """
    with _told(folder):
        folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        if isinstance(content, Path) and content.is_dir():
            for each in sorted(content.rglob("*")):
                if each.is_file():
                    _put(folder / name / each.relative_to(content), each)
        else:
            _put(folder / name, content)
    report = folder / "report.html"
    _put(report, report_html(verdict))
    _put(folder / "junit.xml", junit_xml(verdict))
    _put(folder / "verdict.json", verdict_json(verdict))
    return report


def verdict_json(verdict: Verdict) -> str:
    """The document as `verdict.json` holds it and `--json` prints it."""
    return verdict.model_dump_json(indent=2) + "\n"


def _put(place: Path, content: Path | str | bytes) -> None:
    if isinstance(content, Path) and content.exists() and place.exists() and content.samefile(place):
        return
    beside = place.with_name(f".{place.name}.{os.getpid()}.part")
    with _told(place):
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, Path):
                shutil.copyfile(content, beside)
            else:
                beside.write_bytes(content.encode() if isinstance(content, str) else content)
            with beside.open("rb") as written:
                os.fsync(written.fileno())
            beside.replace(place)
        except BaseException:
            with suppress(OSError):
                beside.unlink()
            raise


@contextmanager
def _told(place: Path) -> Generator[None]:
    """Say a failure of the file system in one sentence."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise EvidenceFolderError(
                "the disk is full, so the evidence could not be written",
                path=str(place),
                fix="Free some space, or name another folder with --out",
            ) from error
        raise EvidenceFolderError(
            f"cannot be written ({error.strerror or error})", path=str(place), fix="Name another folder with --out"
        ) from error
