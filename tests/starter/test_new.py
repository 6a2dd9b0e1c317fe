"""`surgeproof new` in a clone: the program runs, the tests that it brings pass, and the launch can be rehearsed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from surgeproof.cli.main import main
from surgeproof.graph.program import run_program
from surgeproof.graph.project import Project
from surgeproof.launch.plan import load_plan
from surgeproof.load.journey import journeys_from


def python(clone: Path, *arguments: str, timeout: float = 300) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=clone,
        env={**os.environ, "PYTHONPATH": str(clone)},
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
    )


def test_a_web_service_is_in_the_program_with_a_rule_of_its_own(clone: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["new", "points"]) == 0
    printed = capsys.readouterr()
    assert "changed  Pulumi.production.yaml" in printed.out
    assert "new      services/points/app.py" in printed.out
    assert "surgeproof rehearse loadtests/plans/points.yaml" in printed.err
    graph = run_program(Project.find(clone), "local")
    exported = graph.exports["surgeproof"]["services"]["points"]
    assert (exported["kind"], exported["paths"]) == ("web", ["/points", "/points/*"])
    rules = graph.of_type("aws:lb/listenerRule:ListenerRule")
    assert any("/points" in json.dumps(rule.inputs) for rule in rules)
    plan = load_plan(clone / "loadtests/plans/points.yaml")
    assert set(plan.journeys.mix) <= set(journeys_from(clone / "loadtests/journeys.py"))
    assert sum(plan.journeys.mix.values()) == pytest.approx(1)


@pytest.mark.parametrize("shape", ["web", "worker"])
def test_the_tests_that_come_with_it_pass(clone: Path, shape: str):
    assert main(["new", "loyalty-points", "--shape", shape]) == 0
    ran = python(clone, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/services/test_loyalty_points.py")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "passed" in ran.stdout


def test_a_worker_has_a_queue_of_its_own(clone: Path):
    assert main(["new", "loyalty", "--shape", "worker"]) == 0
    exported = run_program(Project.find(clone), "local").exports["surgeproof"]["services"]
    assert exported["loyalty"]["queue_url"] != exported["orders"]["queue_url"]


def test_a_command_of_ones_own_needs_no_code(clone: Path):
    assert main(["new", "search", "--command", "node 'my server.js'", "--port", "3000", "--health-path", "/up"]) == 0
    assert not (clone / "services/search").exists()
    settings = Project.find(clone).settings("production")["services"]["search"]
    assert settings["command"] == ["node", "my server.js"]
    assert (settings["port"], settings["health"]["path"]) == (3000, "/up")


def test_nothing_is_written_when_something_is_in_the_way(clone: Path, capsys: pytest.CaptureFixture[str]):
    (clone / "services/points").mkdir()
    (clone / "services/points/app.py").write_text("mine\n")
    before = (clone / "Pulumi.local.yaml").read_text()
    assert main(["new", "points"]) == 2
    assert "services/points/app.py: is in the way" in capsys.readouterr().err
    assert (clone / "Pulumi.local.yaml").read_text() == before
    assert (clone / "services/points/app.py").read_text() == "mine\n"


def test_a_dry_run_writes_nothing(clone: Path):
    assert main(["new", "points", "--dry-run"]) == 0
    assert not (clone / "services/points").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["Points"], "is no name for a service"),
        (["orders"], "has a service of this name"),
        (["points", "--health-path", "up"], "--health-path: is no path"),
        (["points", "--command", "'open"], "No closing quotation"),
    ],
)
def test_mistakes_are_told(clone: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str):
    assert main(["new", *arguments]) == 2
    assert told in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_new_service_and_a_new_worker_are_rehearsed_to_go(clone: Path):
    assert main(["new", "points"]) == 0
    assert main(["new", "loyalty", "--shape", "worker"]) == 0
    ran = python(clone, "-m", "surgeproof", "rehearse", "loadtests/plans/points.yaml", "--out", str(clone / "out"))
    assert ran.returncode in {0, 3}, ran.stdout + ran.stderr
    if ran.returncode == 3:  # a busy machine: the test itself was not good enough to tell
        ran = python(clone, "-m", "surgeproof", "rehearse", "loadtests/plans/points.yaml", "--out", str(clone / "out"))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    (verdict,) = (clone / "out").rglob("verdict.json")
    assert "points" in verdict.read_text()
    log = "".join(path.read_text(errors="replace") for path in (clone / "out").rglob("logs/points*"))
    assert log or any((clone / "out").rglob("logs/*"))
