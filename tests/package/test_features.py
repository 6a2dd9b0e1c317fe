"""The table of features: every cell of ours names a test that is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROWS = [
    [cell.strip() for cell in line.strip().strip("|").split(" | ")]
    for line in (ROOT / "docs/features.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and "::" in line
]
OURS = -2


def test_the_table_is_whole():
    assert len(ROWS) >= 29
    assert {len(row) for row in ROWS} == {12}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_what_we_have_is_shown_by_a_test(row: list[str]):
    assert re.match(r"(\*\*)?[Do]\b", row[OURS]), row[OURS]
    file, _, name = row[-1].strip("`").partition("::")
    functions = {
        node.name
        for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8")))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    }
    assert name in functions, f"{file} has no {name}"
