"""Running programs in this process: what is captured, and that runs know nothing of each other."""

from __future__ import annotations

import os
import sys
from typing import Any

import pytest

from surgeproof.graph.errors import ProgramError
from surgeproof.graph.program import DeterministicOutputs, run_program
from tests.graph.conftest import MakeProject

QUEUES = """
    import json
    import pulumi
    import pulumi_aws as aws

    class Pair(pulumi.ComponentResource):
        def __init__(self, name, opts=None):
            super().__init__("toy:queues:Pair", name, {}, opts)
            child = pulumi.ResourceOptions(parent=self, protect=True)
            self.dead = aws.sqs.Queue("dead", opts=child)
            self.live = aws.sqs.Queue(
                "live",
                visibility_timeout_seconds=30,
                redrive_policy=pulumi.Output.json_dumps({"deadLetterTargetArn": self.dead.arn}),
                opts=pulumi.ResourceOptions(parent=self, ignore_changes=["visibility_timeout_seconds"]),
            )
            self.register_outputs({"url": self.live.url})

    pair = Pair("pair")
    settings = pulumi.Config("surgeproof").require_object("platform")
    pulumi.export("colour", settings["colour"])
    pulumi.export("nested", {"url": pair.live.url, "zones": settings["zones"]})
    pulumi.export("token", pulumi.Output.secret("s3cret"))
    pulumi.export("account", aws.get_caller_identity_output().account_id)
    pulumi.export("stack", pulumi.get_stack())
"""


def test_captures_links_options_and_lines(make_project: MakeProject):
    graph = run_program(make_project(QUEUES), "dev")
    dead, live = graph.of_type("aws:sqs/queue:Queue")
    (pair,) = graph.of_type("toy:queues:Pair")
    assert live.urn == "urn:pulumi:dev::toy::toy:queues:Pair$aws:sqs/queue:Queue::live"
    assert (live.parent, pair.parent) == (pair.urn, None)
    assert graph.children(pair.urn) == (dead, live)
    assert graph.sources(live, "redrivePolicy") == (dead,)
    assert graph.dependants(dead.urn) == (live,)
    assert live.inputs["visibilityTimeoutSeconds"] == 30
    assert isinstance(live.inputs["visibilityTimeoutSeconds"], int)
    assert live.options.ignore_changes == ("visibilityTimeoutSeconds",)
    assert (dead.options.protect, live.options.protect) == (True, False)
    assert str(live.location) == "program/__main__.py:10"
    assert str(pair.location) == "program/__main__.py:18"
    assert pair.outputs == {"url": live.outputs["url"]}


def test_captures_exports_and_marks_secrets(make_project: MakeProject):
    graph = run_program(make_project(QUEUES), "dev", overrides={"colour": "blue"})
    assert graph.exports["colour"] == "blue"
    assert graph.exports["nested"]["zones"] == ["a", "b"]
    assert graph.exports["nested"]["url"].startswith("https://sqs.eu-central-1.amazonaws.com/")
    assert graph.exports["token"] == "s3cret"
    assert graph.secret_exports == ("token",)
    assert graph.exports["account"] == "123456789012"
    assert graph.exports["stack"] == "dev"
    assert "s3cret" not in graph.to_json()


def test_two_runs_are_equal_and_independent(make_project: MakeProject):
    project = make_project(QUEUES)
    first = run_program(project, "dev")
    other = run_program(project, "dev", overrides={"colour": "red"})
    assert run_program(project, "dev") == first
    assert other.resources == first.resources
    assert other.exports["colour"] == "red"


def test_projects_do_not_get_each_others_modules(make_project: MakeProject):
    program = "import pulumi\nfrom program.colour import COLOUR\npulumi.export('colour', COLOUR)\n"
    graphs = [
        run_program(make_project(program, name=name, more={"program/colour.py": f"COLOUR = '{name}'\n"}), "dev")
        for name in ("red", "blue")
    ]
    assert [graph.exports["colour"] for graph in graphs] == ["red", "blue"]


def test_leaves_folder_path_and_loop_as_they_were(make_project: MakeProject):
    before = (os.getcwd(), list(sys.path))  # noqa: PTH109
    run_program(make_project(QUEUES), "dev")
    assert (os.getcwd(), list(sys.path)) == before  # noqa: PTH109


