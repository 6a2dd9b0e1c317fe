"""verdict.json and its schema, JUnit, and the evidence folder on the disk."""

from __future__ import annotations

import errno
import json
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from surgeproof.verdict import folder as folder_module
from surgeproof.verdict.errors import EvidenceFolderError
from surgeproof.verdict.folder import new_folder, verdict_json, write_evidence
from surgeproof.verdict.junit import junit_xml
from surgeproof.verdict.verdict import Verdict, verdict_schema
from tests.controls.validated import junit_faults

SCHEMA = Path(__file__).parents[2] / "docs" / "schemas" / "verdict.schema.json"


def test_the_published_schema_is_current():
    assert json.loads(SCHEMA.read_text()) == verdict_schema(), "run: make schemas"


@pytest.mark.parametrize("name", ["go", "no_go", "invalid", "load_test"])
def test_every_document_follows_the_schema_and_reads_back(name: str, request: pytest.FixtureRequest):
    verdict: Verdict = request.getfixturevalue(name)
    document = verdict_json(verdict)
    jsonschema.Draft202012Validator.check_schema(verdict_schema())
    jsonschema.validate(json.loads(document), verdict_schema(), jsonschema.Draft202012Validator)
    assert Verdict.model_validate_json(document) == verdict
    assert "NaN" not in document
    assert "Infinity" not in document


def test_junit_counts_what_fell(no_go: Verdict, invalid: Verdict, load_test: Verdict):
    suites = ET.fromstring(junit_xml(no_go))  # noqa: S314 -- our own text
    cases = suites.findall("./testsuite/testcase")
    assert len(cases) == int(suites.attrib["tests"]) == len(no_go.gates) + len(no_go.validity) + len(no_go.invariants)
    failed = [case.attrib["name"] for case in cases if case.find("failure") is not None]
    assert failed == [gate.name for gate in no_go.fallen]
    told = next(case.find("failure") for case in cases if case.attrib["name"] == "peak checkout p95")
    assert told is not None
    assert "change: Pulumi.production.yaml:41 max_tasks 8 -> 18" in (told.text or "")
    assert ET.fromstring(junit_xml(invalid)).attrib["errors"] == "2"  # noqa: S314 -- our own text
    assert ET.fromstring(junit_xml(load_test))[0].attrib["skipped"] == "2"  # noqa: S314 -- our own text


@pytest.mark.parametrize("name", ["go", "no_go", "invalid", "load_test"])
def test_junit_is_what_its_schema_allows(name: str, request: pytest.FixtureRequest):
    assert junit_faults(junit_xml(request.getfixturevalue(name))) == []


def test_junit_holds_no_sign_that_xml_cannot(no_go: Verdict):
    gates = tuple(gate.model_copy(update={"name": "a\x00b\x1b<&"}) for gate in no_go.gates)
    suites = ET.fromstring(junit_xml(no_go.model_copy(update={"gates": gates})))  # noqa: S314 -- our own text
    assert suites.find("./testsuite/testcase[@name='a\ufffdb\ufffd<&']") is not None


def test_the_folder_is_whole(tmp_path: Path, go: Verdict):
    logs = tmp_path / "run"
    (logs / "deep").mkdir(parents=True)
    (logs / "a.hlog").write_text("#[HdrHistogram log]\n")
    (logs / "deep" / "b.log").write_bytes(b"\x00\x01")
    out = tmp_path / "evidence"
    report = write_evidence(out, go, {"load": logs, "graph.json": "{}", "one.hlog": logs / "a.hlog", "raw": b"\x02"})
    assert report == out / "report.html"
    found = {str(each.relative_to(out)) for each in out.rglob("*") if each.is_file()}
    assert found == {
        "verdict.json",
        "report.html",
        "junit.xml",
        "graph.json",
        "one.hlog",
        "raw",
        "load/a.hlog",
        "load/deep/b.log",
    }
    assert Verdict.model_validate_json((out / "verdict.json").read_text()) == go
    write_evidence(out, go, {"graph.json": out / "graph.json"})
    assert (out / "graph.json").read_text() == "{}"


def test_each_run_gets_a_folder_of_its_own(tmp_path: Path):
    launch = datetime.fromisoformat("2027-03-20T10:00:00+01:00")
    names = [new_folder(tmp_path / "evidence", launch).name for _ in range(3)]
    assert names == ["2027-03-20T1000", "2027-03-20T1000-2", "2027-03-20T1000-3"]


def test_a_file_in_the_way_is_told_in_one_sentence(tmp_path: Path, go: Verdict):
    (tmp_path / "file").write_text("")
    with pytest.raises(EvidenceFolderError, match=r"file.*cannot be written .*Name another folder with --out"):
        write_evidence(tmp_path / "file" / "evidence", go)
    with pytest.raises(EvidenceFolderError, match="cannot be written"):
        new_folder(tmp_path / "file", go.scope.launch)


def test_a_missing_file_is_told_and_no_verdict_appears(tmp_path: Path, go: Verdict):
    with pytest.raises(EvidenceFolderError, match="cannot be written"):
        write_evidence(tmp_path, go, {"load/a.hlog": tmp_path / "nowhere.hlog"})
    assert not list(tmp_path.rglob("verdict.json"))
    assert not list(tmp_path.rglob("*.part"))


FULL = """
import resource, signal, sys
from pathlib import Path
from surgeproof.verdict.errors import EvidenceFolderError
from surgeproof.verdict.folder import write_evidence
from surgeproof.verdict.verdict import Verdict
verdict = Verdict.model_validate_json(Path(sys.argv[1]).read_text())
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))
try:
    write_evidence(Path(sys.argv[2]), verdict)
except EvidenceFolderError as error:
    print(error)
"""


def test_a_write_that_stops_half_way_leaves_nothing_half(tmp_path: Path, go: Verdict):
    document = tmp_path / "verdict.json"
    document.write_text(verdict_json(go))
    out = tmp_path / "out"
    told = subprocess.run(
        [sys.executable, "-c", FULL, str(document), str(out)], capture_output=True, text=True, check=True, timeout=60
    )
    assert re.search(r"report\.html: cannot be written \(File too large\)", told.stdout), told.stderr
    assert [each.name for each in out.iterdir()] == []


def test_a_full_disk_is_told_as_such(tmp_path: Path, go: Verdict, monkeypatch: pytest.MonkeyPatch):
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(folder_module.os, "fsync", full)
    with pytest.raises(EvidenceFolderError, match="the disk is full"):
        write_evidence(tmp_path, go)
    assert list(tmp_path.iterdir()) == []
