"""Sources of the graph that is checked: the program, a state or preview file, or a saved graph."""

from __future__ import annotations

from pathlib import Path

from surgeproof.graph.errors import SavedGraphError
from surgeproof.graph.model import Graph
from surgeproof.graph.program import run_program
from surgeproof.graph.project import Project
from surgeproof.graph.state_source import read_state


def from_program(project: Project, stack: str) -> tuple[Graph, str]:
    """The graph that the program of a stack makes in this process, and what to call it."""
    return run_program(project, stack), "the program, run in this process"


def from_state(path: Path) -> tuple[Graph, str]:
    """The graph of a `pulumi stack export` or `pulumi preview --json`, and what to call it."""
    return read_state(path), f"state {path.name}"


def from_saved(path: Path) -> tuple[Graph, str]:
    """A graph that `surgeproof graph --json` wrote, and what to call it.

    Raises:
        SavedGraphError: When it cannot be read, or is none.
    """
    try:
        text = path.read_bytes()
    except OSError as error:
        raise SavedGraphError(f"cannot be read ({error.strerror})", path=str(path)) from None
    return Graph.from_json(text, path=str(path)), f"graph {path.name}"
