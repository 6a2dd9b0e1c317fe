"""What Locust's process ends with: 0 a complete run, 1 one that is not, 2 what was asked wrongly."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.load.locust_run import ROOT, Start, result_in
from tests.load.site import Site

PlanFile = Callable[..., Path]


@pytest.mark.slow
def test_a_complete_run_on_a_bad_site_is_0(site: Site, plan_file: PlanFile, tmp_path: Path, start: Start):
    """Whether the site was good enough is the verdict's business."""
    folder = tmp_path / "run"
    process = start(
        *("--headless", "--host", "http://127.0.0.1:9", "--plan", str(plan_file()), "--evidence", str(folder))
    )
    _, err = process.communicate(timeout=30)
    assert process.returncode == 0, err
    assert set(result_in(folder).status_counts) == {"transport"}


@pytest.mark.slow
def test_an_aborted_run_is_1(site: Site, plan_file: PlanFile, tmp_path: Path, start: Start):
    folder = tmp_path / "run"
    process = start(
        *("--headless", "--host", "http://127.0.0.1:9", "--plan", str(plan_file(seconds=30))),
        *("--evidence", str(folder), "--abort-if", "error_rate>5%"),
    )
    _, err = process.communicate(timeout=30)
    assert process.returncode == 1, err
    assert result_in(folder).aborted_by == "error_rate>5%"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--set", "curve.nothing=1"), "--host"),
        (("--host", "http://127.0.0.1:1", "--max-rate", "1"), "ceiling"),
    ],
    ids=["before-the-run", "at-its-start"],
)
def test_what_is_asked_wrongly_is_2_and_a_sentence(options: tuple[str, ...], words: str, start: Start):
    process = start("--headless", *options)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 2, err
    assert words in err
    assert "Traceback" not in err


def test_the_command_line_becomes_settings():
    """In a process of its own, as importing Locust patches the standard library."""
    code = """
from pathlib import Path
from locust.argument_parser import get_parser
from surgeproof.errors import SurgeproofError
from surgeproof.launch.seed import DEFAULT_SEED
from surgeproof.load.locust_arguments import config_of
from locust import events
from surgeproof.load.locust_arguments import add_arguments
events.init_command_line_parser.add_listener(lambda parser: add_arguments(parser))
def ask(*words):
    options = get_parser().parse_args(["--headless", *words])
    try:
        return config_of(options, host=options.host, default_plan=Path("spring.yaml"))
    except SurgeproofError as error:
        return str(error)
assert ask("--host", "http://x:1").seed == DEFAULT_SEED
good = ask("--host", "http://x:1", "--speed", "30", "--seed", "7", "--set", "prewarm.enabled=false", "--abort-if", "p95>2s")
assert (good.speed, good.seed, good.scale, good.plan) == (30.0, 7, 1.0, Path("spring.yaml")), good
assert good.overrides == {"prewarm.enabled": False} and good.abort_if == ("p95>2s",), good
assert str(good.folder).startswith("evidence/load-") and good.run_id in str(good.folder), good
for words, told in (
    (["--host", "x:1"], "not a host"),
    (["--host", "http://x:1", "--speed", "0"], "speed"),
    (["--host", "http://x:1", "--abort-if", "p95"], "abort_if"),
    (["--host", "http://x:1", "--set", "nonsense"], "--set"),
    (["--run-config", "no-such-file.json"], "no-such-file.json"),
):
    assert told in ask(*words), (words, ask(*words))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
