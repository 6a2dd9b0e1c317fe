"""The image script: what it refuses, and what it asks of docker."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.build_images import main

DIGEST = "sha256:" + "ab" * 32
DOCKER = """#!{python}
import json, sys
from pathlib import Path
words = sys.argv[1:]
Path({log!r}).open("a").write(json.dumps(words) + "\\n")
if words[:1] == [{fails!r}]:
    sys.exit("no daemon")
if "--metadata-file" in words:
    place = Path(words[words.index("--metadata-file") + 1])
    place.write_text(json.dumps({{"containerimage.digest": "{digest}"}}))
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository with one commit."""
    root = tmp_path / "shop"
    (root / "services").mkdir(parents=True)
    (root / "services" / "app.py").write_text("x = 1\n")
    who = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
    for words in (["init", "-q"], ["add", "."], [*who, "commit", "-q", "-m", "first"]):
        subprocess.run(["git", *words], cwd=root, check=True)
    return root


def _docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str = "nothing") -> Path:
    """A docker that writes down what it is asked; the machine has none."""
    folder, log = tmp_path / "bin", tmp_path / "asked"
    folder.mkdir()
    program = folder / "docker"
    program.write_text(DOCKER.format(python=sys.executable, log=str(log), fails=fails, digest=DIGEST))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return log


def test_it_builds_pushes_and_prints_the_digest(tree, tmp_path, monkeypatch, capsys):
    log = _docker(tmp_path, monkeypatch)
    assert main(["--repository", "registry.example/shop"], root=tree) == 0
    assert capsys.readouterr().out == f"registry.example/shop@{DIGEST}\n"
    revision = subprocess.run(["git", "rev-parse", "HEAD"], cwd=tree, check=True, capture_output=True, text=True).stdout
    build = json.loads(log.read_text().splitlines()[-1])
    assert build[:2] == ["buildx", "build"]
    assert f"registry.example/shop:{revision[:12]}" in build
    assert f"REVISION={revision.strip()}" in build
    assert {"--push", "linux/arm64", "services/Dockerfile"} <= set(build)


def test_it_refuses_a_tree_that_is_not_committed(tree, tmp_path, monkeypatch, capsys):
    _docker(tmp_path, monkeypatch)
    (tree / "services" / "app.py").write_text("x = 2\n")
    assert main(["--repository", "registry.example/shop"], root=tree) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "services: what is built would not be what is committed: services/app.py" in told.err


def test_it_says_that_there_is_no_docker(tree, monkeypatch, capsys):
    git = subprocess.run(["which", "git"], check=True, capture_output=True, text=True).stdout.strip()
    alone = tree.parent / "only-git"
    alone.mkdir()
    (alone / "git").symlink_to(git)
    monkeypatch.setenv("PATH", str(alone))
    assert main(["--repository", "registry.example/shop"], root=tree) == 2
    assert "there is no docker on the path. Install Docker" in capsys.readouterr().err


@pytest.mark.parametrize(("fails", "told"), [("buildx", "docker has no buildx"), ("info", "daemon does not answer")])
def test_it_says_what_of_docker_is_missing(tree, tmp_path, monkeypatch, capsys, fails, told):
    _docker(tmp_path, monkeypatch, fails=fails)
    assert main(["--repository", "registry.example/shop"], root=tree) == 2
    assert told in capsys.readouterr().err


def test_what_is_no_repository_is_told(tmp_path, capsys):
    assert main(["--repository", "registry.example/shop"], root=tmp_path) == 2
    assert "is no git repository with a commit" in capsys.readouterr().err
