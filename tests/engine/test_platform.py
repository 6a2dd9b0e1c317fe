"""The whole platform in the real engine: from nothing, unchanged, without drift, to nothing; and the same in every source."""

import json
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from surgeproof.graph.model import Graph, Resource
from surgeproof.graph.project import Project
from surgeproof.localcloud.aws import EmbeddedAws
from surgeproof.localcloud.deploy import deploy
from surgeproof.localcloud.engine.wire import DEFAULTS
from tests.engine.driving import ROOT, Done, Driven
from tests.engine.holdings import holdings

pytestmark = [pytest.mark.engine, pytest.mark.timeout(1200)]

PROVIDER = "pulumi:providers:aws"
STACK = "pulumi:pulumi:Stack"
ANSWERED = {"prefixListId"}
"""Inputs that a provider function answers: made up in process, and the embedded AWS's own in the engine."""


def copy_of_the_project(folder: Path) -> Driven:
    for name in ("infra", "loadtests", "policies"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ROOT.glob("Pulumi*.yaml"):
        shutil.copy(file, folder / file.name)
    return Driven(folder)


class Deployed:
    """The platform with some stack's settings, deployed once for all tests of this file."""

    def __init__(self, folder: Path, settings: str) -> None:
        self.settings = settings
        self.project = copy_of_the_project(folder)
        self.cloud = self.project.start("cloud")
        self.cloud.exports()
        self.before = holdings(self.project.client)
        self.made = self.run("up")

    def run(self, *arguments: str) -> Done:
        return self.project.json(*arguments, "--settings", self.settings, *self.advisory(arguments[0]))

    def advisory(self, command: str) -> list[str]:
        # The small stack for one machine has less than an account that takes payments must have; production has it all.
        return ["--advisory"] if self.settings == "local" and command in {"up", "preview"} else []

    def stop(self) -> None:
        self.cloud.end(signal.SIGINT)

    def aws_rows(self) -> dict[str, dict[str, Any]]:
        return {urn: row for urn, row in self.project.state().items() if row["type"] not in {STACK, PROVIDER}}

    def program(self) -> Graph:
        """The same program with the same settings under the same stack's name, in process and without AWS."""
        folder = self.as_local()
        return Graph.from_json(Driven(folder).run("graph", "--stack", "local", "--json").stdout)

    def as_local(self) -> Path:
        """A copy of the project whose local stack has these settings."""
        folder = self.project.root / "as-local"
        if not folder.exists():
            folder.mkdir()
            copy_of_the_project(folder)
            shutil.copy(ROOT / f"Pulumi.{self.settings}.yaml", folder / "Pulumi.local.yaml")
        return folder


@pytest.fixture(scope="module", params=["local", "production"])
def deployed(request: pytest.FixtureRequest, cli: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    platform = Deployed(tmp_path_factory.mktemp(request.param), request.param)
    yield platform
    platform.stop()


def test_it_comes_up_from_nothing(deployed):
    assert set(deployed.made.changes) == {"create"}
    assert deployed.made.changes["create"] > 100
    assert deployed.made.document["errors"] == []


def test_a_second_up_changes_nothing(deployed):
    again = deployed.run("up")
    assert set(again.changes) == {"same"}, again.document["resources"]
    assert again.document["resources"] == []


def test_a_refresh_finds_no_drift(deployed):
    refreshed = deployed.run("refresh")
    assert set(refreshed.changes) == {"same"}, refreshed.document["resources"]


def test_program_preview_and_state_agree_resource_by_resource(deployed):
    """Documented differences: the engine has the stack, the default provider, and inputs that the provider fills in."""
    program = {resource.urn: resource for resource in deployed.program().resources}
    rows = deployed.aws_rows()
    foreseen = {
        step["urn"] for step in deployed.made.document["preview"]["resources"] if step["type"] not in {STACK, PROVIDER}
    }
    assert foreseen == set(program) == set(rows)
    different = [text for urn, resource in program.items() for text in differences_of(resource, rows[urn])]
    assert not different, "\n".join(different)


def test_what_is_deployed_in_process_is_what_the_engine_deploys(deployed):
    with EmbeddedAws() as aws:
        graph = deploy(Project.find(deployed.as_local()), "local", None, aws)
    rows = deployed.aws_rows()
    assert {resource.urn for resource in graph.resources} == set(rows)
    missing = [
        f"{resource.type} {resource.name}: {name}"
        for resource in graph.resources
        if resource.custom
        for name in resource.outputs
        if name not in rows[resource.urn]["outputs"]
    ]
    assert missing == []


def test_it_goes_to_nothing(deployed):
    gone = deployed.run("destroy", "--yes", "--unprotect")
    assert set(gone.changes) == {"delete"}
    assert deployed.project.state() == {}
    assert holdings(deployed.project.client) == deployed.before


def differences_of(resource: Resource, row: dict[str, Any]) -> list[str]:
    """How a resource of the program differs from its row in the state."""
    found = []
    for name, ours, theirs in (
        ("type", resource.type, row["type"]),
        ("custom", resource.custom, bool(row.get("custom"))),
        ("parent", resource.parent, None if f"::{STACK}::" in row["parent"] else row["parent"]),
        ("protect", resource.options.protect, bool(row.get("protect"))),
        ("made from", sorted(resource.property_dependencies), sorted(name for name, urns in (row.get("propertyDependencies") or {}).items() if urns)),
    ):  # fmt: skip
        if ours != theirs:
            found.append(f"{resource.urn} {name}: {ours!r} in the program, {theirs!r} in the state")
    inputs = row.get("inputs") or {}
    filled = set(inputs.get(DEFAULTS) or ()) | {DEFAULTS}
    more = set(inputs) - set(resource.inputs) - filled
    if more:
        found.append(f"{resource.urn} inputs: {sorted(more)} only in the state")
    for name, value in resource.inputs.items():
        if name not in inputs:
            found.append(f"{resource.urn} {name}: only in the program")
        # What is made from other resources holds their ids, which are each deployment's own.
        elif (
            name not in resource.property_dependencies
            and name not in resource.secrets
            and name not in ANSWERED
            and not same(value, inputs[name])
        ):
            found.append(f"{resource.urn} {name}: {value!r} in the program, {inputs[name]!r} in the state")
    return found


def same(ours: Any, theirs: Any) -> bool:
    return json.dumps(ours, sort_keys=True) == json.dumps(theirs, sort_keys=True) or ours == theirs
