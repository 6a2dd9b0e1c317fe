"""The garbage collector and the commands that answer and end, in processes of their own."""

from __future__ import annotations

import subprocess
import sys

import pytest

from surgeproof.cli.main import AT_ONCE, LazyGroup

_ENDS = """
import atexit, gc, sys
atexit.register(lambda: print("collects", gc.isenabled(), "hidden", gc.get_freeze_count() > 1000))
from surgeproof.cli.main import run
sys.argv = ["surgeproof", *sys.argv[1:]]
run()
"""


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["controls", "list"], 0, "collects False hidden True"),
        (["controls", "show", "NO-SUCH"], 2, "collects False hidden True"),
        (["launch", "--help"], 0, "collects True hidden False"),
    ],
)
def test_it_looks_away_from_what_ends_at_once_alone(arguments: list[str], code: int, told: str) -> None:
    done = subprocess.run([sys.executable, "-c", _ENDS, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    assert done.stdout.splitlines()[-1] == told


def test_each_of_them_is_a_command() -> None:
    assert set(LazyGroup.commands_by_name) >= AT_ONCE
