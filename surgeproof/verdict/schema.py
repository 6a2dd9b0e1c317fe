"""Writes the JSON Schema of `verdict.json` to where it is published: `python -m surgeproof.verdict.schema`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from surgeproof.verdict.verdict import verdict_schema

PUBLISHED = Path("docs/schemas/verdict.schema.json")


def write_schema(place: Path = PUBLISHED) -> Path:
    """Write the schema; returns where."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps(verdict_schema(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return place


if __name__ == "__main__":
    sys.stderr.write(f"wrote {write_schema()}\n")
