"""A clone of the scaffold to change."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("infra", "loadtests", "policies", "services", "tests/services", "Pulumi.yaml", "pyproject.toml")


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "shop"
    for part in (*PARTS, *(path.name for path in ROOT.glob("Pulumi.*.yaml"))):
        source, target = ROOT / part, folder / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, target)
    (folder / "tests/__init__.py").touch()
    monkeypatch.chdir(folder)
    return folder
