"""`surgeproof diff` on a small project of its own: revisions, files, states, formats, mistakes."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from surgeproof.cli.main import main

PROGRAM = """
import pulumi_aws as aws

key = aws.kms.Key("key", enable_key_rotation=True, deletion_window_in_days=30)
queue = aws.sqs.Queue("orders", kms_master_key_id=key.arn, visibility_timeout_seconds=60)
"""
STACK = "config:\n  aws:region: eu-west-1\n"


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=test", "-c", "user.email=test@example.com")
    subprocess.run(["git", "-C", str(folder), *identity, *arguments], check=True, capture_output=True)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "repository" / "shop"
    folder.mkdir(parents=True)
    (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (folder / "Pulumi.test.yaml").write_text(STACK)
    (folder / "__main__.py").write_text(PROGRAM)
    git(folder.parent, "init", "--quiet")
    git(folder.parent, "add", ".")
    git(folder.parent, "commit", "--quiet", "-m", "start")
    monkeypatch.chdir(folder)
    return folder


def edit(project: Path, old: str, new: str) -> None:
    program = project / "__main__.py"
    text = program.read_text()
    assert old in text
    program.write_text(text.replace(old, new))


def test_nothing_changed(project: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["diff", "--stack", "test"]) == 0
    assert "no change" in capsys.readouterr().out


def test_a_weakened_queue_is_told_with_its_control_and_line(project: Path, capsys: pytest.CaptureFixture[str]):
    edit(project, "kms_master_key_id=key.arn, visibility_timeout_seconds=60", "visibility_timeout_seconds=90")
    assert main(["diff", "--stack", "test"]) == 0
    printed = capsys.readouterr().out
    assert "~ update  sqs Queue orders" in printed
    assert "visibilityTimeoutSeconds: 60 -> 90" in printed
    assert "kmsMasterKeyId: ${Key key.arn} -> nothing" in printed
    assert "weakens  SQS-01" in printed
    assert "__main__.py:5" in printed
    assert "A month costs the same" in printed


def test_json_counts_costs_and_interruptions(project: Path, capsys: pytest.CaptureFixture[str]):
    edit(project, '"orders"', '"requests"')
    edit(
        project, "key = ", 'other = aws.kms.Key("other", enable_key_rotation=True, deletion_window_in_days=30)\nkey = '
    )
    assert main(["diff", "--stack", "test", "--format", "json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["counts"] == {"replace": 1, "create": 1}
    replaced = next(item for item in data["changes"] if item["kind"] == "replace")
    assert replaced["renamed_from"] == "orders"
    assert replaced["interrupts"] == "loses the queue and every message in it"
    assert data["month"]["new"]["least"] == data["month"]["old"]["least"] + 1


def test_markdown_is_a_comment_for_a_pull_request(project: Path, capsys: pytest.CaptureFixture[str]):
    edit(project, '"orders"', '"requests"')
    assert main(["diff", "--stack", "test", "--format", "markdown"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("### test against HEAD (")
    assert "**Interrupted or lost**" in printed
    assert "| replace | `sqs Queue requests` | until now `orders`<br>has a new name and no alias |" in printed


def test_a_saved_graph_and_an_older_revision_are_taken_as_well(project: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["graph", "--stack", "test", "--json"]) == 0
    saved = project / "saved.json"
    saved.write_text(capsys.readouterr().out)
    edit(project, "visibility_timeout_seconds=60", "visibility_timeout_seconds=90")
    git(project.parent, "commit", "--quiet", "-am", "longer")
    for against, expected in (("saved.json", "1 to update"), ("HEAD~1", "1 to update"), ("HEAD", "no change")):
        assert main(["diff", "--stack", "test", "--against", against]) == 0
        assert expected in capsys.readouterr().out


def test_a_state_is_taken_as_well(project: Path, capsys: pytest.CaptureFixture[str]):
    type_ = "aws:sqs/queue:Queue"
    row = {
        "urn": f"urn:pulumi:test::shop::{type_}::gone",
        "type": type_,
        "custom": True,
        "id": "https://queue/gone",
        "inputs": {"name": "gone"},
        "outputs": {"name": "gone"},
    }
    state = project / "state.json"
    state.write_text(json.dumps({"version": 3, "deployment": {"resources": [row]}}))
    assert main(["diff", "--stack", "test", "--against", "state.json"]) == 0
    printed = capsys.readouterr().out
    assert "- delete  sqs Queue gone" in printed
    assert "! loses the queue and every message in it" in printed


@pytest.mark.parametrize("against", ["no-such-revision", "--version", ""])
def test_what_is_neither_file_nor_revision_is_told(project: Path, capsys: pytest.CaptureFixture[str], against: str):
    assert main(["diff", "--stack", "test", f"--against={against}"]) == 2
    assert "is neither a file nor a revision" in capsys.readouterr().err


def test_without_a_repository_a_revision_cannot_be_named(project: Path, capsys: pytest.CaptureFixture[str]):
    (project.parent / ".git").rename(project.parent / ".no-git")
    assert main(["diff", "--stack", "test"]) == 2
    assert "is neither a file nor a revision" in capsys.readouterr().err
