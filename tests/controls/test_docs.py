"""The pages of the controls are what the controls, and the live source, say."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from surgeproof.controls.evidence import evidence_schema
from surgeproof.controls.page import catalogue_page
from surgeproof.controls.registry import all_controls
from surgeproof.controls.sources_page import sources_page

DOCS = Path(__file__).parents[2] / "docs"


def _schema() -> str:
    return json.dumps(evidence_schema(), indent=2, ensure_ascii=False) + "\n"


@pytest.mark.parametrize(
    ("file", "make"),
    [
        ("controls/README.md", lambda: catalogue_page(all_controls())),
        ("controls/sources.md", lambda: sources_page(all_controls())),
        ("schemas/evidence.schema.json", _schema),
    ],
)
def test_the_page_is_current(file: str, make: Callable[[], str]) -> None:
    assert (DOCS / file).read_text(encoding="utf-8") == make(), "run `make schemas`"


def test_the_page_of_sources_has_every_source_and_the_policy() -> None:
    page = sources_page(all_controls())
    for name in ("--stack", "--state", "--graph", "--live", "--as-preview", "policy pack"):
        assert name in page
    assert '"Sid": "ReadConfiguration"' in page
    assert "| TAG-04" in page
    (row,) = [line for line in page.splitlines() if line.startswith("| RDS-04 ")]
    assert "`skipFinalSnapshot` is not kept" in row
