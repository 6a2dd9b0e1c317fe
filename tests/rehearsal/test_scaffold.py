"""Hooks that can't be imported are the project's mistake, and told as one."""

import sys
from pathlib import Path

import pytest

from surgeproof.rehearsal import scaffold
from surgeproof.rehearsal.errors import ScaffoldError
from surgeproof.rehearsal.scaffold import load_scaffold


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose folder of load tests has a name of its own, so that ours stays as it is."""
    name = f"hooks_{abs(hash(str(tmp_path)))}"
    monkeypatch.setattr(scaffold, "FOLDER", name)
    monkeypatch.setattr(sys, "path", [*sys.path])
    folder = tmp_path / name
    folder.mkdir()
    for file in ("__init__.py", "locustfile.py"):
        (folder / file).touch()
    return tmp_path


@pytest.mark.parametrize(
    ("content", "words"),
    [("import nothing_of_this_name", "nothing_of_this_name"), ("def :", "SyntaxError"), ("1 / 0", "division by zero")],
)
def test_a_hook_that_cannot_be_imported_is_named(project: Path, content: str, words: str) -> None:
    (project / scaffold.FOLDER / "prepare.py").write_text(content)
    with pytest.raises(ScaffoldError, match=rf"prepare\.py: cannot be imported: .*{words}"):
        load_scaffold(project)


def test_a_project_without_load_tests_is_told(tmp_path: Path) -> None:
    with pytest.raises(ScaffoldError, match="no load tests here"):
        load_scaffold(tmp_path)
