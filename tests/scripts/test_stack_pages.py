"""The pages of the stacks are current, and say what a stack is for and what it costs."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.stack_pages import purpose, stack_pages
from surgeproof.graph.project import Project

ROOT = Path(__file__).resolve().parents[2]
PROJECT = Project.find(ROOT)


@pytest.fixture(scope="module")
def pages() -> dict[Path, str]:
    return stack_pages(PROJECT)


def test_every_stack_has_a_page_that_is_current(pages: dict[Path, str]):
    stacks = {stack for stack in PROJECT.stacks if not stack.startswith("pr-")}
    assert {path.stem for path in pages} == {*stacks, "README"}
    old = [str(path) for path, text in pages.items() if (ROOT / "docs" / path).read_text(encoding="utf-8") != text]
    assert not old, "not current: run `make schemas`"
    kept = {path.relative_to(ROOT / "docs") for path in (ROOT / "docs/stacks").glob("*.md")}
    assert kept == set(pages)


def test_a_page_says_what_it_is_for_and_what_a_month_costs(pages: dict[Path, str]):
    for stack in ("dev", "production"):
        page = pages[Path(f"stacks/{stack}.md")]
        assert purpose(PROJECT, stack) in page
        assert "**in all**" in page
        assert "were not compared with AWS's own list" in page
