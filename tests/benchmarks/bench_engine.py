"""The real Pulumi engine against the in-process path: the same program, the same handlers, an embedded AWS each.

``python tests/benchmarks/bench_engine.py [SETTINGS ...]`` prints wall-clock seconds of whole commands, start and imports
included; an `up` has its preview in it. Run it on a machine that does nothing else. Needs the Pulumi CLI.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MANY = 200
COLUMNS = ("resources", "preview", "up", "same up", "refresh", "destroy")
QUEUES = f"""\
import pulumi_aws as aws
for number in range({MANY // 2}):
    queue = aws.sqs.Queue(f"q{{number}}", sqs_managed_sse_enabled=True)
    aws.cloudwatch.LogGroup(f"g{{number}}", retention_in_days=7)
"""
IN_PROCESS = """
import sys
from surgeproof.graph.project import Project
from surgeproof.localcloud.aws import EmbeddedAws
from surgeproof.localcloud.deploy import deploy
with EmbeddedAws() as aws:
    deploy(Project.find(sys.argv[1]), "local", {}, aws)
"""


def timed(*command: str, cwd: Path) -> tuple[float, str]:
    """Seconds, and what it said; a command that fails ends the benchmark."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PATH": f"{ROOT / '.tools/bin'}:{os.environ['PATH']}"}
    started = time.monotonic()
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: {done.stderr[-2000:]}")
    return time.monotonic() - started, done.stdout


def surgeproof(*arguments: str, cwd: Path) -> tuple[float, str]:
    """One command of ours."""
    return timed(sys.executable, "-m", "surgeproof.cli.main", *arguments, cwd=cwd)


def row(name: str, *figures: float) -> None:
    """One line of the table; whole numbers are counts."""
    print(name.ljust(26), *(f"{figure:10d}" if isinstance(figure, int) else f"{figure:10.1f}" for figure in figures))


def engine(folder: Path, name: str) -> None:
    """Preview, up, an up that changes nothing, refresh, destroy: by the engine."""
    foreseen, _ = surgeproof("preview", "--advisory", cwd=folder)
    made, text = surgeproof("up", "--advisory", "--json", cwd=folder)
    same, _ = surgeproof("up", "--advisory", cwd=folder)
    refreshed, _ = surgeproof("refresh", cwd=folder)
    gone, _ = surgeproof("destroy", "--yes", "--unprotect", cwd=folder)
    row(f"{name}, engine", json.loads(text)["changes"]["create"], foreseen, made, same, refreshed, gone)


def in_process(folder: Path, name: str) -> None:
    """The graph without AWS, and a deployment into the embedded AWS: no engine, no state."""
    foreseen, text = surgeproof("graph", "--stack", "local", "--json", cwd=folder)
    made, _ = timed(sys.executable, "-c", IN_PROCESS, str(folder), cwd=folder)
    row(f"{name}, in process", len(json.loads(text)["resources"]), foreseen, made)


def project(folder: Path, settings: str) -> None:
    """A copy of the project whose local stack has these settings."""
    for name in ("infra", "loadtests", "policies"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "Pulumi.yaml", folder)
    shutil.copy(ROOT / f"Pulumi.{settings}.yaml", folder / "Pulumi.local.yaml")


def many(folder: Path) -> None:
    """A project of its own with two hundred resources."""
    (folder / "Pulumi.yaml").write_text("name: many\nruntime: python\n")
    (folder / "Pulumi.local.yaml").write_text("config:\n  aws:region: eu-west-1\n")
    (folder / "__main__.py").write_text(QUEUES)


def main() -> None:
    """Print the table; seconds."""
    if not (ROOT / ".tools/bin/pulumi").is_file() and shutil.which("pulumi") is None:
        print("left out: there is no Pulumi CLI (make pulumi)")
        return
    print("seconds, whole commands".ljust(26), *(column.rjust(10) for column in COLUMNS))
    for settings in sys.argv[1:] or ["local", "production"]:
        with tempfile.TemporaryDirectory() as folder:
            project(Path(folder), settings)
            in_process(Path(folder), settings)
            engine(Path(folder), settings)
    with tempfile.TemporaryDirectory() as folder:
        many(Path(folder))
        in_process(Path(folder), f"{MANY} resources")
        engine(Path(folder), f"{MANY} resources")


if __name__ == "__main__":
    main()
