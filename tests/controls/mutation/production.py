"""Our production stack, run once for all tests that only look at it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from surgeproof.graph.model import Graph
from surgeproof.graph.program import run_program
from surgeproof.graph.project import Project

ROOT = Path(__file__).parents[3]


@cache
def production() -> Graph:
    """What the program makes of Pulumi.production.yaml."""
    return run_program(Project.find(ROOT), "production")
