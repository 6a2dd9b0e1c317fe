"""The shortest whole rehearsal: program to verdict, and nothing left behind."""

from pathlib import Path

import pytest

from surgeproof.graph.model import Graph
from tests.rehearsal.conftest import SMOKE


@pytest.mark.timeout(400)
def test_the_smoke_plan_goes(judged, tmp_path: Path) -> None:
    verdict = judged("rehearse", SMOKE)
    assert verdict["verdict"] == "GO", verdict
    assert all(gate["outcome"] == "holds" for gate in verdict["gates"])
    assert all(invariant["holds"] for invariant in verdict["invariants"])
    assert any(chain["chain"] for chain in verdict["scale_out"]), "a GO contains a live scale-out"
    assert verdict["not_covered"]
    assert verdict["assumed"]
    (graph,) = sorted(tmp_path.glob("evidence*/graph.json"))[-1:]
    assert Graph.from_json(graph.read_bytes()).of_type("aws:ecs/service:Service")
