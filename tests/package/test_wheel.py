"""The wheel holds the toolkit alone, and runs where nothing of the scaffold is."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def uv() -> str:
    for candidate in (shutil.which("uv"), str(ROOT / ".tools/uv/bin/uv")):
        if candidate and Path(candidate).exists():
            return candidate
    raise AssertionError("uv is on PATH or in .tools after `make setup`")


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    return subprocess.run(
        [str(part) for part in command], cwd=cwd, env=env, capture_output=True, text=True, timeout=300, check=False
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    built = run(uv(), "build", "--wheel", "--out-dir", out, ROOT, cwd=out)
    assert built.returncode == 0, built.stderr
    (file,) = out.glob("*.whl")
    return file


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_holds_the_toolkit_alone(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    rooms = {name.split("/")[0] for name in names}
    assert rooms == {"surgeproof", next(room for room in rooms if room.endswith(".dist-info"))}
    assert "surgeproof/cli/main.py" in names
    assert "surgeproof/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)


QUEUE = "urn:pulumi:prod::theirs::aws:sqs/queue:Queue::orders"
ROWS = [
    {"urn": "urn:pulumi:prod::theirs::pulumi:pulumi:Stack::theirs-prod", "type": "pulumi:pulumi:Stack"},
    {"urn": QUEUE, "type": "aws:sqs/queue:Queue", "custom": True, "id": "u", "inputs": {"name": "orders"}},
]
ASKED = """
import subprocess, sys, grpc
from pulumi.runtime.proto import analyzer_pb2 as pb, analyzer_pb2_grpc
pack = subprocess.Popen([sys.executable, "-u", "__main__.py"], cwd="policies", stdout=subprocess.PIPE, text=True)
try:
    with grpc.insecure_channel("127.0.0.1:" + pack.stdout.readline().strip()) as channel:
        row = pb.AnalyzerResource(type="aws:sqs/queue:Queue", urn=sys.argv[1], name="orders")
        request = pb.AnalyzeStackRequest(resources=[row])
        answer = analyzer_pb2_grpc.AnalyzerStub(channel).AnalyzeStack(request, timeout=60)
    print(*sorted({item.policyName for item in answer.diagnostics}))
finally:
    pack.terminate()
    pack.wait()
"""
"""A client of the pack, as the engine is one."""


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_checks_any_stack_from_the_wheel_alone(wheel: Path, tmp_path: Path) -> None:
    assert run(uv(), "venv", "--python", sys.executable, tmp_path / "venv", cwd=tmp_path).returncode == 0
    python, tool = tmp_path / "venv/bin/python", tmp_path / "venv/bin/surgeproof"
    assert run(uv(), "pip", "install", "--python", python, wheel, cwd=tmp_path).returncode == 0
    (tmp_path / "export.json").write_text(json.dumps({"version": 3, "deployment": {"resources": ROWS}}))
    checked = run(tool, "check", "--state", "export.json", "--format", "json", cwd=tmp_path)
    assert checked.returncode == 1, checked.stderr
    told = {row["control"] for row in json.loads(checked.stdout)["findings"] if row["verdict"] == "fail"}
    assert "SQS-01" in told
    outs = run(tool, "check", "--state", "export.json", "--format", "evidence", "--out", "evidence", cwd=tmp_path)
    assert outs.returncode == 1, outs.stderr
    assert (tmp_path / "evidence/evidence.html").is_file()
    policy = run(tool, "check", "--live", "--print-policy", cwd=tmp_path)
    assert json.loads(policy.stdout)["Statement"], policy.stderr
    # The pack needs its extra, and no scaffold.
    assert run(tool, "controls", "pack", "policies", cwd=tmp_path).returncode == 0
    assert (
        run(uv(), "pip", "install", "--python", python, f"surgeproof[pack] @ {wheel.as_uri()}", cwd=tmp_path).returncode
        == 0
    )
    asked = run(python, "-c", ASKED, QUEUE, cwd=tmp_path)
    assert "SQS-01" in asked.stdout, asked.stderr


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_runs_elsewhere(wheel: Path, tmp_path: Path) -> None:
    assert run(uv(), "venv", "--python", sys.executable, tmp_path / "venv", cwd=tmp_path).returncode == 0
    python = tmp_path / "venv/bin/python"
    installed = run(uv(), "pip", "install", "--python", python, wheel, cwd=tmp_path)
    assert installed.returncode == 0, installed.stderr
    tool = tmp_path / "venv/bin/surgeproof"
    assert run(tool, "--version", cwd=tmp_path).stdout.startswith("surgeproof, version")
    plan = shutil.copy(ROOT / "loadtests/plans/smoke.yaml", tmp_path / "smoke.yaml")
    shown = run(tool, "launch", "show", plan, "--json", cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    # Without the extra `local`, and outside a project, a rehearsal says what to do.
    refused = run(tool, "rehearse", plan, cwd=tmp_path)
    assert refused.returncode == 2, refused.stderr
    assert "Install surgeproof[local]" in refused.stderr
    shutil.copytree(ROOT / "loadtests", tmp_path / "loadtests", ignore=shutil.ignore_patterns("__pycache__"))
    refused = run(tool, "loadtest", plan, "--host", "http://127.0.0.1:9", cwd=tmp_path)
    assert refused.returncode == 2, refused.stderr
    assert "does not answer" in refused.stderr
    checked = run(tool, "check", "--graph", plan, cwd=tmp_path)
    assert checked.returncode == 2, checked.stderr
    assert "Traceback" not in checked.stderr
