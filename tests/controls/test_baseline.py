"""The baseline: what a team starts from stays visible, and comes back when it changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from surgeproof.controls.baseline import apply_baseline, baseline_text, load_baseline
from surgeproof.controls.context import Context
from surgeproof.controls.engine import run_controls
from surgeproof.controls.errors import BaselineError
from surgeproof.controls.finding import Finding
from surgeproof.controls.outcome import Outcome, failed
from surgeproof.graph.model import Resource
from tests.controls.conftest import MakeControl
from tests.controls.triples import graph_of, resource

SECRET_VALUE = "hunter2-the-password"


def _retention(_resource: Resource, _context: Context) -> Outcome:
    return failed("is short", property="retention.days")


def _findings(make_control: MakeControl, **inputs: object) -> list[Finding]:
    item = resource("aws:sqs/queue:Queue", "q", inputs={"token": SECRET_VALUE, **inputs}, secrets=("token",))
    return run_controls(graph_of(item), [make_control(_retention)])


def test_a_baselined_finding_stays_visible_and_comes_back_when_its_property_changes(
    make_control: MakeControl, tmp_path: Path
) -> None:
    file = tmp_path / "baseline.json"
    file.write_text(baseline_text(_findings(make_control, retention={"days": 1}, name="a")))
    assert SECRET_VALUE not in file.read_text()
    known = load_baseline(file)
    (same,) = apply_baseline(_findings(make_control, retention={"days": 1}, name="b"), known)
    assert (same.verdict, same.baselined) == ("fail", True)
    (changed,) = apply_baseline(_findings(make_control, retention={"days": 2}, name="a"), known)
    assert (changed.baselined, changed.note) == (False, "was in the baseline; the property has changed since")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": 9, "findings": []}', '{"version": 1, "findings": [3]}'])
def test_what_is_no_baseline_is_told(tmp_path: Path, text: str) -> None:
    file = tmp_path / "baseline.json"
    file.write_text(text)
    with pytest.raises(BaselineError):
        load_baseline(file)
    with pytest.raises(BaselineError, match="cannot be read"):
        load_baseline(tmp_path / "none.json")
