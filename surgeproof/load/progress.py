"""One line of progress a real second, in ``progress.jsonl``."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from surgeproof.launch.records import Record

RECENT = 5.0
"""Real seconds that the latencies of a line look back."""
FILE = "progress.jsonl"


class ProgressLine(Record):
    """The state of a load run. Counts are since its start."""

    at: float = Field(description="Launch second")
    planned: int = Field(description="Arrivals due so far")
    delivered: int = Field(description="Journeys started so far")
    in_flight: int = Field(description="Journeys open now")
    connections: int = Field(default=0, description="Connections open now")
    waiting: int = Field(default=0, description="Requests that wait for a connection now, as all are in use")
    requests: int
    errors: int
    p95_ms: float | None = Field(description="Corrected, over the last 5 real seconds; null without requests")
    lag_p99_ms: float | None = Field(description="Scheduling lag over the last 5 real seconds")
    cpu: float = Field(description="Share of one core in the last second, of the busiest worker")


class ProgressFile:
    """Appends lines; a reader sees whole lines only."""

    def __init__(self, folder: Path) -> None:
        self._file = (folder / FILE).open("w", encoding="utf-8", buffering=1)

    def write(self, line: ProgressLine) -> None:
        """Append a line."""
        self._file.write(line.model_dump_json() + "\n")

    def close(self) -> None:
        """No more lines will come."""
        self._file.close()


class ProgressTail:
    """Reads the lines that came since the last look."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._offset = 0

    def read(self) -> list[ProgressLine]:
        """New lines, none when there are none yet."""
        if not self._path.exists():
            return []
        with self._path.open("rb") as file:
            file.seek(self._offset)
            content = file.read()
        whole = content[: content.rfind(b"\n") + 1]
        self._offset += len(whole)
        return [ProgressLine.model_validate_json(line) for line in whole.splitlines()]
