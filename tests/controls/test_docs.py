"""The page of the controls is what the controls say."""

from __future__ import annotations

from pathlib import Path

from surgeproof.controls.page import catalogue_page
from surgeproof.controls.registry import all_controls

PAGE = Path(__file__).parents[2] / "docs/controls/README.md"


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == catalogue_page(all_controls()), "run `make schemas`"