def test_secret_inputs_are_named_and_redacted(make_project: MakeProject):
    program = """
        import pulumi
        import pulumi_aws as aws
        aws.ssm.Parameter("p", type="SecureString", value=pulumi.Output.secret("hunter2"))
    """
    graph = run_program(make_project(program), "dev")
    (parameter,) = graph.of_type("aws:ssm/parameter:Parameter")
    assert parameter.inputs["value"] == "hunter2"
    assert parameter.secrets == ("value",)
    assert "hunter2" not in graph.to_json()


def test_secrets_stay_secret_downstream(make_project: MakeProject):
    program = """
        import pulumi
        import pulumi_aws as aws
        p = aws.ssm.Parameter("p", type="String", value=pulumi.Output.secret("hunter2"))
        pulumi.export("copy", p.value)
    """
    assert run_program(make_project(program), "dev").secret_exports == ("copy",)


def test_async_entry_point(make_project: MakeProject):
    program = """
        import pulumi
        async def main():
            return {"answer": 42}
        pulumi.run(main)
    """
    assert run_program(make_project(program), "dev").exports == {"answer": 42}


def test_program_errors_come_out_as_themselves(make_project: MakeProject):
    with pytest.raises(ZeroDivisionError):
        run_program(make_project("1 / 0"), "dev")


def test_errors_in_apply_come_out_too(make_project: MakeProject):
    program = "import pulumi\npulumi.export('x', pulumi.Output.from_input(1).apply(lambda x: x / 0))\n"
    with pytest.raises(ZeroDivisionError):
        run_program(make_project(program), "dev")


def test_errors_of_the_provider_come_out_as_themselves(make_project: MakeProject):
    class Refusing(DeterministicOutputs):
        def new_resource(self, type_: str, name: str, inputs: dict[str, Any], urn: str) -> tuple[str, dict[str, Any]]:
            raise PermissionError(type_, name, inputs, urn)

    with pytest.raises(PermissionError, match="dead"):
        run_program(make_project(QUEUES), "dev", outputs=Refusing())
    assert run_program(make_project(QUEUES), "dev").resources  # the next run is not harmed


@pytest.mark.parametrize(
    ("program", "told"),
    [
        (
            "aws.sqs.Queue('a')\naws.sqs.Queue('a')",
            r"__main__\.py:4: two resources of type aws:sqs/queue:Queue have the same name and parent, got 'a'",
        ),
        ("aws.sqs.Queue.get('a', 'https://q')", r"reads an existing aws:sqs/queue:Queue \(https://q\)"),
        (
            "t, o = 'aws:sqs/queue:Queue', pulumi.ResourceOptions()\npulumi.runtime.exists_resource(None, t, 'q', {}, o)",
            r"asks whether aws:sqs/queue:Queue q exists",
        ),
        ("pulumi.export('x', aws.ec2.get_vpc_output().id)", "asks the provider aws:ec2/getVpc:getVpc"),
        (
            "pulumi.runtime.register_resource_transform(lambda args: None)",
            "the stack has a transform, which only the en",
        ),
        (
            "pulumi.runtime.register_invoke_transform(lambda args: None)",
            "the stack has a transform, which only the engin",
        ),
        (
            "aws.sqs.Queue('a', opts=pulumi.ResourceOptions(transforms=[lambda args: None]))",
            r"__main__\.py:3: aws:sqs/queue:Queue a has a transform, .* Use transformations",
        ),
    ],
)
def test_refuses_what_no_engine_would_take(make_project: MakeProject, program: str, told: str):
    with pytest.raises(ProgramError, match=told):
        run_program(make_project(f"import pulumi\nimport pulumi_aws as aws\n{program}\n"), "dev")


def test_components_and_providers_are_not_the_providers_to_make(make_project: MakeProject):
    seen: list[str] = []

    class Noting(DeterministicOutputs):
        def new_resource(self, type_: str, name: str, inputs: dict[str, Any], urn: str) -> tuple[str, dict[str, Any]]:
            seen.append(name)
            return super().new_resource(type_, name, inputs, urn)

    program = QUEUES + "\n    aws.Provider('other', region='us-east-1')\n"
    run_program(make_project(program), "dev", outputs=Noting())
    assert sorted(seen) == ["dead", "live"]
