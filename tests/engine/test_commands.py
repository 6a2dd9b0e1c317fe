"""What the commands refuse, in one sentence with the mend; nothing is started for it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def surgeproof(*arguments: str, cwd: Path, path: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **({"PATH": path} if path is not None else {}), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "surgeproof.cli.main", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: tiny\nruntime: python\n")
    for stack in ("local", "production"):
        (tmp_path / f"Pulumi.{stack}.yaml").write_text("config:\n  aws:region: eu-west-1\n")
    (tmp_path / "__main__.py").write_text("")
    return tmp_path


@pytest.mark.parametrize("command", ["up", "preview", "refresh"])
def test_without_the_cli_it_says_how_to_get_it(project, command):
    done = surgeproof(command, cwd=project, path="/nowhere")
    assert done.returncode == 2
    assert done.stderr.startswith("surgeproof: there is no Pulumi CLI")
    assert "make pulumi" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (project / ".surgeproof").exists()


@pytest.mark.parametrize("command", ["up", "preview", "refresh", "destroy"])
def test_another_stack_than_the_local_one_is_refused(project, command):
    done = surgeproof(command, "--stack", "production", cwd=project)
    assert done.returncode == 2
    assert f"use `pulumi {command} --stack production`" in done.stderr
    assert "`--settings production`" in done.stderr


def test_settings_that_do_not_exist_are_named(project):
    done = surgeproof("preview", "--settings", "nowhere", cwd=project)
    assert done.returncode == 2
    assert "allowed: local, production" in done.stderr


def test_what_is_no_project_is_told(tmp_path):
    done = surgeproof("up", cwd=tmp_path)
    assert done.returncode == 2
    assert "no Pulumi.yaml here" in done.stderr
