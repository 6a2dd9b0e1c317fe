"""The handshake with who started the load process: ready.json from it, start.json to it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

READY = "ready.json"
START = "start.json"


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write a file that nobody sees half-written."""
    part = path.with_name(f".{path.name}.part")
    part.write_text(json.dumps(content), encoding="utf-8")
    part.replace(path)


def read_start(folder: Path) -> float | None:
    """``time.monotonic()`` at launch second 0, or None while it is not there."""
    path = folder / START
    if not path.exists():
        return None
    return float(json.loads(path.read_text(encoding="utf-8"))["started_at"])
