"""Waivers: who is waived, and which waivers are findings themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from surgeproof.controls.errors import WaiversError
from surgeproof.controls.finding import Finding
from surgeproof.controls.waivers import PlacedWaiver, Waiver, apply_waivers, load_waivers

TODAY = date(2026, 11, 24)
URN = "urn:pulumi:production::shop::aws:s3/bucket:Bucket::logs"
FAILED = Finding("S3-01", "title", "crit", "fail", urn=URN, name="logs", message="is open")


def _waiver(**changed: object) -> PlacedWaiver:
    given = {
        "control": "S3-01",
        "resource": "*::aws:s3/bucket:Bucket::logs",
        "owner": "ada",
        "approver": "grace",
        "ticket": "SEC-7",
        "reason": "moves in May",
        "compensating_control": "account-level block",
        "expires": TODAY + timedelta(days=30),
    }
    return PlacedWaiver(waiver=Waiver.model_validate(given | changed), file="policies/waivers.yaml", line=3)


def test_a_sound_waiver_waives_and_says_until_when() -> None:
    (finding,) = apply_waivers([FAILED], [_waiver()], today=TODAY)
    assert finding.verdict == "waived"
    assert "2026-12-24" in finding.note
    assert "grace" in finding.note


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"expires": TODAY - timedelta(days=1)}, "expired on 2026-11-23"),
        ({"expires": TODAY + timedelta(days=91)}, "ends later than 90 days"),
        ({"approver": "Ada"}, "is approved by its own owner"),
        ({"resource": "*"}, "covers resources that it does not name"),
        ({"resource": "urn:*::aws:s3/bucket:Bucket::*"}, "covers resources that it does not name"),
    ],
)
def test_a_waiver_that_is_not_sound_is_a_finding_and_waives_nothing(changed: dict[str, object], told: str) -> None:
    first, fault = apply_waivers([FAILED], [_waiver(**changed)], today=TODAY)
    assert first.verdict == "fail"
    assert (fault.control, fault.verdict, fault.severity, fault.file, fault.line) == (
        "SP-02",
        "fail",
        "crit",
        "policies/waivers.yaml",
        3,
    )
    assert told in fault.message


def test_a_waiver_ends_at_the_end_of_its_day() -> None:
    assert apply_waivers([FAILED], [_waiver(expires=TODAY)], today=TODAY)[0].verdict == "waived"


def test_a_waiver_that_nothing_needs_is_a_finding() -> None:
    found = apply_waivers([FAILED], [_waiver(), _waiver(resource="*::elsewhere")], today=TODAY)
    assert [item.message for item in found[1:]] == ["is not used: nothing fails that it covers"]


def test_a_waiver_of_no_control_is_a_finding() -> None:
    found = apply_waivers([FAILED], [_waiver(), _waiver(control="S3-99")], today=TODAY, known={"S3-01"})
    assert [(item.verdict, item.message) for item in found[1:]] == [("fail", "names a control that does not exist")]


def test_a_waiver_that_covers_many_resources_waives_none() -> None:
    many = [replace(FAILED, urn=f"{URN}-{number}") for number in range(11)]
    broad = _waiver(resource="*::aws:s3/bucket:Bucket::logs-*")
    *first, fault = apply_waivers(many, [broad], today=TODAY)
    assert {item.verdict for item in first} == {"fail"}
    assert "covers 11 resources, more than 10" in fault.message
    assert {item.verdict for item in apply_waivers(many[:10], [broad], today=TODAY)} == {"waived"}


def test_a_waiver_of_a_control_that_did_not_run_is_left_alone() -> None:
    assert apply_waivers([FAILED], [_waiver(control="KMS-01", expires=date(2020, 1, 1))], today=TODAY) == [FAILED]


def test_a_file_is_read_with_its_lines(tmp_path: Path) -> None:
    file = tmp_path / "waivers.yaml"
    fields = _waiver().waiver.model_dump(mode="json")
    file.write_text("waivers:\n  - " + "\n    ".join(f"{key}: {value!r}" for key, value in fields.items()) + "\n")
    (placed,) = load_waivers(file)
    assert placed.waiver == _waiver().waiver
    assert placed.line == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("waivers: 3\n", "no waivers file"),
        ("exceptions: []\n", "no waivers file"),
        ("waivers:\n  - control: S3-01\n", "waivers.yaml:2"),
        ("waivers:\n  - just text\n", "waivers.yaml:2"),
        ("waivers: [\n", "not valid YAML"),
    ],
)
def test_a_malformed_file_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "waivers.yaml"
    file.write_text(text)
    with pytest.raises(WaiversError, match=told):
        load_waivers(file)
