"""The stacks that shoppers, or testers in their place, use break no control."""

from __future__ import annotations

from pathlib import Path

import pytest

from surgeproof.controls.engine import run_controls
from surgeproof.controls.parameters import load_parameters
from surgeproof.controls.registry import all_controls
from surgeproof.graph.program import run_program
from surgeproof.graph.project import Project

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("stack", ["staging", "production"])
def test_nothing_fails_and_nothing_is_undecided(stack: str) -> None:
    parameters = load_parameters(ROOT / "policies/parameters.yaml", all_controls())
    findings = run_controls(run_program(Project.find(ROOT), stack), all_controls(), parameters)
    passed = [each for each in findings if each.verdict == "pass"]
    assert len(passed) > 1000
    assert [each for each in findings if each.verdict in ("fail", "unknown")] == []
