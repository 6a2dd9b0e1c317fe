"""Writes the JSON Schema of stack files: `python -m infra.schema`."""

from __future__ import annotations

import json
from pathlib import Path

from infra.settings import settings_schema

FILE = Path(__file__).resolve().parent.parent / "docs" / "schemas" / "settings.schema.json"


def main() -> None:
    """Write the schema to where the stack files look for it."""
    FILE.write_text(json.dumps(settings_schema(), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
