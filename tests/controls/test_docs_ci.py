"""The CI templates: valid for their systems, and every command in them exists and takes its flags."""

from __future__ import annotations

import importlib.resources
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import jsonschema
import pytest
import yaml

from surgeproof.cli.main import cli
from surgeproof.controls.formats import FORMATS

ROOT = Path(__file__).parents[2]
FILES = {"github-actions.yml": "github-workflows.json", "gitlab-ci.yml": "gitlab-ci.json"}


def _content(file: str) -> dict[str, Any]:
    content = yaml.safe_load((ROOT / "docs/ci" / file).read_text(encoding="utf-8"))
    # YAML 1.1 reads the key `on` as true.
    return {"on" if key is True else key: value for key, value in content.items()}


def _schema(name: str) -> dict[str, Any]:
    folder = importlib.resources.files("check_jsonschema") / "builtin_schemas/vendor"
    return json.loads((folder / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", FILES)
def test_the_file_is_valid_for_its_system(file: str) -> None:
    schema = _schema(FILES[file])
    checker = jsonschema.validators.validator_for(schema)
    assert [error.message for error in checker(schema).iter_errors(_content(file))] == []
    assert [error.message for error in checker(schema).iter_errors({"jobs": 3, "stages": 3})] != []


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _commands(file: str) -> list[list[str]]:
    """Arguments of each call of ours."""
    found = re.findall(r"\.venv/bin/surgeproof ([^|\n]+)", "\n".join(_texts(_content(file))))
    return [shlex.split(text.replace('"$STACK"', "production")) for text in found]


@pytest.mark.parametrize("file", FILES)
def test_every_command_exists_and_takes_its_flags(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    commands = _commands(file)
    assert {arguments[0] for arguments in commands} == {"check", "rehearse"}
    for name, *arguments in commands:
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        context = command.make_context(name, arguments)
        assert context.params["stack"] == "production"


@pytest.mark.parametrize("file", FILES)
def test_make_targets_plans_and_files_are_there(file: str) -> None:
    text = "\n".join(_texts(_content(file)))
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"make ([a-z-]+)", text)) <= targets
    for plan in re.findall(r"loadtests/plans/\S+\.yaml", text):
        assert (ROOT / plan).is_file()
    written = {item.name for files in FORMATS.values() for item in files}
    assert set(re.findall(r"evidence/controls/([\w.]+\w)", text)) <= written


def test_both_are_named_in_the_page_for_ci() -> None:
    page = (ROOT / "docs/ci.md").read_text(encoding="utf-8")
    assert all(f"ci/{file}" in page for file in FILES)
