"""The table of features: every cell of ours names a test that is there; so does all else that the page says of us."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs/features.md").read_text(encoding="utf-8")
LINES = [
    [cell.strip() for cell in line.strip().strip("|").split(" | ")]
    for line in TEXT.splitlines()
    if line.startswith("| ") and "::" in line
]
FEATURES, QUOTAS = [row for row in LINES if len(row) > 4], [row for row in LINES if len(row) <= 4]
OURS = -2


@cache
def functions(file: str) -> set[str]:
    """Names of the functions of a test file."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}


def test_the_tables_are_whole():
    assert len(FEATURES) >= 29
    assert {len(row) for row in FEATURES} == {12}
    assert {len(row) for row in QUOTAS} == {4}


@pytest.mark.parametrize("row", FEATURES, ids=lambda row: row[0])
def test_what_we_have_is_on_or_an_option(row: list[str]):
    assert re.match(r"(\*\*)?[Do]\b", row[OURS]), row[OURS]


@pytest.mark.parametrize("row", LINES, ids=lambda row: row[0])
def test_what_we_have_is_shown_by_a_test(row: list[str]):
    named = row[-1].split(", ")
    for link in named:
        file, _, name = link.strip("`").partition("::")
        assert name in functions(file), f"{file} has no {name}"
