"""`surgeproof graph`."""

from __future__ import annotations

import json

from click.testing import CliRunner

from surgeproof.cli.graph import graph_command, stack_overrides
from surgeproof.graph.errors import UnknownStackError
from tests.graph.conftest import MakeProject
from tests.graph.test_program import QUEUES


def test_table(make_project: MakeProject):
    project = make_project(QUEUES)
    result = CliRunner().invoke(graph_command, ["--stack", "dev", "--project", str(project.root)])
    assert result.exit_code == 0
    assert "toy · dev" in result.stdout
    assert "program/__main__.py:9" in result.stdout
    assert "2 resources in 1 components" in result.stderr


def test_json(make_project: MakeProject):
    root = str(make_project(QUEUES).root)
    result = CliRunner().invoke(graph_command, ["--stack", "dev", "--project", root, "--json", "--set", "colour=blue"])
    document = json.loads(result.stdout)
    assert {resource["name"] for resource in document["resources"]} == {"dead", "live", "pair"}
    assert document["exports"]["colour"] == "blue"
    assert document["exports"]["token"] == "[secret]"


def test_unknown_stack(make_project: MakeProject):
    root = str(make_project().root)
    result = CliRunner().invoke(graph_command, ["--stack", "prod", "--project", root])
    assert isinstance(result.exception, UnknownStackError)  # the entry point makes it one sentence and exit 2


def test_overrides_of_the_plan_are_handed_on_together():
    assert stack_overrides({"services.a.cpu": 1, "prewarm.enabled": False, "gates[0].max": 2}) == {
        "services.a.cpu": 1,
        "plan_overrides": {"prewarm.enabled": False, "gates[0].max": 2},
    }
    assert stack_overrides({"tier": "dev"}) == {"tier": "dev"}
