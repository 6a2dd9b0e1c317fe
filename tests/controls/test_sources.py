"""The sources agree: the program's graph, saved or written as an engine's export, gives the same findings."""

from __future__ import annotations

from pathlib import Path

import pytest

from surgeproof.controls.engine import run_controls
from surgeproof.controls.registry import all_controls
from surgeproof.graph.model import Graph
from surgeproof.graph.program import run_program
from surgeproof.graph.project import Project
from surgeproof.graph.state_source import graph_of_state
from tests.graph.stack_export import stack_export

Told = set[tuple[str, str, str, str, str]]


@pytest.fixture(scope="module")
def program() -> Graph:
    """Our own production stack."""
    return run_program(Project.find(Path(__file__).parents[2]), "production")


def _told(graph: Graph) -> Told:
    findings = run_controls(graph, all_controls())
    return {(item.control, item.urn, item.verdict, item.path, item.message) for item in findings}


def test_program_saved_graph_and_export_give_the_same_findings(program: Graph) -> None:
    told = _told(program)
    assert any(verdict == "pass" for _, _, verdict, _, _ in told)
    assert _told(Graph.from_json(program.to_json())) == told
    assert _told(graph_of_state(stack_export(program))) == told


def test_no_control_breaks_on_our_stack_and_every_type_is_known(program: Graph) -> None:
    findings = run_controls(program, all_controls())
    assert [item for item in findings if "itself broke" in item.message or item.control == "SP-01"] == []
