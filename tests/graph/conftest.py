"""A small Pulumi project in a temporary folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from surgeproof.graph.project import Project

PROJECT = """
    name: toy
    runtime: {name: python}
    main: program
"""
STACK = """
    config:
      aws:region: eu-central-1
      surgeproof:platform:
        colour: green
        services:
          front:
            scaling:
              min_tasks: 4
              max_tasks: 8
          back:
            scaling:
              range: 2-5
        zones: [a, b]
"""
MakeProject = Callable[..., Project]


@pytest.fixture
def make_project(tmp_path: Path) -> MakeProject:
    """Write a project with this program; `more` are further files by path."""

    def make(
        program: str = "", *, stack: str = STACK, name: str = "toy", more: dict[str, str] | None = None
    ) -> Project:
        root = tmp_path / name
        files = {
            "Pulumi.yaml": PROJECT,
            "Pulumi.dev.yaml": stack,
            "program/__main__.py": program,
            **(more or {}),
        }
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(dedent(text).lstrip("\n"))
        return Project.find(root)

    return make
