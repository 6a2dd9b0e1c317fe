"""Graphs that several tests of components read."""

from __future__ import annotations

import pytest

from surgeproof.graph.model import Graph
from surgeproof.graph.program import run_program
from surgeproof.graph.project import Project
from tests.infra.components.rich_stack import RICH


@pytest.fixture(scope="session")
def rich(project: Project) -> Graph:
    """The local stack with every option of services, jobs and scaling."""
    return run_program(project, "local", overrides=RICH)
