"""Pull requests that weaken our program: each is found, by the right control on the right resource, and nothing else is."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console

from surgeproof.controls.engine import run_controls
from surgeproof.controls.finding import Finding
from surgeproof.controls.formats import FORMATS
from surgeproof.controls.own import OWN
from surgeproof.controls.parameters import load_parameters
from surgeproof.controls.registry import all_controls
from surgeproof.controls.report import Report
from surgeproof.controls.table import print_table
from surgeproof.graph.program import run_program
from surgeproof.graph.project import Project
from tests.controls.mutation.variants import EVERY, STACK_FILE, VARIANTS, Variant
from tests.controls.validated import junit_faults, sarif_faults

ROOT = Path(__file__).parents[2]
COPIED = ("infra", "loadtests", "policies", "services", "Pulumi.yaml", STACK_FILE)
SAMPLE = 4
"""Variants that every run looks at; all of them are looked at by the slow run."""

Check = Callable[[Variant | None], Report]


@pytest.fixture(scope="module")
def check(tmp_path_factory: pytest.TempPathFactory) -> Check:
    """Runs the program of a copy of the scaffold with one edit, and holds it against every control."""
    parameters = load_parameters(ROOT / "policies/parameters.yaml", all_controls())
    base = tmp_path_factory.mktemp("scaffold")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, base / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, base / name)

    def run(variant: Variant | None) -> Report:
        root = tmp_path_factory.mktemp("variant") / "shop"
        shutil.copytree(base, root)
        if variant is not None:
            _edit(root / variant.file, variant)
        graph = run_program(Project.find(root), "production")
        findings = run_controls(graph, all_controls(), parameters)
        shutil.rmtree(root)
        return Report(graph.project, graph.stack, "a variant", (*all_controls(), *OWN), tuple(findings))

    return run


@pytest.fixture(scope="module")
def sound(check: Check) -> Report:
    """The program as it is."""
    return check(None)


def _edit(file: Path, variant: Variant) -> None:
    text = file.read_text(encoding="utf-8")
    count = text.count(variant.old)
    assert count == 1, (
        f"{variant.title}: the text to be replaced stands {count} times in {variant.file}; mend the variant"
    )
    file.write_text(text.replace(variant.old, variant.new), encoding="utf-8")


def _failing(report: Report) -> set[tuple[str, str, str]]:
    return {(item.control, item.name, item.message) for item in report.findings if item.verdict == "fail"}


def _holds(variant: Variant, sound: Report, report: Report) -> None:
    before = _failing(sound)
    new = [
        item
        for item in report.findings
        if item.verdict == "fail" and (item.control, item.name, item.message) not in before
    ]
    told = {
        control: sorted({item.name for item in new if item.control == control}) for control in {i.control for i in new}
    }
    assert set(told) == set(variant.found), (variant.title, told)
    for control, ends in variant.found.items():
        if ends == (EVERY,):
            continue
        assert len(told[control]) == len(ends), (variant.title, told)
        assert all(any(name.endswith(end) for end in ends) for name in told[control]), (variant.title, told)
    assert before <= _failing(report), variant.title
    _told_everywhere(report, new)


def _told_everywhere(report: Report, new: list[Finding]) -> None:
    """In the table and in each format for machines, with the place to change."""
    written = StringIO()
    print_table(report, Console(file=written, width=400))
    table = written.getvalue()
    machine = {name: FORMATS[name][0].write(report) for name in ("json", "sarif", "junit")}
    sarif = json.loads(machine["sarif"])
    assert sarif_faults(sarif) == junit_faults(machine["junit"]) == []
    results = sarif["runs"][0]["results"]
    cases = ET.fromstring(machine["junit"]).iter("testcase")  # noqa: S314 - our own text
    failures = [case for case in cases if case.find("failure") is not None]
    for item in new:
        assert item.message in table, item
        assert item.control in table, item
        assert any(row["ruleId"] == item.control and item.message in row["message"]["text"] for row in results), item
        assert any(item.control in f"{case.get('classname')} {case.get('name')}" for case in failures), item
        assert item.file is not None or item.type.endswith(":Stack"), item
    content = json.loads(machine["json"])["findings"]
    assert {(item.control, item.urn, item.message) for item in new} <= {
        (item["control"], item["urn"], item["message"]) for item in content if item["verdict"] == "fail"
    }


def test_the_program_itself_has_no_finding(sound: Report) -> None:
    assert _failing(sound) == set()
    assert [item.message for item in sound.findings if item.verdict == "unknown"] == []


def test_there_are_enough_and_they_differ() -> None:
    assert len(VARIANTS) >= 25
    assert len({variant.title for variant in VARIANTS}) == len(VARIANTS)
    assert len({control for variant in VARIANTS for control in variant.found}) >= 20


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.title)
def test_every_edit_applies(variant: Variant) -> None:
    text = (ROOT / variant.file).read_text(encoding="utf-8")
    assert text.count(variant.old) == 1, f"{variant.file} has changed; mend the variant"


@pytest.mark.parametrize("variant", VARIANTS[:: len(VARIANTS) // SAMPLE], ids=lambda variant: variant.title)
def test_a_sample_of_pull_requests(variant: Variant, check: Check, sound: Report) -> None:
    _holds(variant, sound, check(variant))


@pytest.mark.slow
@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.title)
def test_every_pull_request(variant: Variant, check: Check, sound: Report) -> None:
    _holds(variant, sound, check(variant))
