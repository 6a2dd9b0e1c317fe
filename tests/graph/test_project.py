"""Finding a project, its stacks and settings; and what each wrong file is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from surgeproof.graph.errors import ProjectError, UnknownStackError
from surgeproof.graph.project import SETTINGS_KEY, Project
from tests.graph.conftest import MakeProject


def test_is_found_from_a_folder_below(make_project: MakeProject):
    project = make_project()
    found = Project.find(project.root / "program")
    assert (found.root, found.name, found.stacks) == (project.root, "toy", ("dev",))


def test_no_project(tmp_path: Path):
    with pytest.raises(ProjectError, match=r"no Pulumi\.yaml here or in a folder above\. Run this in"):
        Project.find(tmp_path)


def test_unknown_stack_lists_those_that_exist(make_project: MakeProject):
    with pytest.raises(UnknownStackError, match=r"got 'prod', allowed: dev"):
        make_project().stack_file("prod")


def test_malformed_yaml_tells_the_line(make_project: MakeProject):
    project = make_project(stack="config:\n  a: 1\n  b: [1\n  c: 2\n")
    with pytest.raises(ProjectError, match=r"Pulumi\.dev\.yaml:4: is not valid YAML"):
        project.config("dev")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- a\n- b\n", "does not hold a mapping of keys"),
        ("config:\n  on: 3\n", "a key is not text, got True. Put it in quotes"),
        ("config: 3\n", "does not hold a mapping of keys, got 3"),
        ("config:\n  surgeproof:platform: 3\n", r"Pulumi\.dev\.yaml:2: does not hold a mapping of settings, got 3"),
    ],
)
def test_wrong_stack_file(make_project: MakeProject, text: str, told: str):
    with pytest.raises(ProjectError, match=told):
        make_project(stack=text).config("dev")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("runtime: python\n", "names no project"),
        ("name: toy\nruntime: nodejs\n", "got 'nodejs', allowed: python"),
        ("name: toy\nruntime: python\nmain: nowhere\n", "there is no program, got 'nowhere'"),
    ],
)
def test_wrong_project_file(tmp_path: Path, text: str, told: str):
    (tmp_path / "Pulumi.yaml").write_text(text)
    with pytest.raises(ProjectError, match=told):
        _ = Project.find(tmp_path).program


def test_an_empty_stack_file_has_no_settings(make_project: MakeProject):
    assert make_project(stack="").config("dev").values == {}


def test_config_is_what_pulumi_hands_over(make_project: MakeProject):
    project = make_project(stack="config:\n  aws:region: eu-central-1\n  own: {a: 1}\n  flag: true\n")
    config = project.config("dev", {"deep.key": 5})
    assert config.values["aws:region"] == "eu-central-1"
    assert json.loads(config.values["toy:own"]) == {"a": 1}
    assert config.values["toy:flag"] == "true"
    assert json.loads(config.values[SETTINGS_KEY]) == {"deep": {"key": 5}}


def test_encrypted_values_are_marked_and_not_known(make_project: MakeProject):
    config = make_project(stack="config:\n  toy:key: {secure: v1:abc}\n").config("dev")
    assert config.secret_keys == ("toy:key",)
    assert config.values["toy:key"] == "[secret]"


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("services.front.scaling.max_tasks", 9),
        ("services.back.scaling.max_tasks", 12),  # said by its range
        ("zones[1]", 13),
        ("services.front.scaling.cpu", None),
        ("nowhere.at.all", None),
    ],
)
def test_line_of_a_setting(make_project: MakeProject, path: str, line: int | None):
    expected = None if line is None else ("Pulumi.dev.yaml", line)
    assert make_project().line_of("dev", path) == expected
