"""Reading a history: CSV, plain or gz, to times and rates, refusing what cannot be a history."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from pathlib import Path

import numpy as np
import numpy.typing as npt

from surgeproof.launch.errors import TraceError
from surgeproof.launch.trace_columns import Columns, find_columns, parse_time, parse_zone
from surgeproof.launch.trace_rows import read_rows
from surgeproof.launch.traced import TraceSpec

_MAX_LABELS = 1000
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - wall-clock seconds are counted from a wall-clock date


@dataclass(frozen=True, slots=True)
class History:
    """The rows of one label.

    Attributes:
        file: As it was named.
        instants: Seconds since 1970 (UTC) at which the rows' intervals start, rising.
        rates: Mean rate of each interval, per second.
        interval: Seconds from row to row where nothing is missing.
        zone: The history's zone.
        lines: Line in the file of each row.
    """

    file: str
    instants: npt.NDArray[np.float64]
    rates: npt.NDArray[np.float64]
    interval: float
    zone: tzinfo
    lines: npt.NDArray[np.int64]

    @property
    def extent(self) -> tuple[float, float]:
        """Start of the first interval and end of the last."""
        return float(self.instants[0]), float(self.instants[-1]) + self.interval

    def date(self, instant: float) -> datetime:
        """Date and time in the history's zone."""
        return datetime.fromtimestamp(instant, tz=self.zone)

    def instant(self, date: datetime) -> float:
        """Seconds since 1970 of a date and time; without a zone it is in the history's."""
        return (date if date.tzinfo else date.replace(tzinfo=self.zone)).timestamp()


def read_history(spec: TraceSpec, path: Path) -> History:
    """Read the rows of the chosen label.

    Raises:
        TraceError: When the file cannot be read, or is no history.
    """
    file = str(path)
    rows = read_rows(path)
    header_line, header = next(rows, (0, None))
    first_line, first = next(rows, (0, None))
    if header is None or first is None:
        raise TraceError("has no rows", path=file, fix="Give a CSV with a header and a row for each interval")
    columns = find_columns(header, first, spec.columns, file)
    if columns.label is None and spec.label is not None:
        raise TraceError("has no label column", path=f"{file}:{header_line}", got=spec.label, fix="Leave --label out")
    reader = _Reader(file, columns, spec.label)
    reader.take(first_line, first)
    for line, row in rows:
        reader.take(line, row)
    return reader.history(spec)


