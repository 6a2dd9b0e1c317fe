"""The stack of a pull request: what is run, and whose day is over. The Pulumi CLI is a stand-in that writes down its calls."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts/pull_request_stack.py"
NOW = datetime(2027, 3, 20, 12, tzinfo=UTC)


def _module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("pull_request_stack", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


script = _module()


def listed(name: str, hours: float, **more: object) -> dict[str, object]:
    return {"name": name, "lastUpdate": (NOW - timedelta(hours=hours)).isoformat().replace("+00:00", "Z"), **more}


def test_only_stacks_of_pull_requests_whose_day_is_over_are_swept():
    stacks = [
        listed("pr-1", 25),
        listed("pr-2", 23),
        listed("organization/shop/pr-3", 24),
        listed("production", 9000),
        listed("pr-4", 99, updateInProgress=True),
        listed("pr-0", 99),
        listed("my-pr-5", 99),
        {"name": "pr-6"},
    ]
    assert script.over(stacks, NOW) == ["pr-1", "pr-3"]


@given(st.integers(1, 9_999_999), st.floats(0, 100))
def test_a_stack_lives_exactly_its_day(number: int, hours: float):
    swept = script.over([listed(f"pr-{number}", hours)], NOW)
    assert bool(swept) == (timedelta(hours=hours) >= timedelta(days=1))


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    (tmp_path / "scripts").mkdir()
    shutil.copy2(SCRIPT, tmp_path / "scripts")
    shutil.copy2(ROOT / "Pulumi.pull-request.yaml", tmp_path)
    stand_in = tmp_path / "bin/pulumi"
    stand_in.parent.mkdir()
    stand_in.write_text(
        f"#!{sys.executable}\n"
        "import json, os, sys\n"
        "open(os.environ['CALLS'], 'a').write(json.dumps(sys.argv[1:]) + '\\n')\n"
        "if sys.argv[1:4] == ['stack', 'ls', '--json']: print(os.environ['STACKS'])\n"
        "failing = sys.argv[1] == 'up' or sys.argv[1:] == ['destroy', '--yes', '--stack', 'pr-7']\n"
        "sys.exit(int(os.environ.get('FAILS', '0')) if failing else 0)\n"
    )
    stand_in.chmod(0o755)
    return tmp_path


def run(
    clone: Path, *arguments: str, stacks: object = (), **env: str
) -> tuple[subprocess.CompletedProcess[str], list[list[str]]]:
    calls = clone / "calls"
    calls.write_text("")
    done = subprocess.run(
        [sys.executable, str(clone / "scripts/pull_request_stack.py"), *arguments],
        env={**os.environ, "PATH": f"{clone / 'bin'}{os.pathsep}{os.environ['PATH']}", "CALLS": str(calls)}
        | {"STACKS": json.dumps(stacks)}
        | env,
        capture_output=True,
        text=True,
        check=False,
    )
    return done, [json.loads(line) for line in calls.read_text().splitlines()]


def test_up_makes_the_stack_once(clone: Path):
    done, calls = run(clone, "up", "12")
    assert done.returncode == 0, done.stderr
    assert calls[1:] == [["stack", "init", "pr-12"], ["up", "--yes", "--stack", "pr-12"]]
    assert (clone / "Pulumi.pr-12.yaml").read_text() == (ROOT / "Pulumi.pull-request.yaml").read_text()
    _, again = run(clone, "up", "12", stacks=[{"name": "pr-12"}])
    assert again[1:] == [["up", "--yes", "--stack", "pr-12"]]


def test_down_leaves_nothing(clone: Path):
    run(clone, "up", "12")
    done, calls = run(clone, "down", "12")
    assert done.returncode == 0, done.stderr
    assert calls == [["destroy", "--yes", "--stack", "pr-12"], ["stack", "rm", "--yes", "--preserve-config", "pr-12"]]
    assert not (clone / "Pulumi.pr-12.yaml").exists()


def test_sweep_and_dry_run(clone: Path):
    old = [{"name": "pr-7", "lastUpdate": "2020-01-01T00:00:00.000Z"}]
    done, calls = run(clone, "--dry-run", "sweep", stacks=old)
    assert [call[:2] for call in calls] == [["stack", "ls"]]
    assert "pulumi destroy --yes --stack pr-7" in done.stderr
    _, calls = run(clone, "sweep", stacks=old)
    assert ["destroy", "--yes", "--stack", "pr-7"] in calls


def test_one_that_cannot_be_swept_leaves_the_others_no_day_longer(clone: Path):
    old = [{"name": name, "lastUpdate": "2020-01-01T00:00:00.000Z"} for name in ("pr-7", "pr-8")]
    done, calls = run(clone, "sweep", stacks=old, FAILS="255")
    assert done.returncode == 2
    assert "pulumi destroy --yes --stack pr-7: exit 255" in done.stderr
    assert ["stack", "rm", "--yes", "--preserve-config", "pr-7"] not in calls
    assert calls[-1] == ["stack", "rm", "--yes", "--preserve-config", "pr-8"]


def test_a_command_that_fails_and_a_number_that_is_none_are_told(clone: Path):
    done, _ = run(clone, "up", "12", FAILS="255")
    assert done.returncode == 2
    assert "pulumi up --yes --stack pr-12: exit 255" in done.stderr
    done, _ = run(clone, "up", "-1")
    assert done.returncode == 2
    done, _ = run(clone, "up", "12", PATH=str(Path(sys.executable).parent / "none"))
    assert "there is no pulumi on PATH" in done.stderr
