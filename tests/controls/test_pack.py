"""The policy pack: through the SDK's own servicer, through ours, and as the process that the engine starts."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import grpc
import pytest
import yaml
from pulumi.runtime.proto import analyzer_pb2 as pb
from pulumi.runtime.proto import analyzer_pb2_grpc
from pulumi_policy import EnforcementLevel
from pulumi_policy.policy import _PolicyAnalyzerServicer

from surgeproof.controls.control import Control, Parameter
from surgeproof.controls.engine import run_controls
from surgeproof.controls.errors import ControlDefinitionError
from surgeproof.controls.outcome import Outcome, passed
from surgeproof.controls.pack.alone import judges_alone
from surgeproof.controls.pack.judgement import Judge
from surgeproof.controls.pack.policies import policies_of
from surgeproof.controls.pack.seen import Seen
from surgeproof.controls.pack.server import DecodingOnce, judge_of
from surgeproof.controls.pack_files import write_pack
from surgeproof.controls.registry import all_controls, find_control
from surgeproof.controls.triples import resource
from surgeproof.controls.waivers import PlacedWaiver, Waiver
from surgeproof.graph.model import Graph, Resource
from surgeproof.graph.program import run_program
from surgeproof.graph.project import Project
from surgeproof.graph.wire import SECRET_SIGNATURE, SIGNATURE, UNKNOWN_MARK, Struct
from tests.controls.conftest import MakeControl

ROOT = Path(__file__).parents[2]
ADVISORY, MANDATORY = pb.ADVISORY, pb.MANDATORY
PROVIDER = "urn:pulumi:test::test::pulumi:providers:aws::default"
SECRET_VALUE = "hunter2-the-password"
QUEUE = resource("aws:sqs/queue:Queue", "orders", inputs={"name": "orders"})


def _struct(values: dict[str, Any]) -> Any:
    struct = Struct()
    struct.update(values)
    return struct


def _parts(item: Resource, values: dict[str, Any]) -> dict[str, Any]:
    provider = pb.AnalyzerProviderResource(type="pulumi:providers:aws", urn=PROVIDER, name="default")
    options = pb.AnalyzerResourceOptions(
        protect=item.options.protect, ignoreChanges=item.options.ignore_changes, parent=item.parent or ""
    )
    return {
        "type": item.type,
        "urn": item.urn,
        "name": item.name,
        "properties": _struct(
            {
                key: {SIGNATURE: SECRET_SIGNATURE, "value": value} if key in item.secrets else value
                for key, value in values.items()
            }
        ),
        "options": options,
        "provider": provider if item.custom else None,
    }


def _one(item: Resource) -> Any:
    return pb.AnalyzeRequest(**_parts(item, item.inputs))


def _stack(*items: Resource) -> Any:
    return pb.AnalyzeStackRequest(
        resources=[
            pb.AnalyzerResource(
                **_parts(item, item.outputs or item.inputs),
                parent=item.parent or "",
                dependencies=item.dependencies,
                propertyDependencies={
                    key: pb.AnalyzerPropertyDependencies(urns=urns) for key, urns in item.property_dependencies.items()
                },
            )
            for item in items
        ]
    )


def _sdk(*controls: Control, judge: Judge | None = None) -> _PolicyAnalyzerServicer:
    policies = policies_of(controls, judge or Judge(), Seen())
    return _PolicyAnalyzerServicer("surgeproof", "0.0.1", policies, EnforcementLevel.ADVISORY)


def _told(servicer: _PolicyAnalyzerServicer, *items: Resource) -> list[tuple[str, str, int]]:
    answers = [servicer.Analyze(_one(item), None) for item in items]
    answers.append(servicer.AnalyzeStack(_stack(*items), None))
    return sorted((item.policyName, item.urn, item.enforcementLevel) for found in answers for item in found.diagnostics)


@pytest.fixture(scope="module")
def program() -> Graph:
    """Our own production stack."""
    return run_program(Project.find(ROOT), "production")


def test_a_violation_is_mandatory_by_severity_and_points_to_its_resource() -> None:
    assert _told(_sdk(find_control("SQS-01")), QUEUE) == [("SQS-01", QUEUE.urn, MANDATORY)]


def test_the_pack_says_what_check_says_of_our_stack(program: Graph) -> None:
    controls = all_controls()
    expected = sorted({(item.control, item.urn) for item in run_controls(program, controls) if item.verdict == "fail"})
    told = _told(DecodingOnce(controls, Judge()), *program.resources)
    # What is not decided is advisory, and of no single resource.
    assert sorted({(control, urn) for control, urn, _ in told if urn}) == expected
    some = [find_control(id_) for id_ in ("SQS-01", "SQS-02", "SCL-02", "EC-03", "CW-04", "VPC-07")]
    ids = {item.id for item in some}
    assert sorted({(name, urn) for name, urn, _ in _told(_sdk(*some), *program.resources) if urn}) == [
        pair for pair in expected if pair[0] in ids
    ]


def test_every_control_is_a_policy_with_what_is_known_of_it() -> None:
    info = DecodingOnce(all_controls(), Judge()).GetAnalyzerInfo(None, None)
    policies = {item.name: item for item in info.policies}
    assert set(policies) == {item.id for item in all_controls()} | {"SP-01", "SP-02"}
    for item in all_controls():
        policy = policies[item.id]
        assert policy.remediation_steps == item.remediation
        assert set(policy.configSchema.properties) == {parameter.name for parameter in item.parameters}
        assert (policy.policy_type == pb.POLICY_TYPE_RESOURCE) == judges_alone(item)
    assert policies["SQS-01"].framework.reference == "3.5.1; 3.6.1"
    assert policies["SQS-01"].severity == pb.POLICY_SEVERITY_HIGH


def test_what_a_preview_cannot_decide_is_advisory_and_says_what_decides_it() -> None:
    where = resource(
        "aws:elasticache/replicationGroup:ReplicationGroup",
        "cache",
        inputs={"transitEncryptionEnabled": UNKNOWN_MARK},
        property_dependencies={"transitEncryptionEnabled": (QUEUE.urn,)},
    )
    answer = _sdk(find_control("EC-02")).Analyze(_one(where), None)
    (told,) = answer.diagnostics
    assert told.enforcementLevel == ADVISORY
    assert "transitEncryptionEnabled" in told.message
    assert "the deployment decides it" in told.message


def test_a_control_that_breaks_stops_no_other(make_control: MakeControl) -> None:
    def breaks(_resource: object, _context: object) -> Outcome:
        raise KeyError(SECRET_VALUE)

    answer = _sdk(make_control(breaks), find_control("SQS-01")).Analyze(_one(QUEUE), None)
    answer.MergeFrom(_sdk(make_control(breaks), find_control("SQS-01")).AnalyzeStack(_stack(QUEUE), None))
    assert {item.policyName for item in answer.diagnostics} == {"T-01", "SQS-01"}
    assert SECRET_VALUE not in str(answer)


def test_no_secret_is_told(make_control: MakeControl) -> None:
    def tells(item: Resource, _context: object) -> Outcome:
        return Outcome("fail", f"its password is {item.inputs['password']}")

    secret = {SIGNATURE: SECRET_SIGNATURE, "value": SECRET_VALUE}
    answer = _sdk(make_control(tells)).Analyze(_one(QUEUE.model_copy(update={"inputs": {"password": secret}})), None)
    assert len(answer.diagnostics) == 1
    # The SDK hides which value is secret; ours keeps it.
    ours = DecodingOnce([make_control(tells)], Judge())
    answer = ours.Analyze(_one(QUEUE.model_copy(update={"inputs": {"password": secret}})), None)
    assert SECRET_VALUE not in str(answer)
    assert "[secret]" in answer.diagnostics[0].message


def test_a_parameter_comes_from_the_pack_s_configuration_within_its_range() -> None:
    control, parameter = next(
        (item, parameter)
        for item in filter(judges_alone, all_controls())
        for parameter in item.parameters
        if isinstance(parameter, Parameter)
    )
    servicer = _sdk(control)
    config = pb.PolicyConfig(enforcementLevel=MANDATORY, properties=_struct({parameter.name: parameter.highest + 1}))
    servicer.Configure(pb.ConfigureAnalyzerRequest(policyConfig={control.id: config}), None)
    answer = servicer.Analyze(_one(resource(control.types[0], "one")), None)
    assert any("lies outside what the requirement allows" in item.message for item in answer.diagnostics)


@pytest.mark.parametrize(("owners", "told"), [(["shop"], 0), (["ops", "web"], 1), ([], 0)])
def test_names_come_from_the_pack_s_configuration(owners: list[str], told: int) -> None:
    servicer = _sdk(find_control("TAG-01"))
    config = pb.PolicyConfig(enforcementLevel=MANDATORY, properties=_struct({"owners": owners}))
    servicer.Configure(pb.ConfigureAnalyzerRequest(policyConfig={"TAG-01": config}), None)
    tags = {
        "owner": "shop",
        "data-classification": "internal",
        "cost-center": "web",
        "environment": "p",
        "pci-scope": "out",
    }
    answer = servicer.AnalyzeStack(_stack(QUEUE.model_copy(update={"inputs": {"tags": tags}})), None)
    assert sum("whom nobody knows" in item.message for item in answer.diagnostics) == told
    assert len(answer.diagnostics) == told


def test_a_waived_finding_is_not_told_and_an_unsound_waiver_is() -> None:
    fields = {
        "control": "SQS-01",
        "resource": "*::aws:sqs/queue:Queue::orders",
        "owner": "ada",
        "approver": "grace",
        "ticket": "SEC-7",
        "reason": "moves",
        "compensating_control": "nothing of value in it",
        "expires": date(2026, 12, 24),
    }
    sound = PlacedWaiver(waiver=Waiver.model_validate(fields), file="waivers.yaml", line=2)
    control, today = find_control("SQS-01"), date(2026, 11, 24)
    assert _told(_sdk(control, judge=Judge((sound,), today=today)), QUEUE) == []
    own = sound.model_copy(update={"waiver": Waiver.model_validate(fields | {"approver": "ada"})})
    told = _told(_sdk(control, judge=Judge((own,), today=today)), QUEUE)
    assert [name for name, _, _ in told] == ["SP-02", "SQS-01"]


def test_a_malformed_waivers_file_is_told_by_a_policy(tmp_path: Path) -> None:
    (tmp_path / "waivers.yaml").write_text("waivers: 3\n")
    controls, judge = judge_of(tmp_path)
    told = DecodingOnce(controls, judge).AnalyzeStack(_stack(QUEUE), None).diagnostics
    (fault,) = [item for item in told if item.policyName == "SP-02"]
    assert "no waivers file" in fault.message


def test_a_control_that_asks_for_other_resources_is_a_stack_policy(make_control: MakeControl) -> None:
    assert judges_alone(make_control(lambda _resource, _context: passed()))
    assert not judges_alone(make_control(lambda _resource, context: (context.family("queue"), passed())[1]))


@pytest.fixture
def process() -> Iterator[subprocess.Popen[str]]:
    """The pack as the engine starts it: in its folder, with the port on the first line."""
    command = [sys.executable, "-u", "__main__.py"]
    with subprocess.Popen(command, cwd=ROOT / "policies", stdout=subprocess.PIPE, text=True) as started:
        yield started
        started.terminate()


def test_the_pack_is_written_into_any_project(tmp_path: Path) -> None:
    folder = tmp_path / "policies"
    written = {path.name: path.read_text(encoding="utf-8") for path in write_pack(folder)}
    assert written["__main__.py"] == (ROOT / "policies/__main__.py").read_text(encoding="utf-8")
    assert yaml.safe_load(written["PulumiPolicy.yaml"])["runtime"] == "python"
    with pytest.raises(ControlDefinitionError, match="is there already"):
        write_pack(folder)


def test_the_pack_s_process_answers_the_engine(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    port = int(process.stdout.readline())
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = analyzer_pb2_grpc.AnalyzerStub(channel)
        answer = stub.AnalyzeStack(_stack(QUEUE), timeout=30)
    assert "SQS-01" in {item.policyName for item in answer.diagnostics}


def test_what_the_project_has_chosen_is_the_default_that_the_engine_hands_over():
    """The engine fills a policy's configuration with its schema's defaults: they must not undo what was chosen."""
    chosen = Judge(parameters={"SCL-02": {"tasks_per_zone": 0}})
    policies = {item.name: item for item in policies_of([find_control("SCL-02")], chosen, Seen())}
    schema = policies["SCL-02"].config_schema
    assert schema is not None
    assert schema.properties["tasks_per_zone"]["default"] == 0
    untouched = {item.name: item for item in policies_of([find_control("SCL-02")], Judge(), Seen())}["SCL-02"]
    assert untouched.config_schema is not None
    assert untouched.config_schema.properties["tasks_per_zone"]["default"] == 1
