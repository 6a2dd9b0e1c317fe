"""The parameters file: what a team has chosen, within what each requirement allows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from infra.rate_limits import requests_per_address
from infra.settings import load_settings
from surgeproof.cli.main import main
from surgeproof.controls.errors import ParameterError
from surgeproof.controls.pack_config import pack_config
from surgeproof.controls.parameters import chosen, load_parameters, merged
from surgeproof.controls.registry import all_controls
from surgeproof.graph.project import Project
from surgeproof.launch.curve import compile_curve
from surgeproof.launch.plan import load_plan
from tests.controls.catalogue.test_scaling import GOOD, POLICY, TRACKING
from tests.controls.triples import graph_of

ROOT = Path(__file__).parents[2]


def _file(folder: Path, text: str) -> Path:
    path = folder / "parameters.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_values_are_read_and_the_command_goes_on_top(tmp_path: Path) -> None:
    file = _file(tmp_path, "parameters: {SCL-03: {scale_out_cooldown: 300}, SCL-02: {tasks_per_zone: 0}}")
    values = load_parameters(file, all_controls())
    assert values == {"SCL-03": {"scale_out_cooldown": 300}, "SCL-02": {"tasks_per_zone": 0}}
    assert merged(values, {"SCL-03": {"scale_out_cooldown": 60}})["SCL-03"] == {"scale_out_cooldown": 60}


def test_names_are_a_list_in_the_file_and_stand_between_commas_in_the_command(tmp_path: Path) -> None:
    file = _file(tmp_path, "parameters: {TAG-01: {owners: [shop, web team]}}")
    values = load_parameters(file, all_controls())
    assert values == {"TAG-01": {"owners": ("shop", "web team")}}
    (one,) = chosen(["TAG-01.owners=shop, web team"], all_controls()).values()
    assert one == values["TAG-01"]
    assert json.loads(pack_config([], [], values)) == {"TAG-01": {"owners": ["shop", "web team"]}}


def test_controls_show_tells_of_names(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["controls", "show", "TAG-01"]) == 0
    assert "`owners`: names of teams that own resources" in capsys.readouterr().out
    assert main(["controls", "show", "TAG-01", "--json"]) == 0
    (parameter,) = json.loads(capsys.readouterr().out)["parameters"]
    assert parameter == {"name": "owners", "default": [], "names": "teams that own resources"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "parameters: [SCL-03]",
        "parameters: {SCL-03: 300}",
        "parameters: {SCL-03: {scale_out_cooldown: 301}}",
        "parameters: {SCL-03: {scale_out_cooldown: soon}}",
        "parameters: {SCL-03: {cooldown: 60}}",
        "parameters: {SCL-03: {scale_out_cooldown: [60, 90]}}",
        "parameters: {TAG-01: {owners: []}}",
        "parameters: {TAG-01: {owners: [shop, '']}}",
        "parameters: {NO-99: {days: 1}}",
        "{parameters: {}, waivers: []}",
        "parameters: {",
    ],
)
def test_what_is_no_parameters_file_is_told(tmp_path: Path, text: str) -> None:
    with pytest.raises(ParameterError):
        load_parameters(_file(tmp_path, text), all_controls())


def test_ours_hold_within_their_ranges() -> None:
    assert load_parameters(ROOT / "policies/parameters.yaml", all_controls())


def test_our_least_rate_is_what_the_launch_plan_asks() -> None:
    settings = load_settings(Project.find(ROOT).settings("production"), stack="production")
    firewall, plan = settings.edge.firewall, settings.launch_plan
    assert plan is not None
    least = requests_per_address(
        peak=compile_curve(load_plan(ROOT / plan)).peak,
        window=300,
        requests_per_visitor=firewall.requests_per_visitor,
        address_share=firewall.address_share,
        headroom=1,
    )
    values = load_parameters(ROOT / "policies/parameters.yaml", all_controls())
    assert values["WAF-03"]["least_everywhere"] == least


def test_check_reads_the_file_of_the_project(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    slow = POLICY.model_copy(
        update={
            "inputs": {
                **POLICY.inputs,
                "targetTrackingScalingPolicyConfiguration": {**TRACKING, "scaleOutCooldown": 300},
            }
        }
    )
    saved = tmp_path / "graph.json"
    saved.write_text(graph_of(*(item for item in GOOD if item != POLICY), slow).to_json(), encoding="utf-8")
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n", encoding="utf-8")
    command = ["check", "--graph", str(saved), "--project", str(tmp_path), "--control", "SCL-03"]
    assert main(command) == 1
    (tmp_path / "policies").mkdir()
    _file(tmp_path / "policies", "parameters: {SCL-03: {scale_out_cooldown: 300}}")
    assert main(command) == 0
    assert main([*command, "--parameter", "SCL-03.scale_out_cooldown=60"]) == 1
    _file(tmp_path / "policies", "parameters: {SCL-03: {scale_out_cooldown: 900}}")
    assert main(command) == 2
    assert "scale_out_cooldown" in capsys.readouterr().err
