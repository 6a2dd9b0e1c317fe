"""What each stack deploys is what its golden graph says; a change is shown as a review would show it."""

from __future__ import annotations

from pathlib import Path

import pytest

from surgeproof.graph.program import run_program
from surgeproof.graph.project import Project
from surgeproof.review.changes import Change, compare
from surgeproof.review.effects import interruption
from surgeproof.review.review import replace_keys
from surgeproof.review.shape import golden, read_golden, shapes_of

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "tests" / "golden"
PROJECT = Project.find(ROOT)
STACKS = [stack for stack in PROJECT.stacks if not stack.startswith("pr-")]


def line(change: Change) -> str:
    paths = ", ".join(item.path for item in change.differences[:5])
    said = interruption(change)
    return (
        f"  {change.kind} {change.shape.kind} {change.shape.name}: {change.why or paths}{f' ({said})' if said else ''}"
    )


def test_every_stack_has_one_and_no_other_is_there():
    assert sorted(file.stem for file in FOLDER.glob("*.json")) == STACKS


@pytest.mark.parametrize("stack", STACKS)
def test_the_stack_deploys_what_its_golden_graph_says(stack: str):
    graph = run_program(PROJECT, stack)
    kept = (FOLDER / f"{stack}.json").read_text(encoding="utf-8")
    if golden(graph) == kept:
        return
    changes = compare(read_golden(kept), shapes_of(graph), replace_keys)
    told = "\n".join(line(change) for change in changes[:40]) or "  components, names or edges"
    pytest.fail(
        f"{stack} has changed. When it is meant: `make golden`; what it costs and weakens: "
        f"`surgeproof diff --stack {stack}`.\n{told}",
        pytrace=False,
    )
