"""The terminal's words, to the letter."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from surgeproof.verdict.terminal import print_verdict
from surgeproof.verdict.verdict import Verdict

GOLDEN = Path(__file__).parent / "golden"
REPORT = "evidence/2027-03-20T1000/report.html"


def printed(verdict: Verdict, encoding: str = "utf-8") -> str:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, write_through=True)
    print_verdict(Console(file=stream, width=80, force_terminal=False), verdict, report=REPORT)
    return raw.getvalue().decode(encoding)


@pytest.mark.parametrize("name", ["go", "no_go", "invalid", "load_test"])
def test_golden(name: str, request: pytest.FixtureRequest):
    told = printed(request.getfixturevalue(name))
    assert told == (GOLDEN / f"{name}.txt").read_text(), (
        f"if it is better than golden/{name}.txt, write it there:\n{told}"
    )


def test_a_terminal_without_unicode_gets_plain_signs(no_go: Verdict):
    told = printed(no_go, "ascii")
    assert "x peak checkout p95" in told
    assert "+ 3 gates held" in told


def test_colour_says_nothing_that_words_do_not(no_go: Verdict):
    coloured = io.StringIO()
    print_verdict(Console(file=coloured, width=80, force_terminal=True, color_system="truecolor"), no_go, report=REPORT)
    assert "\x1b[" in coloured.getvalue()
    plain = io.StringIO()
    print_verdict(Console(file=plain, width=80, no_color=True, force_terminal=False), no_go, report=REPORT)
    assert "\x1b[" not in plain.getvalue()
    assert plain.getvalue().startswith("NO-GO")
