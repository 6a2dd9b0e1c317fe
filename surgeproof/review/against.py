"""Where the other graph comes from: a revision of the project, a saved graph, or a state."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from surgeproof.graph.model import Graph
from surgeproof.graph.program import run_program
from surgeproof.graph.project import Project
from surgeproof.graph.state_source import graph_of_state
from surgeproof.review.errors import ReviewError


def graph_against(what: str, project: Project, stack: str, overrides: Mapping[str, Any]) -> tuple[Graph, str]:
    """The graph to compare with, and what to call it.

    Args:
        what: A file (a saved graph, or a state), or a revision of the project's repository.
        project: The project.
        stack: Whose settings a revision is run with.
        overrides: As in `run_program`; for a revision.

    Raises:
        ReviewError: It is neither a file nor a revision, or the revision has no such program.
        SurgeproofError: The file is no graph, or the revision's program fails.
    """
    path = Path(what)
    if path.is_file():
        return _from_file(path), path.name
    return _from_revision(what, project, stack, overrides)


def _from_file(path: Path) -> Graph:
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    try:
        content = json.loads(text)
    except ValueError:
        content = None
    if isinstance(content, dict) and {"project", "stack", "resources"} <= content.keys():
        return Graph.from_json(text, path=str(path))
    return graph_of_state(text, path=str(path))


def _from_revision(what: str, project: Project, stack: str, overrides: Mapping[str, Any]) -> tuple[Graph, str]:
    git = shutil.which("git")
    if git is None:
        raise ReviewError(
            "is no file, and there is no git to look for a revision",
            path="--against",
            got=what,
            allowed="a saved graph, a state, or a revision of a git repository",
        )
    top = _git(git, project.root, "rev-parse", "--show-toplevel")
    commit = _git(git, project.root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{what}^{{commit}}")
    if top is None or commit is None:
        raise ReviewError(
            "is neither a file nor a revision",
            path="--against",
            got=what,
            allowed="a saved graph (`surgeproof graph --json`), a state (`pulumi stack export`), or a revision",
            fix="Name one of them, `--against HEAD` for instance",
        )
    inside = project.root.resolve().relative_to(Path(top.decode().strip()).resolve())
    with tempfile.TemporaryDirectory(prefix="surgeproof-diff-") as folder:
        archive = subprocess.run(
            [git, "-C", top.decode().strip(), "archive", "--format=tar", commit.decode().strip()],
            capture_output=True,
            check=True,
        ).stdout
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            tar.extractall(folder, filter="data")
        other = Project.find(Path(folder) / inside)
        graph = run_program(other, stack, overrides=overrides)
    return graph, f"{what} ({commit.decode()[:7]})" if not commit.decode().startswith(what) else what[:12]


def _git(git: str, folder: Path, *arguments: str) -> bytes | None:
    found = subprocess.run([git, "-C", str(folder), *arguments], capture_output=True, check=False)
    return found.stdout if found.returncode == 0 else None
