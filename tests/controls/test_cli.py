"""`surgeproof check` and `surgeproof controls`, as a user calls them."""

from __future__ import annotations

import json
import runpy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from surgeproof.cli.main import main
from surgeproof.controls.control import REGISTERED

KEY = "urn:pulumi:prod::shop::aws:kms/key:Key::key"
QUEUE = "urn:pulumi:prod::shop::aws:sqs/queue:Queue::orders"
SECRET_VALUE = "hunter2-the-password"


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A `pulumi stack export` of a key and a queue without encryption."""
    secret = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "plaintext": f'"{SECRET_VALUE}"'}
    rows: list[dict[str, Any]] = [
        {"urn": "urn:pulumi:prod::shop::pulumi:pulumi:Stack::shop-prod", "type": "pulumi:pulumi:Stack"},
        {"urn": KEY, "type": "aws:kms/key:Key", "custom": True, "id": "k", "inputs": {"description": secret}},
        {
            "urn": QUEUE,
            "type": "aws:sqs/queue:Queue",
            "custom": True,
            "id": "https://sqs/orders",
            "inputs": {"__defaults": [], "name": "orders", "visibilityTimeoutSeconds": 30.0},
            "sourcePosition": "project:///infra/queues.py#12,3",
        },
    ]
    file = tmp_path / "export.json"
    file.write_text(json.dumps({"version": 3, "deployment": {"resources": rows}}))
    return file


def _json(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = main(["check", "--format", "json", *arguments])
    return code, json.loads(capsys.readouterr().out)


def test_a_state_is_checked_from_the_file_alone(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, content = _json(capsys, "--state", str(state), "--control", "SQS-01")
    assert code == 1
    (finding,) = content["findings"]
    assert (finding["control"], finding["verdict"], finding["urn"]) == ("SQS-01", "fail", QUEUE)
    assert (finding["file"], finding["line"]) == ("infra/queues.py", 12)
    assert content["project"] == "shop"


def test_nothing_secret_is_printed(state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    formats = [
        item for name in ("table", "json", "sarif", "junit", "markdown", "evidence") for item in ("--format", name)
    ]
    assert main(["check", "--state", str(state), *formats, "--out", str(out)]) == 1
    written = [file.read_text() for file in out.iterdir()]
    assert len(written) == 6
    assert all(SECRET_VALUE not in text for text in (capsys.readouterr().out, *written))


def test_fail_on_leaves_lesser_findings_out_of_the_exit_code(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _json(capsys, "--state", str(state), "--control", "SQS-01", "--fail-on", "crit")[0] == 0
    assert _json(capsys, "--state", str(state), "--control", "SQS-01", "--fail-on", "high")[0] == 1


def test_a_baseline_from_writing_to_coming_back(
    state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(tmp_path / "baseline.json")
    assert main(["check", "--state", str(state), "--write-baseline", file]) == 0
    code, content = _json(capsys, "--state", str(state), "--baseline", file)
    assert code == 0
    assert content["counts"]["baselined"] > 0
    state.write_text(state.read_text().replace('"name": "orders"', '"kmsMasterKeyId": "alias/aws/sqs"'))
    code, content = _json(capsys, "--state", str(state), "--baseline", file, "--control", "SQS-01")
    assert code == 1


def test_waivers_and_no_waivers(state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "w.yaml"
    file.write_text(
        "waivers:\n  - {control: SQS-01, resource: '*::orders', owner: ada, approver: grace, ticket: T-1,\n"
        "     reason: r, compensating_control: c, expires: 2020-01-01}\n"
    )
    arguments = ("--state", str(state), "--control", "SQS-01", "--waivers", str(file))
    code, content = _json(capsys, *arguments)
    assert code == 1
    assert {item["control"] for item in content["findings"]} == {"SQS-01", "SP-02"}
    assert {item["control"] for item in _json(capsys, *arguments, "--no-waivers")[1]["findings"]} == {"SQS-01"}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "--stack, --state, --graph and --live"),
        (("--stack", "a", "--state", "b"), "--stack, --state, --graph and --live"),
        (("--state", "no-such.json"), "cannot be read"),
        (("--graph", "no-such.json"), "cannot be read"),
        (("--state", "{state}", "--control", "NO-99"), "no control has this id"),
        (("--state", "{state}", "--format", "json", "--format", "sarif"), "--out DIR"),
        (("--state", "{state}", "--out", "nowhere"), "--out writes files"),
        (("--state", "{state}", "--write-baseline", "{state}/b.json"), "cannot be written"),
        (("--state", "{state}", "--parameter", "KMS-01"), "CONTROL.name=value"),
        (("--state", "{state}", "--region", "eu-west-1"), "--region and --profile go with --live"),
        (("--state", "{state}", "--who-can-decrypt", "nothing"), "no key has this name"),
        (("--state", "{state}", "--baseline", "{state}"), "is of another version"),
    ],
)
def test_mistakes_are_told_and_exit_2(
    state: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], told: str
) -> None:
    assert main(["check", *(item.format(state=state) for item in arguments)]) == 2
    assert told in capsys.readouterr().err


def test_the_map_and_the_key_are_told(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--state", str(state), "--scope"]) == 0
    assert "Nothing is tagged pci-scope: cde" in capsys.readouterr().out
    assert main(["check", "--state", str(state), "--who-can-decrypt", "key", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["key"] == "key"


def test_the_policy_of_a_live_check_is_printed_without_an_account(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--live", "--print-policy"]) == 0
    (statement,) = json.loads(capsys.readouterr().out)["Statement"]
    assert "sqs:GetQueueAttributes" in statement["Action"]
    assert "*" not in "".join(statement["Action"])


def test_waivers_become_exceptions_of_the_pack(state: Path, tmp_path: Path) -> None:
    waivers, config = tmp_path / "w.yaml", tmp_path / "pack.json"
    expires = (datetime.now(tz=UTC).date() + timedelta(days=30)).isoformat()
    waivers.write_text(
        "waivers:\n  - {control: SQS-01, resource: '*::orders', owner: ada, approver: grace, ticket: T-1,\n"
        f"     reason: it moves, compensating_control: c, expires: {expires}}}\n"
        "  - {control: SQS-02, resource: '*::orders', owner: ada, approver: ada, ticket: T-2,\n"
        f"     reason: r, compensating_control: c, expires: {expires}}}\n"
    )
    arguments = ["check", "--state", str(state), "--waivers", str(waivers), "--write-pack-config", str(config)]
    assert main(arguments) == 0
    (exception,) = json.loads(config.read_text())["exceptions"]
    assert exception["match"] == [{"policies": ["SQS-01"], "targets": [QUEUE]}]
    assert "T-1" in exception["reason"]
    assert "grace" in exception["reason"]


def test_the_catalogue_is_listed_and_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["controls", "list", "--json"]) == 0
    ids = [item["id"] for item in json.loads(capsys.readouterr().out)]
    assert "SQS-01" in ids
    assert main(["controls", "list"]) == 0
    assert "SQS-01" in capsys.readouterr().out
    assert main(["controls", "show", "sqs-01"]) == 0
    assert capsys.readouterr().out.startswith("# SQS-01 ")


def test_a_control_of_the_team_s_own_is_made_with_tests_that_pass(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    arguments = ["controls", "new", "ACME-01", "--family", "queue", "--project", str(tmp_path)]
    assert main(arguments) == 0
    control, test = capsys.readouterr().out.split()
    assert Path(control).is_file()
    try:
        runpy.run_path(test)["test_acme_01"]()
    finally:
        # The catalogue of the other tests is the project's own.
        REGISTERED.pop("ACME-01", None)
    assert main(arguments) == 2
    assert main(["controls", "new", "acme", "--family", "queue", "--project", str(tmp_path)]) == 2
