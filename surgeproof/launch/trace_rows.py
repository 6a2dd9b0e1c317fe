"""Rows of a CSV, plain or gz, in bounded memory."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path

from surgeproof.launch.errors import TraceError

MAX_ROWS = 600_000
"""Most rows that are read: a year of minutes. What is longer is refused after a second or two."""
_MAX_LINE = 10_000


def read_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of each row, the header first; blank lines are left out.

    Raises:
        TraceError: When the file cannot be read, is no CSV, or has more than ``MAX_ROWS`` rows.
    """
    file = str(path)
    try:
        with path.open("rb") as raw:
            packed = raw.peek(2)[:2] == b"\x1f\x8b"
            source = gzip.GzipFile(fileobj=raw) if packed else raw
            with io.TextIOWrapper(io.BufferedReader(source), encoding="utf-8-sig", newline="") as text:
                lines = _lines(text, file)
                head = next(lines, "")
                delimiter = max(",;\t", key=head.count)
                reader = csv.reader(_chain(head, lines), delimiter=delimiter)
                for number, row in enumerate(reader):
                    if number > MAX_ROWS:
                        problem = f"has more than {MAX_ROWS:,} rows"
                        fix = "Cut out the days around the peak, or add the rows up to one a minute"
                        raise TraceError(problem, path=file, fix=fix)
                    if any(row):
                        yield reader.line_num, row
    except FileNotFoundError:
        raise TraceError("there is no such trace", path=file, fix="Name a CSV file, plain or .gz") from None
    except (UnicodeDecodeError, csv.Error):
        raise TraceError("is not a CSV text", path=file, fix="Give a CSV in UTF-8, plain or .gz") from None
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise TraceError("is a damaged gz file", path=file, fix="Copy or pack it again") from None
    except OSError as error:
        raise TraceError(f"cannot be read ({error.strerror})", path=file, fix="Name a CSV file, plain or .gz") from None


def _lines(text: io.TextIOWrapper, file: str) -> Iterator[str]:
    number = 0
    while line := text.readline(_MAX_LINE):
        number += 1
        if len(line) == _MAX_LINE and not line.endswith("\n"):
            raise TraceError("has a line that is too long", path=f"{file}:{number}", fix="Give a CSV with a row a line")
        yield line


def _chain(head: str, rest: Iterator[str]) -> Iterator[str]:
    if head:
        yield head
    yield from rest