class _Reader:
    """Takes row after row, refuses what does not fit to those before."""

    def __init__(self, file: str, columns: Columns, label: str | None) -> None:
        self.file = file
        self.columns = columns
        self.label = label
        self.walls, self.values, self.lines = array("d"), array("d"), array("q")
        self.offsets: list[timezone | None] = []
        self.labels: dict[str, None] = {}

    def take(self, line: int, row: list[str]) -> None:
        where = f"{self.file}:{line}"
        if len(row) != self.columns.width:
            problem = f"has {len(row)} columns where the header has {self.columns.width}"
            raise TraceError(problem, path=where, fix="Correct the row")
        if self.columns.label is not None and not self._is_chosen(row[self.columns.label]):
            return
        text = row[self.columns.time]
        wall, offset = _time(text, where)
        if offset not in self.offsets:
            self.offsets.append(offset)
            if len(self.offsets) > 1:
                problem = "mixes zones: this timestamp's is another than those above"
                raise TraceError(problem, path=where, got=text, fix="Write all timestamps in one zone, best in UTC")
        if self.walls and wall <= self.walls[-1]:
            raise self._out_of_order(text, where, doubled=wall == self.walls[-1])
        self.walls.append(wall)
        self.values.append(_value(row[self.columns.value], where))
        self.lines.append(line)

    def _is_chosen(self, label: str) -> bool:
        if len(self.labels) < _MAX_LABELS:
            self.labels.setdefault(label)
        return label == (self.label if self.label is not None else next(iter(self.labels)))

    def _out_of_order(self, text: str, where: str, *, doubled: bool) -> TraceError:
        problem = "has the timestamp of the row before again" if doubled else "is earlier than the row before"
        fix = "Add such rows up" if doubled else "Sort the rows by time"
        if self.columns.label is None and self.columns.width > 2:
            fix += ", or name the column that tells the series apart with curve.trace.columns.label"
        return TraceError(problem, path=where, got=text, fix=fix)

    def history(self, spec: TraceSpec) -> History:
        self._check_label()
        if len(self.walls) < 5:
            fix = "Give a longer history"
            raise TraceError("is too short", path=self.file, got=len(self.walls), allowed="5 rows or more", fix=fix)
        walls, amounts, lines = np.array(self.walls), np.array(self.values), np.array(self.lines)
        zone = _zone(self.file, self.columns, spec, walls[0], self.offsets[0])
        instants = _instants(walls, zone)
        steps = np.diff(instants)
        if (steps <= 0).any():
            where = f"{self.file}:{lines[int((steps <= 0).argmax()) + 1]}"
            fix = "Give timestamps with their offset, or in UTC"
            raise TraceError(f"tells a time that does not exist in {zone}, as clocks change", path=where, fix=fix)
        sizes, counts = np.unique(steps, return_counts=True)
        interval = float(sizes[counts.argmax()])
        rates = amounts / (self.columns.per if self.columns.is_rate else interval)
        return History(self.file, instants, rates, interval, zone, lines)

    def _check_label(self) -> None:
        known = ", ".join(list(self.labels)[:10])
        if self.label is not None and not self.walls:
            fix = "Name one of these"
            raise TraceError("has no rows with this label", path=self.file, got=self.label, allowed=known, fix=fix)
        if self.label is None and len(self.labels) > 1:
            problem = f"has {len(self.labels)} labels" if len(self.labels) < _MAX_LABELS else "has many labels"
            raise TraceError(problem, path=self.file, allowed=known, fix="Choose one with --label")


def _instants(walls: npt.NDArray[np.float64], zone: tzinfo) -> npt.NDArray[np.float64]:
    """Seconds since 1970 in UTC of wall-clock seconds. Clocks change on quarters of an hour."""
    quarters, place = np.unique(walls // 900, return_inverse=True)
    offsets = [(_EPOCH + timedelta(seconds=float(q) * 900)).replace(tzinfo=zone).utcoffset() for q in quarters]
    return walls - np.array([offset.total_seconds() if offset else 0.0 for offset in offsets])[place]


def _zone(file: str, columns: Columns, spec: TraceSpec, first: float, offset: tzinfo | None) -> tzinfo:
    told = offset or columns.zone
    given = parse_zone(spec.zone) if spec.zone else None
    if told is None and given is None:
        fix = "Add --zone, an IANA name or utc±N"
        raise TraceError("does not tell the zone of its timestamps", path=file, fix=fix)
    if told is not None and given is not None:
        date = _EPOCH + timedelta(seconds=first)
        if date.replace(tzinfo=told).utcoffset() != date.replace(tzinfo=given).utcoffset():
            fix = "Leave --zone out"
            raise TraceError(f"tells another zone ({told}) than --zone", path=file, got=spec.zone, fix=fix)
    return given or told or UTC


def _time(text: str, where: str) -> tuple[float, timezone | None]:
    try:
        date = parse_time(text)
    except (ValueError, OverflowError):
        allowed = "ISO 8601 such as 1998-06-10T19:26, or seconds since 1970"
        raise TraceError("is not a timestamp", path=where, got=text, allowed=allowed, fix="Correct the row") from None
    if date.tzinfo is None:
        return (date - _EPOCH).total_seconds(), None
    offset = date.utcoffset() or timedelta()
    return (date.replace(tzinfo=None) - _EPOCH).total_seconds(), timezone(offset)


def _value(text: str, where: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise TraceError("is not a number", path=where, got=text, allowed="0 or more", fix="Correct the row") from None
    if not 0 <= value < 1e15:
        problem = "is negative" if value < 0 else "is not a count"
        raise TraceError(problem, path=where, got=text, allowed="0 or more", fix="Correct the row")
    return value
